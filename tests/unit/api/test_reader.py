"""A catalogue read from a program."""

from __future__ import annotations

import doctest
import math
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import modeltui
from modeltui.api import CatalogReader, open_catalog
from modeltui.domain.run_stats import NONE
from modeltui.errors import BusyError, ConfigError, InvalidValueError, NotFoundError
from modeltui.storage import store

ROOT = Path(__file__).parents[3]
IMAGE, CHAT = "prompt_to_image/sandbox-image", "chat/sandbox-chat"


@pytest.fixture(scope="module")
def shipped() -> CatalogReader:
    return open_catalog(ROOT / "catalog")


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A copy of what the sandbox has."""
    for name in (f"models/{IMAGE}.toml", f"models/{CHAT}.toml", "providers/sandbox.toml", "catalog.toml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "catalog" / name, tmp_path / name)
    return tmp_path


def test_the_page_is_true(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    failed, tried = doctest.testfile(str(ROOT / "docs" / "api.md"), module_relative=False)
    assert tried > 8
    assert failed == 0


def test_models_are_found_in_every_way(shipped: CatalogReader) -> None:
    model = shipped.get(IMAGE)
    assert shipped.get(model.uid) == shipped.get(model.model_id) == model
    assert model in shipped.all()
    assert model in shipped.of_provider("sandbox")
    assert model in shipped.of_content_type("prompt_to_image")
    assert model in shipped.of_model_id(model.model_id)
    assert all(each.is_active for each in shipped.active())
    assert all(each.is_premium for each in shipped.premium())
    assert all("chat" in each.tags for each in shipped.of_tag("chat"))
    assert [each.key for each in shipped.all()] == sorted(each.key for each in shipped.all())


def test_there_is_one_default_or_none(shipped: CatalogReader) -> None:
    default = shipped.default("prompt_to_video")
    assert default is not None
    assert (default.is_default, default.is_active, default.content_type) == (True, True, "prompt_to_video")
    assert shipped.default("no_such_type") is None


def test_a_model_is_frozen(shipped: CatalogReader) -> None:
    with pytest.raises(AttributeError):
        shipped.get(IMAGE).key = "other"  # type: ignore[misc]


def test_inputs_are_held_against_the_file(shipped: CatalogReader) -> None:
    assert shipped.validate(CHAT, {"prompt": "hello"}) == ()
    assert [problem.input for problem in shipped.validate(CHAT, {})] == ["prompt"]


def test_the_request_is_exact_and_has_no_key(shipped: CatalogReader) -> None:
    found = shipped.request("chat/gpt-5", {"prompt": "hello"})
    assert found["url"] == "https://api.openai.com/v1/chat/completions"
    assert "***" in found["headers"]["authorization"]
    with pytest.raises(InvalidValueError, match="prompt: is required"):
        shipped.request("chat/gpt-5", {})


def test_costs_are_decimal(shipped: CatalogReader) -> None:
    found = shipped.cost("chat/gpt-5", {"max_tokens": 100})
    assert found.cost is not None
    assert found.cost.amount == Decimal("0.0035")
    assert found.is_estimate
    assert found.price_usd == Decimal("0.00462")


def test_every_shipped_model_can_be_priced_and_asked(shipped: CatalogReader) -> None:
    for model in shipped.all():
        assert shipped.supports(model).is_supported
        assert isinstance(shipped.cost(model).assumed, tuple)


def test_there_were_no_runs(mine: Path) -> None:
    reader = open_catalog(mine)
    assert reader.stats(IMAGE) == NONE
    assert not (mine / ".modeltui").exists()


def test_what_is_not_there_is_said_so(shipped: CatalogReader, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        shipped.cost("no/such")
    with pytest.raises(ConfigError):
        open_catalog(tmp_path / "missing")


def test_a_refresh_reads_what_changed_and_leaves_what_was_given(mine: Path) -> None:
    reader = open_catalog(mine)
    before = reader.get(CHAT)
    path = mine / "models" / f"{CHAT}.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(f'name = "{before.name}"', 'name = "Other"'), encoding="utf-8")
    assert reader.get(CHAT) == before
    reader.refresh()
    assert reader.get(CHAT).name == "Other"
    assert before.name != "Other"
    assert reader.get(CHAT).digest != before.digest


def test_of_a_whole_catalogue_nothing_changes_until_a_refresh(mine: Path) -> None:
    """Where every file was read at once."""
    reader = open_catalog(mine, whole=True)
    (mine / "models" / f"{CHAT}.toml").unlink()
    assert reader.validate(CHAT, {"prompt": "hello"}) == ()
    assert reader.cost(CHAT).cost is not None
    reader.refresh()
    with pytest.raises(NotFoundError):
        reader.cost(CHAT)


def test_a_refresh_that_failed_once_tells_nothing_of_the_next(mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The store has read what changed before it fails, and does not tell of it again."""
    reader = open_catalog(mine)
    before, path = reader.get(CHAT), mine / "models" / f"{CHAT}.toml"

    def interrupted(root: str, load: Callable[[dict[str, bytes | None]], object]) -> object:
        load({})
        raise BusyError("somebody applies", hint="wait")

    for name in ("Other", "Third"):
        path.write_text(
            path.read_text(encoding="utf-8").replace(f'name = "{reader.get(CHAT).name}"', f'name = "{name}"')
        )
        with monkeypatch.context() as patch:
            patch.setattr(store, "consistently", interrupted)
            for _ in range(2):
                with pytest.raises(BusyError):
                    reader.refresh()
        assert reader.get(CHAT).name == ("Other" if name == "Third" else before.name)
        reader.refresh()
        assert reader.get(CHAT).name == name
        assert reader.validate(CHAT, {"prompt": "hello"}) == ()


