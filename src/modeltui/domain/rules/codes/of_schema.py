"""Codes of fields that are not as the format wants them."""

from __future__ import annotations

from typing import Final

from modeltui.domain.rules.codes.code import Code

SCHEMA: Final = {
    "unsupported-schema": Code(
        "error",
        "The file says a version of the format that this modeltui does not know.",
        "Fields of another version may mean other things, so the file is not guessed at.",
        "Use a modeltui that is as new as the catalogue, or write the version that this one knows.",
        "schema = 2",
        "schema = 1",
    ),
    "unknown-key": Code(
        "error",
        "The format has no such field.",
        "Whatever it was meant to do does not happen. It is most often a slip of the pen.",
        "Write the field that was meant; the hint names the nearest one. Notes belong into a comment.",
        'famly = "Veo"',
        'family = "Veo"',
        fix="Renames the key where one field of the same table is near, is not there yet, and takes the value. "
        "A comment behind it, on its line, is lost; the diff shows it.",
    ),
    "missing-key": Code(
        "error",
        "A field is needed and is not there.",
        "Without schema, uid, name, provider, model_id and content_type a model has no identity, and its row is "
        "broken; a call needs its path, a poll its statuses, a price its currency.",
        "Write the field; the hint says what it takes. For a uid, `modeltui check --fix` names a fresh one.",
        '[cost]\nbase = "5"',
        '[cost]\ncurrency = "credits"\nbase = "5"',
    ),
    "wrong-type": Code(
        "error",
        "The value has another type than the field: text where a number belongs, say.",
        'TOML keeps types apart: true is not "true", and a price is text ("0.25"), so that it stays exact.',
        "Write the value in its own type; the hint says how.",
        'active = "true"\nreleased_on = "2026-01-31"\ntags = "fast"',
        'active = true\nreleased_on = 2026-01-31\ntags = ["fast"]',
        fix="Takes quotes away from true, false, whole numbers, days and moments; puts a price into quotes; writes 5.0 "
        "as 5; puts a single value into brackets where a list belongs.",
    ),
    "bad-value": Code(
        "error",
        "The type is right and the value is not: out of bounds, empty, not one of the choices, or not in the form "
        "that the field asks for.",
        "Nobody can rely on a value that the format does not have; filters and forms would not find it.",
        "Write one of the values that the message names, or take an empty field out.",
        'status = "Active"',
        'status = "active"',
        fix="Writes the one choice that differs only in case, blanks, or - for _.",
    ),
    "bad-name": Code(
        "error",
        "The name of a table or key that the file chooses, such as that of an input, cannot be used as a name; or "
        "the name of a file has a backslash, which parts folders on other systems.",
        "Names stand in placeholders, forms and queries, where blanks and signs would part them.",
        "Use letters, digits and _ for inputs, lower case letters, digits, - and _ for other names.",
        '[inputs."aspect ratio"]\ntype = "string"\nignored = true',
        '[inputs.aspect_ratio]\ntype = "string"\nignored = true',
    ),
    "repeated-value": Code(
        "error",
        "A list says the same thing twice.",
        "The second one does nothing, or another value was meant.",
        "Keep one of the two.",
        'tags = ["fast", "video", "fast"]',
        'tags = ["fast", "video"]',
        fix="Keeps the first of the equal values.",
    ),
    "allowed-and-denied": Code(
        "error",
        "A caller is on both lists of a rollout, allow and deny.",
        "Only deny counts then, and somebody meant the other one.",
        "Take the caller off one of the two lists: `modeltui rollout MODEL --allow ID` or `--deny ID` moves it.",
        '[rollout]\npercent = 10\nallow = ["ann", "bob"]\ndeny = ["bob"]',
        '[rollout]\npercent = 10\nallow = ["ann"]\ndeny = ["bob"]',
    ),
    "misplaced-key": Code(
        "error",
        "The field exists, and has no meaning here: max_length of a number, equals without total.",
        "Nothing reads it, so the file promises what does not happen.",
        "Take it out, or write the field that has this meaning here, such as maximum for max_length.",
        '[inputs.count]\ntype = "integer"\nignored = true\nmax_length = 4',
        '[inputs.count]\ntype = "integer"\nignored = true\nmaximum = 4',
    ),
    "either-or": Code(
        "error",
        "Two fields stand for the same thing, such as path and url, or price and prices.",
        "Only one can be meant, and which one would be chance.",
        "Keep one of the two.",
        '[request]\npath = "/v1"\nsave = { stop = "urls.stop" }\n\n[cancel]\npath = "/v1/stop"\nurl = "${saved.stop}"',
        '[request]\npath = "/v1"\nsave = { stop = "urls.stop" }\n\n[cancel]\nurl = "${saved.stop}"',
    ),
    "bad-bounds": Code(
        "error",
        "A least value is above the greatest one.",
        "Nothing could ever fit, so every run would be refused.",
        "Exchange the two, or correct one.",
        '[inputs.count]\ntype = "integer"\nignored = true\nminimum = 10\nmaximum = 1',
        '[inputs.count]\ntype = "integer"\nignored = true\nminimum = 1\nmaximum = 10',
    ),
    "bad-default": Code(
        "error",
        "The default of an input is none of the values that the input takes.",
        "A run with nothing said would fail.",
        "Write one of the values of enum, or one within the bounds.",
        '[inputs.mode]\ntype = "string"\nignored = true\nenum = ["fast", "slow"]\ndefault = "medium"',
        '[inputs.mode]\ntype = "string"\nignored = true\nenum = ["fast", "slow"]\ndefault = "fast"',
    ),
    "bad-enum": Code(
        "error",
        "One of the allowed values of an input does not fit its type or bounds.",
        "The form would offer a value that the check refuses.",
        "Correct the value, or the type.",
        '[inputs.seconds]\ntype = "integer"\nignored = true\nenum = [5, "10"]',
        '[inputs.seconds]\ntype = "integer"\nignored = true\nenum = [5, 10]',
    ),
    "bad-expression": Code(
        "error",
        "An expression that reads the provider's answer is not JMESPath, calls a function wrongly, or is too long.",
        "The answer of a run, which may have been paid for, could not be read.",
        "Correct the expression. Names with signs stand in double quotes inside of it; 300 characters are the most.",
        '[result]\nkind = "url"\nselect = "data..url"',
        '[result]\nkind = "url"\nselect = "data.url"',
    ),
    "bad-placeholder": Code(
        "error",
        "A placeholder cannot be read.",
        "The request would go out with the placeholder in it.",
        "A placeholder is ${inputs.NAME}, ${saved.NAME}, ${job.uuid} or ${model.NAME}; the signs themselves are "
        "written $${.",
        '[request]\npath = "/v1/${inputs.}"',
        '[request]\npath = "/v1/${model.model_id}"',
    ),
    "forbidden-header": Code(
        "error",
        "A file sets a header that decides where a request goes, who sends it or how it is framed, or the header "
        "that carries the key.",
        "An edit of a model could otherwise send a key somewhere else.",
        "Take the header out. Keys come from the provider file and the environment alone.",
        '[request]\npath = "/v1"\nheaders = { Authorization = "Bearer x" }',
        '[request]\npath = "/v1"\nheaders = { Accept = "application/json" }',
    ),
}
