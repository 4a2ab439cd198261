"""Every code that a finding can have: how grave it is, and what it means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from modeltui.domain.finding import Severity


@dataclass(frozen=True, slots=True)
class Code:
    severity: Severity
    meaning: str
    """One paragraph: what it says, why it matters, what to do."""


_FILES: Final = {
    "toml-syntax": Code(
        "error",
        "The file is not TOML, so nothing in it can be used. The row is shown as broken, the file is never "
        "written, and all other models stay usable. The line is where the reader gave up; the mistake is "
        "there or just above.",
    ),
    "not-utf8": Code(
        "error",
        "TOML is UTF-8, and the file holds bytes that are not. Save it as UTF-8 in your editor.",
    ),
    "too-large": Code(
        "error",
        "The file is larger than any model file should be. Files are measured before they are read, so that "
        "no file can hang or exhaust the program.",
    ),
    "limits": Code(
        "error",
        "The file nests too deep, has a key with too many parts, or a number with too many digits. Such files "
        "can hang or crash a reader of TOML, so they are refused before they are read.",
    ),
    "link": Code(
        "error",
        "The file is a symbolic link. Links are shown and never followed: a link could lead an edit, or a "
        "lock, to a file outside of the catalogue. Put a copy of the file in its place.",
    ),
    "hard-link": Code(
        "warning",
        "The file has more than one name (hard links). An edit puts a new file in the place of the old one, so the "
        "other name would keep the old text, wherever it is. Such a file is shown and never edited.",
    ),
    "not-a-file": Code(
        "error",
        "What has the name of a file is a folder, a device, a pipe or a socket, so it is not read.",
    ),
    "missing": Code(
        "error",
        "A file that the catalogue needs is not there, or went away since the catalogue was read.",
    ),
    "unreadable": Code(
        "error",
        "The system does not let this user read the file, or fails to. The message is the system's own; the "
        "row stays as broken until the file can be read.",
    ),
    "outside": Code(
        "error",
        "A path leads out of the catalogue. Nothing outside of it is ever read or written.",
    ),
}

_SCHEMA: Final = {
    "unsupported-schema": Code(
        "error",
        "The file says a version of the format that this modeltui does not know. Use one that is as new as "
        "the catalogue.",
    ),
    "unknown-key": Code(
        "error",
        "The format has no such field, so whatever it was meant to do does not happen. It is most often a "
        "slip of the pen; the hint names the field that was perhaps meant.",
    ),
    "missing-key": Code(
        "error",
        "A field is needed and is not there. Without uid, name, provider, model_id and content_type a model "
        "has no identity; a call needs its path, a poll its statuses, a price its currency.",
    ),
    "wrong-type": Code(
        "error",
        "The value has another type than the field: text where a number belongs, say. TOML keeps them apart: "
        'true is not "true", and a price is text ("0.25"), so that it stays exact.',
    ),
    "bad-value": Code(
        "error",
        "The type is right and the value is not: out of bounds, empty, not one of the choices, or not in the "
        "form that the field asks for.",
    ),
    "bad-name": Code(
        "error",
        "The name of a table or key that the file chooses, such as that of an input, cannot be used as a name; or "
        "the name of a file has a backslash, which parts folders on other systems.",
    ),
    "repeated-value": Code(
        "error",
        "A list says the same thing twice. Keep one.",
    ),
    "misplaced-key": Code(
        "error",
        "The field exists, and has no meaning here: max_length of a number, equals without total. Nothing "
        "reads it, so the file promises what does not happen.",
    ),
    "either-or": Code(
        "error",
        "Two fields stand for the same thing, such as path and url, or price and prices. Only one can be meant.",
    ),
    "bad-bounds": Code(
        "error",
        "A least value is above the greatest one, so that nothing could ever fit.",
    ),
    "bad-default": Code(
        "error",
        "The default of an input is none of the values that the input takes. A run with nothing said would fail.",
    ),
    "bad-enum": Code(
        "error",
        "One of the allowed values of an input does not fit its type or bounds.",
    ),
    "bad-expression": Code(
        "error",
        "An expression that reads the provider's answer is not JMESPath, or is longer than 300 characters.",
    ),
    "bad-placeholder": Code(
        "error",
        "A placeholder cannot be read. A placeholder is ${inputs.NAME}, ${saved.NAME}, ${job.uuid} or "
        "${model.NAME}; the signs themselves are written $${.",
    ),
    "forbidden-header": Code(
        "error",
        "A file may not set headers that decide where a request goes, who sends it or how it is framed, nor "
        "the header that carries the key. Keys come from the provider file and the environment alone.",
    ),
}

_IDENTITY: Final = {
    "duplicate-uid": Code(
        "error",
        "Two models have the same uid. History, jobs and statistics hang on it, so theirs would be mixed. It "
        "happens when a file is copied by hand; give the copy a new uid.",
    ),
    "key-collision": Code(
        "error",
        "Two files have names that differ only in case or in the encoding of a letter. On many disks they "
        "would be one file, and one of the two models would be lost.",
    ),
    "folder-mismatch": Code(
        "error",
        "What the file says of itself is not where it lies: content_type differs from the folder of a model, "
        "or id from the file name of a provider.",
    ),
    "slug-form": Code(
        "note",
        "File names of models are lower case letters and digits with - between words, so that keys are easy to type.",
    ),
    "form": Code(
        "note",
        "Files that ship are in one form: one blank on each side of =, double quotes, LF, no indentation. A "
        "file in another form works as well, and every edit keeps it.",
    ),
}

_CATALOG: Final = {
    "several-defaults": Code(
        "error",
        "More than one model of a content type says default = true. Applications would take either. Keep one.",
    ),
    "inactive-default": Code(
        "warning",
        "The default of a content type is switched off, so applications that ask for the default get nothing.",
    ),
    "no-default": Code(
        "warning",
        "A content type has active models, and none of them is the default.",
    ),
    "retired-active": Code(
        "warning",
        "The provider announced a last day, it has passed, and the model is still offered. Runs will fail.",
    ),
    "retires-soon": Code(
        "note",
        "The provider's last day for an active model is at most 30 days away.",
    ),
    "deprecated-active": Code(
        "warning",
        "The model is deprecated, by its status or by its day, and is still offered to users.",
    ),
    "dates-reversed": Code(
        "error",
        "The days of a model are in an order that cannot be: released after it was deprecated or retired, or "
        "deprecated after it retired.",
    ),
    "replaced-by-missing": Code(
        "error",
        "replaced_by names a model that is not in the catalogue, or the model itself.",
    ),
    "provider-missing": Code(
        "error",
        "The model names a provider that has no file in providers/. Without it nobody knows where its requests may go.",
    ),
    "key-not-allowed": Code(
        "error",
        "The model asks for a key that its provider file does not allow. A model file can name a key only "
        "among those, so that no edit of a model can send another secret of the environment.",
    ),
}

_LOCKS: Final = {
    "lock-broken": Code(
        "error",
        "The file is locked, and its bytes are not those that were locked: somebody edited it by hand. Look "
        "at what changed; take it back, or unlock the model and lock it again.",
    ),
    "lock-without-digest": Code(
        "note",
        "The lock was written without a digest of the file, so an edit by hand cannot be noticed.",
    ),
    "lock-form": Code(
        "warning",
        "The lock is written in another way than as a table [lock] of its own. It holds, but its digest "
        "cannot leave it out, and an unlock has to rewrite more than the lock.",
    ),
}

_RUNS: Final = {
    "unknown-input": Code(
        "error",
        "A placeholder, rule or price names an input that the file does not declare, or one that it declares "
        "as ignored.",
    ),
    "unknown-choice": Code(
        "error",
        "A rule, price or label is about a value that its input cannot have, so it would never count.",
    ),
    "unused-input": Code(
        "warning",
        "An input is asked for, and neither the request nor a rule nor the price uses it.",
    ),
    "unknown-saved": Code(
        "error",
        "A later call needs a value of the answer that [request.save] does not save.",
    ),
    "unknown-placeholder": Code(
        "error",
        "A placeholder names something that a run does not have.",
    ),
    "poll-without-id": Code(
        "error",
        "The poll holds neither a saved value nor the job's own id, so every job would ask the same question.",
    ),
    "cannot-run": Code(
        "error",
        "The engine cannot make a request of this file. The message says which field is at fault.",
    ),
}

CODES: Final[Mapping[str, Code]] = {**_FILES, **_SCHEMA, **_IDENTITY, **_CATALOG, **_LOCKS, **_RUNS}
