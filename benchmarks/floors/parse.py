"""Scan, read and parse every TOML file of a folder, and print one line for each: `parse.py FOLDER`."""

import os
import sys

import tomli

waiting = [sys.argv[1]]
while waiting:
    for entry in os.scandir(waiting.pop()):
        if entry.is_dir(follow_symlinks=False):
            waiting.append(entry.path)
        elif entry.name.endswith(".toml"):
            with open(entry.path, "rb", buffering=0) as file:
                document = tomli.loads(file.read().decode())
            sys.stdout.write(f"{entry.name} {document.get('name')}\n")
