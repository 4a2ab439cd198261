"""Rules that look at bytes: locks and form."""

from __future__ import annotations

import pytest
import tomli

from modeltui.domain.catalog import Catalog
from modeltui.domain.finding import Finding
from modeltui.domain.lock_text import lock_digest
from modeltui.domain.model import broken_model
from modeltui.domain.rules import check
from modeltui.domain.rules.form import deviation_of
from modeltui.errors import BrokenFileError

from .conftest import TODAY, catalog_of

_MODEL = """\
schema = 1
uid = "c3d4e5f6-0a1b-2c3d-4e5f-a6b7c8d9e0f1"
model_id = "m"
name = "Model"
provider = "kie_ai"
content_type = "chat"
"""
PATH = "models/chat/a.toml"
_OTHERS = b'schema = 1\nname = "x"\n'


def _check(text: str) -> list[Finding]:
    catalog = catalog_of([("chat/a", tomli.loads(text))])
    return check(catalog, TODAY, lambda path: text.encode() if path == PATH else _OTHERS)


def _codes(text: str) -> list[str]:
    return [finding.code for finding in _check(text)]


def _locked(digest: str) -> str:
    return f'{_MODEL}\n[lock]\nlocked = true\nby = "alice"\ndigest = "{digest}"\n\n[timing]\nestimated_seconds = 3\n'


def test_a_lock_holds_while_the_bytes_are_those_that_were_locked() -> None:
    digest = lock_digest(_locked("sha256:" + "0" * 64).encode())
    assert _codes(_locked(digest)) == []
    (broken,) = _check(_locked(digest).replace("estimated_seconds = 3", "estimated_seconds = 4"))
    assert broken.code == "lock-broken"
    assert "`modeltui drift`" in (broken.hint or "")
    assert _codes(_locked(digest).replace("[timing]", "# note\n[timing]")) == []


def test_a_lock_without_digest_is_a_note() -> None:
    (finding,) = _check(f"{_MODEL}\n[lock]\nlocked = true\n")
    assert (finding.code, finding.severity, finding.field) == ("lock-without-digest", "note", "lock")


@pytest.mark.parametrize("spelling", ["lock = { locked = true }", "lock.locked = true", "[ 'lock' ]\nlocked = true"])
def test_a_lock_of_another_spelling_is_found(spelling: str) -> None:
    assert "lock-form" in _codes(f"{_MODEL}{spelling}\n")


def test_no_lock_no_findings() -> None:
    assert _codes(f"{_MODEL}\n[lock]\nlocked = false\n") == []


def test_a_file_that_went_away_meanwhile_is_passed_over() -> None:
    def gone(path: str) -> bytes:
        raise BrokenFileError(f"{path} is gone")

    document = tomli.loads(f"{_MODEL}\n[lock]\nlocked = true\n")
    assert check(catalog_of([("chat/a", document)]), TODAY, gone) == []


def test_a_row_that_is_no_toml_has_its_fault_alone() -> None:
    fault = Finding("toml-syntax", "error", "no TOML", PATH, line=3)
    catalog = Catalog("/nowhere", {"chat/a": broken_model("chat/a", PATH, fault)}, {}, {}, {"schema": 1})
    assert check(catalog, TODAY, lambda path: b"= = =\n" if path == PATH else _OTHERS) == [fault]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b'a = "x"\n\n[t]\nb = [\n  1,\n]\n', None),
        (b"a = \"it's = fine\" # yes, it's=fine\n", None),
        (b'a = """\n  b=1\n\n\n"""\n', None),
        (b'x = { a = 1, b = "c=d" }\n', None),
        (b'"16:9" = "1"\n', None),
        (b"a = 1", "does not end with a line end"),
        (b"a = 1\r\n", "has CR LF line ends"),
        (b"a = 1 \n", "has blanks at the end of a line"),
        (b"a = 'x'\n", "has single quotes"),
        (b"a=1\n", "has not one blank on each side of ="),
        (b"a  = 1\n", "has not one blank on each side of ="),
        (b"x = { a=1 }\n", "has not one blank on each side of ="),
        (b"[t]\n  a = 1\n", "is indented"),
        (b"a = 1\n\n\nb = 2\n", "has more than one empty line in a row"),
        (b"\ta = 1\n", "has a tab"),
    ],
)
def test_the_form_of_the_shipped_files(content: bytes, expected: str | None) -> None:
    assert deviation_of(content) == expected


def test_another_form_is_a_note() -> None:
    (finding,) = _check(_MODEL.replace(" = ", "="))
    assert (finding.code, finding.severity) == ("form", "note")
