"""Where keys are kept, and that a provider's file cannot send them elsewhere unseen."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cli.small import FLUX, PROVIDER, Line, write
from modeltui.bootstrap import open_workspace
from modeltui.config import load_settings
from modeltui.errors import RefusedError

SECRET = "sk-very-secret-0123456789"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("KIE_AI_API_KEY", "MODELTUI_KEYS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path


def _moved(modeltui: Line, host: str) -> None:
    write(modeltui.root / "providers" / "kie_ai.toml", PROVIDER.replace("api.kie.ai", host))


def test_a_key_is_kept_listed_and_removed_and_never_shown(modeltui: Line, home: Path) -> None:
    assert modeltui("keys", "--format", "json").json[0]["kept_in"] is None
    ran = modeltui("keys", "set", "kie_ai", given=f"{SECRET}\n")
    assert ran.code == 0
    listed = modeltui("keys", "--format", "json")
    path = str(home / "config" / "modeltui" / "keys.env")
    assert listed.json == [
        {"provider": "kie_ai", "name": "KIE_AI_API_KEY", "kept_in": path, "hosts": ["api.kie.ai"], "problem": None}
    ]
    table = modeltui("keys")
    assert SECRET not in ran.out + ran.err + listed.out + table.out
    assert os.stat(path).st_mode & 0o777 == 0o600
    assert modeltui("providers", "--format", "json").json[0]["key_present"] is True
    assert modeltui("keys", "remove", "KIE_AI_API_KEY").code == 0
    assert modeltui("keys", "remove", "KIE_AI_API_KEY").code == 1
    assert modeltui("providers", "--format", "json").json[0]["key_present"] is False


def test_wrong_uses_are_named(modeltui: Line) -> None:
    assert modeltui("keys", "set").code == 2
    assert modeltui("keys", "set", "nobody", given="x\n").code == 1
    assert modeltui("keys", "set", "kie_ai", "--name", "OTHER", given="x\n").code == 2
    assert modeltui("keys", "set", "kie_ai", given="\n").code == 2
    assert modeltui("keys", "remove").code == 2
    assert modeltui("keys", "--name", "A").code == 2


def test_a_bound_key_that_no_longer_fits_is_a_problem_in_the_list(modeltui: Line) -> None:
    modeltui("keys", "set", "kie_ai", given=f"{SECRET}\n")
    _moved(modeltui, "api.elsewhere.example")
    assert modeltui("keys", "--format", "json").json[0]["problem"] == (
        "its provider's hosts have changed since it was kept"
    )


def _seen(modeltui: Line) -> None:
    """As a first run leaves it, which nothing answers here."""
    open_workspace(load_settings(str(modeltui.root))).trust.require("kie_ai")


def test_a_provider_that_moves_is_refused_until_somebody_says_yes(
    modeltui: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KIE_AI_API_KEY", SECRET)
    seen = modeltui("providers", "--trust", "kie_ai")
    assert (seen.code, seen.out) == (0, "")
    _seen(modeltui)
    _moved(modeltui, "api.elsewhere.invalid")
    refused = modeltui("run", FLUX, "-i", "prompt=x", "--yes")
    assert refused.code == 1
    assert "base_url was https://api.kie.ai, is https://api.elsewhere.invalid" in refused.err
    assert "nothing was sent" in refused.err
    assert SECRET not in refused.err
    assert modeltui("providers", "--trust", "kie_ai").code == 2
    assert modeltui("providers", "--trust", "kie_ai", "--yes").code == 0
    _seen(modeltui)
    _moved(modeltui, "api.kie.ai")
    with pytest.raises(RefusedError, match="has changed where keys go"):
        _seen(modeltui)


def test_a_record_of_trust_that_is_damaged_stops_runs(
    modeltui: Line, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KIE_AI_API_KEY", SECRET)
    _seen(modeltui)
    (record,) = (home / "state" / "modeltui").glob("*.trust.json")
    record.write_text("{", encoding="utf-8")
    ran = modeltui("run", FLUX, "-i", "prompt=x", "--yes")
    assert ran.code == 1
    assert "where keys go cannot be read" in ran.err


@pytest.mark.parametrize("key", ["sk-schlüssel", "sk-\u200b123", "sk a\x07", "ключ"])
def test_a_key_that_no_header_can_carry_is_not_kept(modeltui: Line, home: Path, key: str) -> None:
    ran = modeltui("keys", "set", "kie_ai", given=f"{key}\n")
    assert ran.code == 2
    assert "no header can carry" in ran.err
    assert "kept in" not in ran.err
    assert key not in ran.err
    assert not (home / "config" / "modeltui" / "keys.env").exists()


def test_a_kept_key_that_no_header_can_carry_is_told(modeltui: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIE_AI_API_KEY", "schlüssel")
    (row,) = modeltui("keys", "--format", "json").json
    assert "no header can carry" in row["problem"]


def test_a_file_that_is_not_used_takes_no_key(modeltui: Line, home: Path) -> None:
    path = home / "config" / "modeltui" / "keys.env"
    path.parent.mkdir(parents=True)
    path.write_text("A=1\nthis is no assignment\n")
    path.chmod(0o600)
    ran = modeltui("keys", "set", "kie_ai", given=f"{SECRET}\n")
    assert ran.code == 2
    assert "keys.env:2" in ran.err
    assert "is kept in" not in ran.err
    assert path.read_text() == "A=1\nthis is no assignment\n"
