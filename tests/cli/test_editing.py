"""`set`, `enable`, `disable`, `lock` and `unlock`: what is queued, what is skipped and why, and the exit codes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cli.small import BROKEN, FLUX, KLING, VEO, Line


def _pending(modeltui: Line) -> dict[str, list[tuple[str, object, object]]]:
    return {
        row["key"]: [(change["field"], change["old"], change["new"]) for change in row["changes"]]
        for row in modeltui("pending", "--format", "json").json
    }


def test_set_queues_values_of_the_fields_types(modeltui: Line) -> None:
    ran = modeltui("set", KLING, "name=Kling 3", "order=7", "cost.base=0.25", "active=false", 'tags=["a", "b"]')
    assert (ran.code, ran.out, ran.err) == (0, "", "1 model queued\n")
    assert _pending(modeltui) == {
        KLING: [
            ("name", "Kling 2.6", "Kling 3"),
            ("order", 2, 7),
            ("cost.base", "28.5", "0.25"),
            ("active", True, False),
            ("tags", ["fast"], ["a", "b"]),
        ]
    }
    assert 'name = "Kling 2.6"' in modeltui.file(KLING).read_text(), "files change at apply only"


def test_unset_removes_a_field(modeltui: Line) -> None:
    assert modeltui("set", KLING, "--unset", "family").code == 0
    assert _pending(modeltui) == {KLING: [("family", "Kling", None)]}


def test_a_whole_key_never_hits_its_longer_neighbour(modeltui: Line) -> None:
    text = modeltui.file(KLING).read_text().replace("0001", "0009")
    modeltui.file(f"{KLING}-pro").write_text(text)
    modeltui("set", KLING, "order=9")
    assert set(_pending(modeltui)) == {KLING}


def test_locked_and_broken_models_are_skipped_and_said_so(modeltui: Line) -> None:
    ran = modeltui("disable", "key:*")
    assert (ran.code, ran.out) == (0, "")
    lines = ran.err.splitlines()
    assert lines[0].startswith(f"skipped {BROKEN}: ")
    assert lines[1:] == [
        f"skipped {VEO}: Veo 3.1 is locked by alice (in production)",
        "1 model queued, 1 already so, 2 skipped",
    ]
    assert set(_pending(modeltui)) == {KLING}


def test_what_is_already_so_is_no_failure_and_no_change(modeltui: Line) -> None:
    ran = modeltui("enable", KLING)
    assert (ran.code, ran.err) == (0, "0 models queued, 1 already so\n")
    assert _pending(modeltui) == {}


@pytest.mark.parametrize("words", [["set", VEO, "order=2"], ["disable", VEO], ["enable", "veo"]])
def test_a_locked_model_refuses_with_the_reason(modeltui: Line, words: list[str]) -> None:
    ran = modeltui(*words)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("error: Veo 3.1 is locked by alice (in production)\n\nhint: ")
    assert _pending(modeltui) == {}


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["set", KLING, "order=soon"], 1, "order"),
        (["set", KLING, "actve=true"], 1, "actve"),
        (["set", KLING, "active"], 2, "'active' is not FIELD=VALUE"),
        (["set", KLING], 2, "nothing to set"),
        (["set", "active=true", "order=1"], 2, "a query has no `=`"),
        (["set"], 2, "the following arguments are required"),
        (["disable"], 2, "the following arguments are required: QUERY"),
        (["disable", " "], 2, "a change needs a QUERY that is not blank"),
        (["disable", "nothing-of-that-name"], 1, "no model matches 'nothing-of-that-name'"),
        (["set", KLING, 'a."\\q"=1'], 2, ""),
    ],
)
def test_what_cannot_be_done_says_why(modeltui: Line, words: list[str], code: int, message: str) -> None:
    ran = modeltui(*words)
    assert (ran.code, ran.out) == (code, "")
    assert ran.err.startswith("error: ")
    assert message in ran.err
    assert "bug" not in ran.err


def test_one_bad_value_keeps_all_of_it_out(modeltui: Line) -> None:
    assert modeltui("set", KLING, "name=Other", "order=soon").code == 1
    assert _pending(modeltui) == {}


def test_disabling_a_default_is_allowed_and_warned_about(modeltui: Line) -> None:
    path = modeltui.file(FLUX)
    path.write_text(
        path.read_text().replace("active = false", "active = true").replace("default = false", "default = true")
    )
    ran = modeltui("disable", FLUX)
    assert ran.code == 0
    assert ran.err.startswith("warning: Flux is the default of prompt_to_image")


def test_lock_and_unlock_are_queued_with_who_and_why(modeltui: Line) -> None:
    assert modeltui("lock", KLING, "--reason", "in production").code == 0
    ((field, old, new),) = _pending(modeltui)[KLING]
    assert (field, old) == ("lock", None)
    assert isinstance(new, dict)
    assert (new["locked"], new["reason"]) == (True, "in production")
    assert modeltui("unlock", VEO).code == 0
    assert _pending(modeltui)[VEO][0][2] is None


def test_lock_asks_why_at_a_terminal(modeltui: Line, typed: Callable[[str], None]) -> None:
    typed("frozen for launch\n")
    ran = modeltui("lock", FLUX)
    assert ran.code == 0
    assert ran.err.startswith("Why lock? ")
    (change,) = _pending(modeltui)[FLUX]
    assert isinstance(change[2], dict)
    assert change[2]["reason"] == "frozen for launch"


def test_lock_without_a_terminal_needs_no_reason(modeltui: Line) -> None:
    assert modeltui("lock", FLUX).code == 0


def test_unlocking_what_is_not_locked_is_already_so(modeltui: Line) -> None:
    ran = modeltui("unlock", KLING)
    assert (ran.code, ran.err) == (0, "0 models queued, 1 already so\n")
