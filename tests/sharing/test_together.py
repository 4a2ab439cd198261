"""Fields that make sense only together, words for many conflicts, and what a merge would make wrong."""

from __future__ import annotations

import pytest

from sharing.clones import Clone

BOUND = ["cost.base", "cost.currency"]


@pytest.fixture
def apart(ann: Clone, bob: Clone) -> None:
    """She sets another currency with its price, he another price."""
    ann.apply("chat/a", "cost.currency=USD", "cost.base=0.3")
    ann.push()
    bob.apply("chat/a", "cost.base=55", "order=8")


def test_a_price_does_not_get_another_currency(ann: Clone, bob: Clone, apart: None) -> None:
    said = bob("pull", "--yes", "--format", "json")
    assert (said.code, sorted(each["field"] for each in said.json["conflicts"])) == (3, BOUND)
    [currency] = [each for each in said.json["conflicts"] if each["field"] == "cost.currency"]
    assert (currency["base"], currency["ours"], currency["theirs"]) == ("credits", "credits", "USD")
    assert currency["why"] == "taken only together with cost.base"
    assert 'base = "55"' in bob.text("chat/a")


@pytest.mark.parametrize("word", ["chat/a.cost.base", "chat/a.cost.currency", "chat/a.cost", "chat/a"])
def test_a_word_for_one_of_them_is_for_all(ann: Clone, bob: Clone, apart: None, word: str) -> None:
    bob.pull("--theirs", word, "--take", "ours")
    assert 'base = "0.3"' in bob.text("chat/a")
    assert 'currency = "USD"' in bob.text("chat/a")
    assert "order = 8" in bob.text("chat/a")


def test_one_of_them_from_each_side_is_wrong_use(ann: Clone, bob: Clone, apart: None) -> None:
    said = bob("pull", "--yes", "--theirs", "chat/a.cost.base", "--ours", "chat/a.cost.currency")
    assert (said.code, "named for both sides: it is taken together" in said.err) == (2, True)
    assert bob("pull", "--yes", "--theirs", "chat/a.cost", "--ours", "chat/a.cost").code == 2


def test_a_pending_price_stays_stale_where_its_currency_came_in_changed(ann: Clone, bob: Clone) -> None:
    ann.apply("chat/a", "cost.currency=USD")
    ann.push()
    bob.done("set", "chat/a", "cost.base=55")
    said = bob.pull("--format", "json").json
    assert [each["key"] for each in said["stale"]] == ["chat/a"]
    fields = bob.done("conflicts", "--format", "json").json[0]["fields"]
    assert {(each["field"], each["mine"], each["state"]) for each in fields} == {
        ("cost.base", "55", "conflict"),
        ("cost.currency", "credits", "conflict"),
    }
    bob.done("rebase", "chat/a", "--mine")
    bob.done("apply", "--yes")
    assert 'currency = "credits"' in bob.text("chat/a")
    assert 'base = "55"' in bob.text("chat/a")


@pytest.fixture
def many(ann: Clone, bob: Clone) -> None:
    for clone, value in ((ann, 1), (bob, 2)):
        for key in ("chat/a", "chat/b", "chat/c"):
            clone.done("set", key, f"order={value}0", f"timing.estimated_seconds={value}")
        clone.done("apply", "--yes", "--reason", "all")
    ann.push()


def _orders(clone: Clone) -> list[str]:
    return [
        line for key in "abc" for line in clone.text(f"chat/{key}").splitlines() if line.startswith(("order", "estima"))
    ]


@pytest.mark.parametrize(
    ("words", "orders"),
    [
        (("--theirs", "key:chat/a,chat/b"), "10 1 10 1 20 2"),
        (("--theirs", "provider:kie_ai", "--ours", "chat/b"), "10 1 20 2 10 1"),
        (("--theirs", "chat/*.order"), "10 2 10 2 10 2"),
        (("--theirs", "chat/*", "--ours", "chat/c.order"), "10 1 10 1 20 1"),
        (("--theirs", "*.timing", "--take", "ours"), "20 1 20 1 20 1"),
    ],
)
def test_a_query_or_a_pattern_decides_many(
    ann: Clone, bob: Clone, many: None, words: tuple[str, ...], orders: str
) -> None:
    bob.pull(*words, "--take", "ours")
    assert [line.rpartition(" ")[2] for line in _orders(bob)] == orders.split()


@pytest.mark.parametrize("word", ["provider:nobody", "image/*", "chat/a.name", "order", "order<"])
def test_a_word_that_means_nothing_in_conflict_is_wrong_use(ann: Clone, bob: Clone, many: None, word: str) -> None:
    assert bob("pull", "--yes", "--theirs", word).code == 2
    assert bob("pull", "--yes", "--theirs", "chat/*", "--ours", "provider:kie_ai").code == 2


def test_what_fits_nowhere_but_here_is_told_before(ann: Clone, bob: Clone) -> None:
    """She takes an input away that he begins to send."""
    head, _, rest = ann.text("chat/a").partition("[inputs.seconds]")
    rest = rest[rest.index("[request]") :].replace("${inputs.seconds}", "5")
    ann.path("chat/a").write_text(head + rest)
    ann.git("commit", "-qam", "no seconds")
    ann.push()
    bob.apply("chat/a", 'request.body.length="${inputs.seconds}"')
    said = bob.done("pull", "--dry-run")
    assert "warning: chat/a would be wrong" in said.err
    assert bob.pull().err.count("would be wrong") == said.err.count("would be wrong")
