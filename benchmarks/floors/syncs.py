"""So many syncs of a small file, and nothing else: `syncs.py FOLDER TIMES`."""

import os
import sys

data = b"x" * 1500
for number in range(int(sys.argv[2])):
    descriptor = os.open(f"{sys.argv[1]}/sync-{number % 2}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    os.write(descriptor, data)
    os.fsync(descriptor)
    os.close(descriptor)
