"""Write every model file to a stage, sync once, rename each into place: `rewrite.py FOLDER [git]`.

The old files are not read: what is written is the first of them, with a number behind. With `git`, the same files are
then committed by `git fast-import`.
"""

import ctypes
import os
import sys

folder = sys.argv[1]
paths = [entry.path for kind in os.scandir(f"{folder}/models") for entry in os.scandir(kind.path)]
with open(paths[0], "rb", buffering=0) as file:
    pattern = file.read()
os.mkdir(f"{folder}/stage")
for number in range(len(paths)):
    descriptor = os.open(f"{folder}/stage/{number}", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    os.write(descriptor, b"%s# %d\n" % (pattern, number))
    os.close(descriptor)
descriptor = os.open(folder, os.O_RDONLY)
if ctypes.CDLL(None, use_errno=True).syncfs(descriptor):
    raise OSError(ctypes.get_errno(), "syncfs")
for number, path in enumerate(paths):
    os.rename(f"{folder}/stage/{number}", path)

if sys.argv[2:] == ["git"]:
    import subprocess

    git = subprocess.Popen(["git", "fast-import", "--quiet", "--date-format=now"], cwd=folder, stdin=subprocess.PIPE)
    assert git.stdin is not None
    git.stdin.write(b"commit refs/heads/main\ncommitter bench <bench@example.com> now\ndata 3\nall\n")
    git.stdin.write(b"from refs/heads/main^0\n")
    for number, path in enumerate(paths):
        data = b"%s# %d\n" % (pattern, number)
        git.stdin.write(b"M 100644 inline %s\ndata %d\n%s\n" % (os.fsencode(path)[len(folder) + 1 :], len(data), data))
    git.stdin.close()
    sys.exit(git.wait())
