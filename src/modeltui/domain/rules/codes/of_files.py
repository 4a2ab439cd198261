"""Codes of files that cannot be read, or may not be."""

from __future__ import annotations

from typing import Final

from modeltui.domain.rules.codes.code import Code

FILES: Final = {
    "toml-syntax": Code(
        "error",
        "The file is not TOML. The line is where the reader gave up; the mistake is there or just above.",
        "Nothing in the file can be used. Its row is shown as broken, the file is never written, and all other models "
        "stay usable.",
        "Correct the line in an editor. Quotes and brackets that are not closed are the usual reason.",
        'A file says `name = "Veo`, and the text has no closing quote.',
    ),
    "not-utf8": Code(
        "error",
        "The file holds bytes that are not UTF-8.",
        "TOML is UTF-8; in any other encoding the same bytes mean other letters, so they are not guessed.",
        "Save the file as UTF-8 in your editor, or convert it: `iconv -f latin1 -t utf-8`.",
        "An editor saved `é` as the one byte E9 of Latin-1.",
    ),
    "too-large": Code(
        "error",
        "The file is larger than any model file should be.",
        "Files are measured before they are read, so that no file can hang or exhaust the program.",
        "Look what it is. Pictures and long texts belong beside the catalogue, not into it.",
        "Somebody put a picture as base64 into `description`.",
    ),
    "limits": Code(
        "error",
        "The file nests too deep, has a key with too many parts, or a number with too many digits.",
        "Such files can hang or crash a reader of TOML, so they are refused before they are read.",
        "Write it flatter. No field of the format needs more than a few levels.",
        "A list in a list in a list, a thousand times.",
    ),
    "link": Code(
        "error",
        "The file is a symbolic link.",
        "Links are shown and never followed: a link could lead an edit, or a lock, out of the catalogue.",
        "Put a copy of the file in the place of the link.",
        "`models/chat/a.toml` is a link to `/srv/shared/a.toml`.",
    ),
    "hard-link": Code(
        "warning",
        "The file has more than one name (hard links). Such a file is shown and never edited.",
        "An edit puts a new file in the place of the old one; the other name would keep the old text, wherever it is.",
        "Copy the file, and move the copy into its place.",
        "A backup was made with `cp -l`, and the catalogue shares its files.",
    ),
    "not-a-file": Code(
        "error",
        "What has the name of a file is a folder, a device, a pipe or a socket.",
        "Reading it could wait forever, so it is not read.",
        "Remove it, or give it a name that does not end with .toml.",
        "`models/chat/a.toml` is a folder.",
    ),
    "missing": Code(
        "error",
        "A file that the catalogue needs is not there, or went away since the catalogue was read.",
        "What it says cannot be used: without catalog.toml there are no settings.",
        "Put it back, from git or from a backup; `modeltui init` makes a new catalogue with all it needs.",
        "The folder has `models/` and no `catalog.toml`.",
    ),
    "unreadable": Code(
        "error",
        "The system does not let this user read the file, or fails to. The message is the system's own.",
        "The row stays as broken until the file can be read.",
        "Ask for the right to read it (`ls -l` shows who has it), or look after the disk.",
        "The file belongs to root and has the mode 600.",
    ),
    "outside": Code(
        "error",
        "A path leads out of the catalogue.",
        "Nothing outside of the catalogue is ever read or written.",
        "Use a path below the catalogue.",
        "A plan file names `../../etc/passwd`.",
    ),
}