def test_a_broken_file_is_left_out(mine: Path) -> None:
    (mine / "models" / f"{CHAT}.toml").write_text("not toml", encoding="utf-8")
    assert [model.key for model in open_catalog(os.fspath(mine)).all()] == [IMAGE]


def test_threads_may_share_a_reader(mine: Path) -> None:
    reader, wrong = open_catalog(mine), []

    def ask() -> None:
        for number in range(20):
            if number % 5 == 0:
                reader.refresh()
            if reader.cost(CHAT, {"prompt": "x"}).problems or reader.validate(CHAT, {"prompt": "x"}):
                wrong.append(number)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_reading_loads_no_console_no_http_and_no_pydantic() -> None:
    heavy = ("textual", "httpx", "pydantic", "rich", "PIL", "tomlkit")
    code = (
        "import sys\nfrom modeltui import open_catalog\n"
        f"c = open_catalog({str(ROOT / 'catalog')!r})\n"
        "name, inputs = 'chat/gpt-5', {'prompt': 'x'}\n"
        "c.cost(name), c.supports(name, inputs), c.request(name, inputs), c.stats(name)\n"
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_package_has_nothing_else() -> None:
    assert modeltui.open_catalog is open_catalog
    with pytest.raises(AttributeError):
        modeltui.nothing  # noqa: B018


@pytest.mark.parametrize("seconds", [-5, math.nan, math.inf, -math.inf, "x", True])
def test_a_length_that_cannot_be_is_refused(shipped: CatalogReader, seconds: Any) -> None:
    with pytest.raises(InvalidValueError, match="media_seconds") as caught:
        shipped.cost(IMAGE, {"prompt": "a"}, media_seconds=seconds)
    assert caught.value.hint
    with pytest.raises(InvalidValueError, match="media_seconds"):
        shipped.supports(IMAGE, media_seconds=seconds)
    with pytest.raises(InvalidValueError, match="file_mb"):
        shipped.supports(IMAGE, file_mb=seconds)


@pytest.mark.parametrize("inputs", ["prompt", 5, ["prompt"], {5: "a"}])
def test_inputs_are_a_mapping_of_names(shipped: CatalogReader, inputs: Any) -> None:
    for ask in (shipped.validate, shipped.cost, shipped.supports, shipped.request):
        with pytest.raises(InvalidValueError, match=r"inputs are|an input is") as caught:
            ask(IMAGE, inputs)
        assert caught.value.hint


def test_none_is_no_inputs_where_none_are_needed(shipped: CatalogReader) -> None:
    assert shipped.cost(IMAGE, None) == shipped.cost(IMAGE, {})
    assert shipped.supports(IMAGE, None).is_supported
    nothing: Any = None
    for ask in (shipped.validate, shipped.request):
        with pytest.raises(InvalidValueError, match="not None"):
            ask(IMAGE, nothing)


@pytest.mark.parametrize("name", [5, None, b"chat/sandbox-chat"])
def test_a_model_is_named_by_text(shipped: CatalogReader, name: Any) -> None:
    for ask in (shipped.get, shipped.cost, shipped.supports, shipped.stats, lambda name: shipped.validate(name, {})):
        with pytest.raises(InvalidValueError, match="named by text"):
            ask(name)


def test_one_need_is_no_list_of_letters(shipped: CatalogReader) -> None:
    assert shipped.supports(IMAGE, needs="audio") == shipped.supports(IMAGE, needs=["audio"])
    assert len(shipped.supports(IMAGE, needs="audio").reasons) == 1
    needs: Any
    for needs in (5, [5], None):
        with pytest.raises(InvalidValueError, match="needs"):
            shipped.supports(IMAGE, needs=needs)


def test_half_a_character_is_a_problem_of_its_input(shipped: CatalogReader) -> None:
    (problem,) = shipped.validate(IMAGE, {"prompt": "a\ud800"})
    assert problem.input == "prompt"
    with pytest.raises(InvalidValueError, match="prompt"):
        shipped.request(IMAGE, {"prompt": "a\ud800"})
