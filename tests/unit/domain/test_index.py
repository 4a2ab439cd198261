"""What an index looks at again, and what it remembers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from modeltui.domain.catalog import Catalog
from modeltui.domain.model import Model
from modeltui.domain.pending.plan import Plan
from modeltui.domain.query import Index, index, parse_query
from modeltui.domain.run_stats import RunStats

NOW = datetime(2026, 3, 1, tzinfo=UTC)
PLAN = Plan({})


def _model(key: str, name: str) -> Model:
    return Model(key=key, path=f"models/{key}.toml", name=name, uid=key)


def _catalog(*names: str) -> Catalog:
    models = {f"chat/{name.lower()}": _model(f"chat/{name.lower()}", name) for name in sorted(names)}
    return Catalog("/c", models, {})


class Watched(str):
    """A text that counts how often something is looked for in it."""

    __slots__ = ()
    looks = 0

    def __contains__(self, part: str) -> bool:  # type: ignore[override]
        Watched.looks += 1
        return super().__contains__(part)


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """How many texts were looked into since the last call."""
    made = index._haystack
    monkeypatch.setattr(index, "_haystack", lambda model: Watched(made(model)))

    def looks() -> int:
        seen, Watched.looks = Watched.looks, 0
        return seen

    looks()
    return looks


def test_a_letter_more_is_looked_for_in_what_was_left_and_a_letter_less_not_at_all(watched: Callable[[], int]) -> None:
    one = Index(_catalog("Aurora", "Aurum", "Borealis", "Comet"))
    assert len(one.select(parse_query("au"), PLAN, NOW)) == 2
    assert watched() == 4
    assert len(one.select(parse_query("aur"), PLAN, NOW)) == 2
    assert watched() == 2
    assert len(one.select(parse_query("auro"), PLAN, NOW)) == 1
    assert watched() == 2
    assert len(one.select(parse_query("aur"), PLAN, NOW)) == 2
    assert len(one.select(parse_query("au"), PLAN, NOW)) == 2
    assert watched() == 0
    assert len(one.select(parse_query("b"), PLAN, NOW)) == 1
    assert watched() == 4


def test_another_plan_is_another_question() -> None:
    one = Index(_catalog("Aurora"))
    assert one.select(parse_query("pending:yes"), PLAN, NOW) == []
    pending = Plan({"chat/aurora": object()})  # type: ignore[dict-item]
    assert [model.name for model in one.select(parse_query("pending:yes"), pending, NOW)] == ["Aurora"]


def test_what_depends_on_the_time_of_day_is_chosen_anew() -> None:
    stats = RunStats(total=1, succeeded=1, tested_at=NOW - timedelta(minutes=30))
    one = Index(replace(_catalog("Aurora"), runs={"chat/aurora": stats}, as_of=NOW))
    assert one.select(parse_query("tested<1h"), PLAN, NOW)
    assert not one.select(parse_query("tested<1h"), PLAN, NOW + timedelta(hours=2))


def test_the_texts_of_rows_that_stayed_are_taken_over(monkeypatch: pytest.MonkeyPatch) -> None:
    made, seen = index._haystack, list[str | None]()

    def watched(model: Model) -> str:
        seen.append(model.name)
        return made(model)

    monkeypatch.setattr(index, "_haystack", watched)
    before = Index(_catalog("Aurora", "Borealis"))
    before.haystacks()
    old = before.catalog
    after = replace(old, models={**old.models, "chat/comet": _model("chat/comet", "Comet")})
    grown = Index(after, before)
    assert [model.name for model in grown.select(parse_query("come"), PLAN, NOW)] == ["Comet"]
    assert seen == ["Aurora", "Borealis", "Comet"]
    changed = replace(after, models={**after.models, "chat/aurora": _model("chat/aurora", "Dawn")})
    assert [model.name for model in Index(changed, grown).select(parse_query("dawn"), PLAN, NOW)] == ["Dawn"]
    assert seen == ["Aurora", "Borealis", "Comet", "Dawn"]


def test_of_the_same_rows_with_other_runs_everything_but_the_runs_is_taken_over() -> None:
    before = Index(_catalog("Aurora"))
    assert before.select(parse_query("name:aurora -runs>0"), PLAN, NOW)
    stats = RunStats(total=3, succeeded=3)
    after = Index(replace(before.catalog, runs={"chat/aurora": stats}), before)
    assert after.models is before.models
    assert after.select(parse_query("runs>0"), PLAN, NOW)


def test_a_row_is_found_by_its_key_in_whatever_order_rows_stand() -> None:
    models = {name: _model(name, name) for name in ("chat/c", "chat/a", "chat/b")}
    one = Index(Catalog("/c", models, {}))
    assert [model.key for name in models for model in one.select(parse_query(name), PLAN, NOW)] == list(models)


def test_what_is_picked_is_a_sequence_of_models() -> None:
    one = Index(_catalog("Aurora", "Aurum", "Borealis", "Comet"))
    picked = one.picked([0, 2, 3])
    assert [model.name for model in picked] == ["Aurora", "Borealis", "Comet"]
    assert [len(picked), picked[1], picked[-1]] == [3, one.models[2], one.models[3]]
    assert list(picked[1:]) == [one.models[2], one.models[3]]
    assert list(reversed(picked)) == [one.models[3], one.models[2], one.models[0]]
    assert one.models[2] in picked
    assert one.models[1] not in picked


def test_all_are_picked_without_another_list() -> None:
    one = Index(_catalog("Aurora", "Borealis"))
    assert one.picked(one.rows(parse_query("o"), PLAN, NOW)) is one.models
