"""What holds for every model file that ships: it compiles, it is in one form, it can be found again."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import tomli

from modeltui.domain.lock import lock_of
from modeltui.domain.lock_text import lock_digest
from modeltui.domain.run_spec import compile_run

MODELS = Path(__file__).parents[3] / "catalog" / "models"
PATHS = sorted(MODELS.rglob("*.toml"))


def document_of(path: Path) -> dict[str, Any]:
    return tomli.loads(path.read_text(encoding="utf-8"))


DOCUMENTS = {path.relative_to(MODELS).as_posix().removesuffix(".toml"): document_of(path) for path in PATHS}


def test_there_are_models() -> None:
    assert len(DOCUMENTS) >= 140


@pytest.mark.parametrize("key", DOCUMENTS)
def test_a_model_compiles_and_runs_dry_to_a_verdict(key: str) -> None:
    assert not compile_run(DOCUMENTS[key]).prepare({"no such input": 1}, job_uuid="u").is_valid


@pytest.mark.parametrize("key", DOCUMENTS)
def test_a_model_stands_where_it_says(key: str) -> None:
    assert DOCUMENTS[key]["content_type"] == key.partition("/")[0]
    assert re.fullmatch(r"[a-z0-9_]+/[a-z0-9]+(-[a-z0-9]+)*", key)


def test_identities_and_names_are_not_shared() -> None:
    for field in ("uid", "name"):
        counted = Counter(document[field] for document in DOCUMENTS.values())
        assert [value for value, count in counted.items() if count > 1] == []


def test_a_family_is_spelled_in_one_way() -> None:
    families = {document["family"] for document in DOCUMENTS.values() if "family" in document}
    assert len({family.casefold() for family in families}) == len(families)


def test_each_content_type_has_at_most_one_default_and_it_is_active() -> None:
    defaults = [(key, document) for key, document in DOCUMENTS.items() if document.get("default")]
    assert all(document["active"] for _, document in defaults)
    assert max(Counter(key.partition("/")[0] for key, _ in defaults).values()) == 1


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_lock_bears_the_digest_of_its_file(path: Path) -> None:
    content = path.read_bytes()
    lock = lock_of(document_of(path))
    if lock is not None:
        assert lock.digest == lock_digest(content)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_file_is_in_the_one_form(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "\r" not in text
    assert text.endswith("\n")
    assert not re.search(r"^[A-Za-z0-9_\"-]+(=|\s{2,}=| =\S| =\s{2,})", text, re.MULTILINE)
    assert not re.search(r"^\S+ = '", text, re.MULTILINE)
    assert not re.search(r"\n{3,}", text)


def test_replacements_exist() -> None:
    wanted = {document["replaced_by"] for document in DOCUMENTS.values() if "replaced_by" in document}
    assert wanted <= DOCUMENTS.keys()
