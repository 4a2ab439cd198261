"""Read every line of a file as JSON and write it again: `copy_json.py FILE`."""

import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    for line in file:
        sys.stdout.write(json.dumps(json.loads(line)) + "\n")
