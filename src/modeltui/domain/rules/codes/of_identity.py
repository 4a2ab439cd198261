"""Codes of models that are not one of a kind, and of names and forms that are unlike the others."""

from __future__ import annotations

from typing import Final

from modeltui.domain.rules.codes.code import Code

IDENTITY: Final = {
    "duplicate-uid": Code(
        "error",
        "Two models have the same uid. It happens when a file is copied by hand.",
        "History, jobs and statistics hang on it, so theirs would be mixed.",
        "Give the copy a new uid: which of the two is the copy, its history or git knows.",
        "`cp chat/a.toml chat/b.toml`, and the uid was left as it was.",
    ),
    "key-collision": Code(
        "error",
        "Two files have names that differ only in case or in the encoding of a letter.",
        "On many disks they would be one file, and one of the two models would be lost. Neither takes an edit.",
        "Rename one of the files.",
        "`chat/veo.toml` and `chat/Veo.toml`.",
    ),
    "folder-mismatch": Code(
        "error",
        "What the file says of itself is not where it lies: content_type differs from the folder of a model, or id "
        "from the file name of a provider.",
        "The key of the model promises one type, and its data another.",
        "Move the file, or write the name of the folder: the message says both.",
        'content_type = "prompt_to_image"',
        'content_type = "chat"',
    ),
    "slug-form": Code(
        "note",
        "The file name of a model is not in lower case letters and digits with - between words.",
        "Such keys are harder to type, and may be other names on other disks.",
        "Rename the file, and replaced_by wherever it names it.",
        "`models/chat/GPT_4o mini.toml` instead of `models/chat/gpt-4o-mini.toml`.",
    ),
    "form": Code(
        "note",
        "The file is not in the form of those that ship: one blank on each side of =, double quotes, LF, no "
        "indentation.",
        "It does not: a file in another form works as well, and every edit keeps it.",
        "Nothing needs to be done.",
        "`active=true` instead of `active = true`.",
    ),
}
