"""Roles, read-only, limits, keys and colours as the console has them."""

from __future__ import annotations

from pathlib import Path

import pytest

from modeltui.bootstrap import open_workspace
from modeltui.tui.keymap import problems_of, textual_keys
from modeltui.tui.messages import Perform
from modeltui.tui.screens.providers import ProvidersScreen
from modeltui.tui.themes import CONTRAST
from modeltui.tui.widgets.chooser import Chooser
from modeltui.tui.widgets.questions import ApplyQuestion
from tui.driver import running, settings_for

AURORA, BOREALIS = "prompt_to_image/aurora", "prompt_to_image/borealis"


def _policy(root: Path, text: str) -> None:
    (root / "catalog.toml").write_text(f"schema = 1\n{text}")


async def test_a_viewer_sees_the_role_and_no_dialog_that_would_be_refused(root: Path) -> None:
    _policy(root, '[policy.roles]\nviewer = ["bob"]\nadmin = ["alice"]\n')
    async with running(root) as console:
        assert "viewer" in console.text.splitlines()[0]
        for key in ("t", "l", "e", "u"):
            before = len(console.app.screen_stack)
            await console.press(key)
            assert len(console.app.screen_stack) == before
            assert "bob is a viewer here, and may not queue changes" in console.notices[-1]
        assert console.seen(Perform) == []
    entries = open_workspace(settings_for(root)).audit.entries()
    assert [(each.by, each.what) for each in entries] == [("bob", "refused")] * 4


async def test_the_hints_are_of_what_is_permitted(root: Path) -> None:
    _policy(root, '[policy.roles]\nviewer = ["bob"]\n')
    async with running(root) as console:
        assert "t toggle" not in console.text.splitlines()[-1]


async def test_an_editor_queues_and_does_not_apply(root: Path) -> None:
    _policy(root, '[policy.roles]\neditor = ["bob"]\nadmin = ["alice"]\n')
    async with running(root) as console:
        await console.press("t")
        assert len(console.pending) == 1
        await console.press("a")
        assert not isinstance(console.screen, ApplyQuestion)
        assert console.notices[-1] == "bob is an editor here, and may not apply; an admin may: alice"


async def test_a_policy_that_cannot_be_read_is_on_every_screen(root: Path) -> None:
    _policy(root, "[policy]\nroles = 3\n")
    async with running(root) as console:
        assert "policy unreadable" in console.text.splitlines()[0]
        await console.press("t")
        assert "mend catalog.toml" in console.notices[-1]


async def test_read_only_is_shown_and_lifted_and_put_back(root: Path) -> None:
    async with running(root, read_only=True) as console:
        assert "read-only" in console.text.splitlines()[0]
        await console.press("t")
        assert console.pending == []
        await console.press("colon")
        await console.write("read-only")
        await console.press("enter")
        assert "read-only" not in console.text.splitlines()[0]
        await console.press("t")
        assert len(console.pending) == 1
        await console.press("f8", "u")
        assert len(console.pending) == 1
        assert "read-only" in console.text.splitlines()[0]


async def test_a_role_that_changes_on_disk_is_followed(root: Path) -> None:
    async with running(root) as console:
        assert "viewer" not in console.text.splitlines()[0]
        _policy(root, '[policy.roles]\nadmin = ["alice"]\n')
        await console.press("f5")
        assert "viewer" in console.text.splitlines()[0]


# Limits


async def test_a_large_apply_has_its_number_typed(root: Path) -> None:
    _policy(root, "[policy.limits]\napply_files = 1\n")
    workspace = open_workspace(settings_for(root))
    workspace.changes.set_active([AURORA, BOREALIS], False)
    async with running(root) as console:
        await console.press("a")
        assert "2 files are more than the 1" in console.text
        await console.write("why not")
        await console.press("enter")
        assert isinstance(console.screen, ApplyQuestion)
        await console.press("2", "enter")
        assert not isinstance(console.screen, ApplyQuestion)
        assert console.pending == []


async def test_a_price_that_jumps_is_shown_and_wants_a_reason(root: Path) -> None:
    _policy(root, "[policy.limits]\nprice_jump_percent = 50\n")
    open_workspace(settings_for(root)).changes.set_text([AURORA], [("cost.base", "90")])
    async with running(root, reasons=("price list of the provider",)) as console:
        await console.press("a")
        assert "1 price rises by more than 50 %" in console.text
        await console.press("enter", "enter")
        assert isinstance(console.screen, ApplyQuestion)
        await console.write("price")
        await console.press("right", "enter")
        assert console.pending == []
    record = open_workspace(settings_for(root)).history.read().records[0]
    assert record.reason == "price list of the provider"


# Providers


