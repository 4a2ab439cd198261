"""The catalogue that ships: sound, and varied enough to try everything on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import tomli

from modeltui.domain.catalog import Catalog
from modeltui.domain.document import Document
from modeltui.domain.model import Model, model_of
from modeltui.domain.rules import check
from modeltui.domain.rules.files import check_model
from modeltui.domain.rules.form import deviation_of
from modeltui.domain.schema.findings import findings_of

ROOT = Path(__file__).parents[3] / "catalog"
TODAY = date(2026, 11, 20)
NEVER_RUN = {"cartesia", "leonardo"}
"""Written from memory, as docs/providers.md was followed: no real server has answered them."""


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    documents = {path.relative_to(ROOT / "models").with_suffix("").as_posix(): _read(path) for path in _files("models")}
    return Catalog(
        str(ROOT),
        {key: model_of(key, f"models/{key}.toml", "", document) for key, document in documents.items()},
        documents,
        {path.stem: _read(path) for path in _files("providers")},
        _read(ROOT / "catalog.toml"),
    )


def _files(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.toml"))


def _read(path: Path) -> Document:
    document: Mapping[str, Any] = tomli.loads(path.read_text(encoding="utf-8"))
    return document


def _source(path: str) -> bytes:
    return (ROOT / path).read_bytes()


def _models(catalog: Catalog) -> list[Model]:
    return list(catalog.models.values())


def test_check_finds_nothing_but_the_age_of_models(catalog: Catalog) -> None:
    expected = {"retires-soon"}
    found = [finding for finding in check(catalog, TODAY, _source) if finding.code not in expected]
    assert [f"{finding.path}: {finding.code}: {finding.message}" for finding in found] == []


@pytest.mark.parametrize("path", _files("presets"), ids=lambda path: path.stem)
def test_a_preset_has_the_shape_of_one(path: Path) -> None:
    document = _read(path)
    assert findings_of(f"presets/{path.name}", document, "preset") == []
    assert document["provider"] in {file.stem for file in _files("providers")}
    assert deviation_of(path.read_bytes()) is None


@pytest.mark.parametrize("path", _files("presets"), ids=lambda path: path.stem)
def test_a_model_made_from_a_preset_is_sound(path: Path) -> None:
    identity = {"uid": "00000000-0000-0000-0000-000000000000", "model_id": "m", "name": "M", "content_type": "chat"}
    model = {**identity, **{name: value for name, value in _read(path).items() if name != "preset"}}
    assert check_model("models/chat/m.toml", model) == []


def test_there_is_a_preset_for_each_main_protocol() -> None:
    presets = {path.stem for path in _files("presets")}
    assert presets >= {"sandbox-image", "kie-jobs", "replicate-image", "openai-images"}


def test_it_is_varied(catalog: Catalog) -> None:
    models = _models(catalog)
    assert len(models) >= 200
    assert len({model.content_type for model in models}) >= 12
    assert len({model.provider for model in models}) >= 16
    assert any(not model.active for model in models)
    assert any(model.premium for model in models)
    assert {model.content_type for model in models if model.provider == "sandbox"} >= {
        "chat",
        "prompt_to_image",
        "prompt_to_video",
        "text_to_speech",
    }


def test_each_content_type_has_one_default_and_it_is_active(catalog: Catalog) -> None:
    defaults = Counter(model.content_type for model in _models(catalog) if model.default and model.active)
    assert defaults == Counter({model.content_type for model in _models(catalog)})


def test_each_provider_has_a_locked_model_and_a_third_of_all_are(catalog: Catalog) -> None:
    models = _models(catalog)
    assert {model.provider for model in models if model.is_locked} == catalog.providers.keys()
    assert 0.25 < sum(model.is_locked for model in models) / len(models) < 0.4


def test_what_was_never_run_is_not_offered(catalog: Catalog) -> None:
    models = [model for model in _models(catalog) if model.provider in NEVER_RUN]
    assert {model.provider for model in models} == NEVER_RUN
    assert not any(model.active for model in models)
    assert all(catalog.documents[model.key]["status"] == "experimental" for model in models)
    assert not any("verified_on" in catalog.providers[name] for name in NEVER_RUN)


def test_names_and_uids_are_of_one_model(catalog: Catalog) -> None:
    names = Counter((model.name, model.content_type, model.provider) for model in _models(catalog))
    assert [name for name, count in names.items() if count > 1] == []


def test_no_family_has_two_spellings(catalog: Catalog) -> None:
    spelled: dict[str, set[str]] = {}
    for model in _models(catalog):
        if model.family:
            spelled.setdefault(model.family.casefold(), set()).add(model.family)
    assert [spellings for spellings in spelled.values() if len(spellings) > 1] == []


@pytest.mark.parametrize("name", ["openai-chat", "openrouter-chat"])
def test_the_system_message_is_there_only_when_it_says_something(name: str) -> None:
    from modeltui.domain.run_spec import compile_run

    document = tomli.loads((ROOT / "presets" / f"{name}.toml").read_text(encoding="utf-8"))
    spec = compile_run({"model_id": "m", **document})
    user = {"role": "user", "content": "hi"}
    for system, messages in (("", [user]), ("be kind", [{"role": "system", "content": "be kind"}, user])):
        prepared = spec.prepare({"prompt": "hi", "system": system}, job_uuid="u")
        assert prepared.call is not None
        assert prepared.call.body["messages"] == messages
