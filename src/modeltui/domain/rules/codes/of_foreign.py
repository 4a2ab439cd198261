"""Codes of trees that are read through a mapping file, besides those that they share with a catalogue of ours."""

from __future__ import annotations

from typing import Final

from modeltui.domain.rules.codes.code import Code

FOREIGN: Final = {
    "dangling-link": Code(
        "error",
        "A symbolic link leads to a file that is not there.",
        "The model has a name and nothing behind it: whoever reads the tree fails, or goes without it.",
        "Put the file there, lead the link to the one that took its place, or remove the link.",
        "`providers/vercel/models/morph/morph-v3-large.toml` leads to a folder that the tree does not have.",
    ),
    "link-cycle": Code(
        "error",
        "Symbolic links lead in a circle.",
        "There is no file at the end of them.",
        "Put the file itself in the place of one of the links.",
        "`a.toml` leads to `b.toml`, and that back to `a.toml`.",
    ),
    "link-outside": Code(
        "error",
        "A symbolic link leads out of the tree, or names its target from the root of the disk.",
        "Nothing outside of the tree is ever read; on another machine the link leads elsewhere, or nowhere.",
        "Put a copy of the file in the place of the link, or a link that stays within the tree.",
        "`providers/a/models/b.toml` leads to `/etc/hostname`.",
    ),
    "missing-base": Code(
        "error",
        "A file builds on another one that is not there, or cannot be read.",
        "What it would take over from there is missing, so the model is not known in full.",
        "Correct the name of the other file, or put it there.",
        '`base_model = "openai/gpt-6"`, and there is no `models/openai/gpt-6.toml`.',
    ),
    "base-circle": Code(
        "error",
        "Files build on each other in a circle, or in a chain without a reasonable end.",
        "None of them can be known in full.",
        "Let one of them stand for itself.",
        "Two models say `extends.from` of each other.",
    ),
    "duplicate-id": Code(
        "error",
        "Two models of a provider have one id, or ids that differ only in case or in how a letter is encoded.",
        "Which of them is meant is chance; some disks and programs take the two names for one.",
        "Rename or remove one of the two files.",
        "`models/GPT-5.toml` and `models/gpt-5.toml` lie in one folder.",
    ),
    "stray-file": Code(
        "warning",
        "A TOML file lies where the layout of the mapping has none.",
        "Nothing reads it, so what it says does not happen.",
        "Move it to where files of its kind lie; the hint names the places.",
        "`providers/openai/gpt-5.toml`, where models lie in `providers/openai/models`.",
    ),
    "unlisted-key": Code(
        "warning",
        "A key that the mapping does not know, and that resembles none that it knows.",
        "Programs that read the tree by its schema do not see it; or the schema is newer than the mapping.",
        "Take it out, write the key that is meant, or have it put into the mapping.",
        "A model says `citation = 2.0` in `[cost]`, which the schema does not have.",
    ),
    "unlisted-value": Code(
        "warning",
        "A word that the mapping does not know, and that resembles none that it knows.",
        "Programs that take only the known ones refuse it; or the schema is newer than the mapping.",
        "Write the word that is meant, or have it put into the mapping.",
        '`interleaved = { field = "thoughts" }`, where fields are `reasoning_content` and `reasoning_details`.',
    ),
    "doubtful-value": Code(
        "warning",
        "Two values of a file contradict each other, or a text is not what its key is for, or has blanks around it.",
        "Each value could be right by itself, and one of them cannot be.",
        "Look up which is right, and correct the other one.",
        '`release_date = "2025-09-23"` beside `last_updated = "2025-04"`; `doc = "docs.example.com"`.',
    ),
    "seldom-value": Code(
        "note",
        "Two values of a file are in an order that they seldom have.",
        "It is right of a name that moves on to newer models, and a slip of most others.",
        "Look both up, once.",
        '`knowledge = "2024-10"` of a model with `release_date = "2024-05-29"`.',
    ),
    "other-schema": Code(
        "warning",
        "Many files of one kind have the same fault. It is said once, at the first of them.",
        "So many slips are hardly one: the tree is more likely older or newer than the mapping says.",
        "Read the tree with a mapping of its own age: `--as FILE` takes your own.",
        "All files of a tree of last year go without `last_updated`.",
    ),
}
