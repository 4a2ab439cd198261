"""Every code that can be said is explained, and every one that is explained can be said."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import tomli

from modeltui.domain.catalog import Catalog
from modeltui.domain.rules import check
from modeltui.domain.rules.codes import CODES, GROUPS, Code

from .conftest import TODAY, catalog_of, model_file

SOURCE = Path(__file__).parents[4] / "src" / "modeltui"
_SAID = re.compile(
    r"""(?:found|Clash|custom|Wording|Finding|_fault\(path,|_beyond|code\s*=|code:\s*str\s*=)[(\s]*"([a-z]+[a-z0-9]*(?:-[a-z0-9]+)*)\""""
)
_PLACES = ("domain/schema", "domain/rules", "storage", "errors.py")


def _said() -> set[str]:
    texts: list[str] = []
    for place in _PLACES:
        path = SOURCE / place
        files = [path] if path.is_file() else sorted(path.rglob("*.py"))
        texts += [file.read_text(encoding="utf-8") for file in files if "codes" not in file.parts]
    return {code for text in texts for code in _SAID.findall(text)}


def test_every_code_is_explained() -> None:
    assert _said() - CODES.keys() == set()


def test_every_explained_code_is_said() -> None:
    everything = "\n".join(
        file.read_text(encoding="utf-8") for file in SOURCE.rglob("*.py") if "codes" not in file.parts
    )
    assert [code for code in CODES if f'"{code}"' not in everything] == []


@pytest.mark.parametrize("name", CODES)
def test_an_explanation_is_whole(name: str) -> None:
    code = CODES[name]
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)
    assert code.severity in {"error", "warning", "note"}
    for text in filter(None, (code.means, code.why, code.mend, code.fix)):
        assert 10 < len(text) < 320
        assert text.endswith((".", "`."))
        assert "\n" not in text
    assert code.wrong
    assert code.shown == "model" or "\n" not in code.wrong


def test_no_code_is_in_two_groups() -> None:
    assert sum(map(len, GROUPS.values())) == len(CODES)


_EXAMPLES = {name: code for name, code in CODES.items() if code.shown == "model"}


@pytest.mark.parametrize("name", _EXAMPLES)
def test_an_example_has_its_finding_and_is_mended_without_it(name: str) -> None:
    code: Code = CODES[name]
    assert name in _found(code.wrong)
    assert name not in _found(code.right)
    assert not {each for each in _found(code.right) if CODES[each].severity == "error"}


def _found(lines: str) -> set[str]:
    return {finding.code for finding in check(_catalog(tomli.loads(lines)), TODAY)}


def _catalog(fields: Mapping[str, Any]) -> Catalog:
    return catalog_of([(key, model_file(key, **(fields if key == "chat/a" else {}))) for key in ("chat/a", "chat/b")])