async def test_the_providers_screen_and_the_way_to_their_models(root: Path) -> None:
    async with running(root) as console:
        await console.press("P")
        assert isinstance(console.screen, ProvidersScreen)
        assert "no key needed" in console.text
        assert "not checked yet" in console.text
        await console.press("enter")
        assert console.query == "provider:acme"


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (60, 15)])
async def test_a_check_is_told_on_the_screen(root: Path, size: tuple[int, int]) -> None:
    text = 'schema = 1\nid = "acme"\nname = "Acme"\nbase_url = "http://127.0.0.1:1"\nhosts = ["127.0.0.1:1"]\n'
    (root / "providers" / "acme.toml").write_text(text + 'loopback = true\n\n[auth]\nscheme = "none"\n')
    async with running(root, size) as console:
        await console.press("P", "c")
        assert "unreachable" in console.text
        assert "1 could not be reached" in console.text


# Keys


async def test_keys_of_the_users_own(root: Path) -> None:
    async with running(root, keys={"pending.open": ("ctrl+g", "g p"), "model.toggle": ("!",)}) as console:
        await console.press("g", "p")
        assert console.screen.name == "pending"
        await console.press("escape", "ctrl+g")
        assert console.screen.name == "pending"
        await console.press("escape", "p")
        assert console.screen.name != "pending"


async def test_what_is_wrong_with_the_config_is_told_at_the_start(root: Path) -> None:
    keys = {"no.such": ("x",), "apply.open": ("p",)}
    async with running(root, keys=keys, theme="pink", problems=("config.toml:3: `mouse`",)) as console:
        told = "\n".join(console.notices)
        assert "config.toml:3: `mouse`" in told
        assert "there is no command 'no.such'" in told
        assert "p is apply.open now, and no longer pending.open" in told
        assert "there is no theme 'pink'" in told


def test_a_key_that_works_elsewhere_is_taken_from_nobody() -> None:
    assert problems_of({"provider.check": ("x",)})[0] == []


def test_two_commands_that_change_keys_take_none() -> None:
    told, keymap = problems_of({"apply.open": ("p",), "pending.open": ("a",)})
    assert keymap == {"apply.open": "p", "pending.open": "a"}
    assert [each for each in told if each.startswith("p ") or "apply.open" in each] == []


def test_two_commands_on_one_key_are_told() -> None:
    told, _ = problems_of({"apply.open": ("f12",), "pending.open": ("f12",)})
    assert told == ["f12 is pending.open and apply.open: only one of them works"]


def test_the_inner_command_has_a_key_that_two_have() -> None:
    told, _ = problems_of({"provider.check": ("p",)})
    assert told == ["p is provider.check where that works, and pending.open elsewhere"]


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (("?",), "question_mark"),
        (("ctrl+a", "A"), "ctrl+a,A"),
        (("g a",), "g a"),
        ((",",), "comma"),
        (("+",), "plus"),
        ((" ",), "space"),
        (("ctrl+/",), "ctrl+slash"),
    ],
)
def test_keys_as_a_person_writes_them(keys: tuple[str, ...], said: str) -> None:
    assert textual_keys(keys) == said


# Colours


async def test_a_theme_is_chosen_and_kept(root: Path, tmp_path: Path) -> None:
    state = str(tmp_path / "state")
    async with running(root, state=state) as console:
        await console.press("T")
        assert isinstance(console.screen, Chooser)
        await console.write("high contrast, dark")
        await console.press("enter")
        assert console.app.theme == CONTRAST.name
    assert list((tmp_path / "state").glob("*.look.json"))


@pytest.mark.parametrize("theme", ["modeltui-contrast", "modeltui-contrast-light", "ansi-dark", "ansi-light", "nord"])
async def test_every_screen_is_drawn_in_every_theme(root: Path, theme: str) -> None:
    async with running(root, theme=theme) as console:
        assert console.app.theme == theme
        for key in ("P", "o", "A", "p", "question_mark"):
            await console.press(key)
            await console.press("escape")


async def test_without_colour_nothing_has_one(root: Path) -> None:
    async with running(root, color=False, theme="modeltui-dark") as console:
        styles = {
            segment.style.color.triplet
            for strip in console.screen._compositor.render_strips()
            for segment in strip.apply_filter(console.app._filters[-1], console.app.screen.background_colors[1])
            if segment.style and segment.style.color and segment.style.color.triplet
        }
        assert all(len(set(color)) == 1 for color in styles)


# The table


async def test_columns_and_order_of_the_config(root: Path, tmp_path: Path) -> None:
    state = str(tmp_path / "state")
    async with running(root, state=state, columns=("cost", "name"), sort="-name") as console:
        heading = next(each for each in console.text.splitlines() if "Name" in each)
        assert heading.index("Cost") < heading.index("Name")
        names = [name for name in console.names if "/" not in name]
        assert names == sorted(names, reverse=True), "what has no name comes last"
        await console.press("q")
    async with running(root, state=state, columns=("provider", "name")) as console:
        assert "Cost" not in next(each for each in console.text.splitlines() if "Name" in each)


async def test_an_order_that_cannot_be_is_left_out(root: Path) -> None:
    async with running(root, sort="-,nothing at all", columns=("no such column",)) as console:
        assert "Name" in console.text
