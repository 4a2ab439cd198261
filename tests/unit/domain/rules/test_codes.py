"""Every code that can be said is explained, and every one that is explained can be said."""

from __future__ import annotations

import re
from pathlib import Path

from modeltui.domain.rules.codes import CODES

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
        texts += [file.read_text(encoding="utf-8") for file in files if file.name != "codes.py"]
    return {code for text in texts for code in _SAID.findall(text)}


def test_every_code_is_explained() -> None:
    assert _said() - CODES.keys() == set()


def test_every_explained_code_is_said() -> None:
    everything = "\n".join(file.read_text(encoding="utf-8") for file in SOURCE.rglob("*.py") if file.name != "codes.py")
    assert [code for code in CODES if f'"{code}"' not in everything] == []


def test_an_explanation_is_a_paragraph() -> None:
    for code, explained in CODES.items():
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code)
        assert explained.severity in {"error", "warning", "note"}
        assert 40 < len(explained.meaning) < 500, code
        assert explained.meaning.endswith("."), code
        assert "\n" not in explained.meaning
