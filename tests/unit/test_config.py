"""Where the catalogue is found, and what the environment decides."""

from __future__ import annotations

from pathlib import Path

import pytest

from modeltui.config import load_settings
from modeltui.domain.key import held
from modeltui.errors import ConfigError


def _catalog(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "catalog.toml").write_text("schema = 1\n")
    return folder


def test_the_order_in_which_a_catalogue_is_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named, by_environment = _catalog(tmp_path / "named"), _catalog(tmp_path / "by_environment")
    above, below = _catalog(tmp_path / "above"), _catalog(tmp_path / "work" / "catalog")
    env = {"MODELTUI_CATALOG": str(by_environment)}
    (above / "models" / "chat").mkdir(parents=True)
    monkeypatch.chdir(above / "models" / "chat")
    assert load_settings(str(named), env).root == str(named)
    assert load_settings(None, env).root == str(by_environment)
    assert load_settings(None, {}).root == str(above)
    monkeypatch.chdir(below.parent)
    assert load_settings(None, {}).root == str(below)


def test_no_catalogue_is_an_error_with_the_next_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError) as caught:
        load_settings(None, {})
    assert "init" in (caught.value.hint or "")
    with pytest.raises(ConfigError, match="is not a catalogue"):
        load_settings(str(tmp_path), {})


def test_the_environment_decides_comfort(tmp_path: Path) -> None:
    root = str(_catalog(tmp_path))
    plain = load_settings(root, {"LANG": "C.UTF-8"})
    assert (plain.mouse, plain.ascii, plain.color) == (True, False, True)
    thin = load_settings(root, {"LANG": "C", "SSH_CONNECTION": "1", "NO_COLOR": "1"})
    assert (thin.mouse, thin.ascii, thin.color) == (False, True, False)
    light = load_settings(root, {"COLORFGBG": "0;15", "MODELTUI_THEME": "ansi-light"})
    assert (light.light, light.theme) == (True, "ansi-light")
    assert not load_settings(root, {"COLORFGBG": "15;0"}).light


def test_settings_do_not_show_secrets(tmp_path: Path) -> None:
    settings = load_settings(str(_catalog(tmp_path)), {"LANG": "C", "KIE_AI_API_KEY": "sk-secret"})
    found = held(settings.secret("KIE_AI_API_KEY"))
    assert found is not None
    assert found.text == "sk-secret"
    assert "sk-secret" not in repr(settings)


def test_the_editor_is_visual_then_editor(tmp_path: Path) -> None:
    root = str(_catalog(tmp_path))
    assert load_settings(root, {"VISUAL": "code --wait", "EDITOR": "vi"}).editor == "code --wait"
    assert load_settings(root, {"VISUAL": "", "EDITOR": "nano"}).editor == "nano"
    assert load_settings(root, {}).editor == ""


def test_the_users_state_lies_where_xdg_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = str(_catalog(tmp_path))
    monkeypatch.setenv("HOME", "/home/alice")
    assert load_settings(root, {"XDG_STATE_HOME": "/var/state"}).state == "/var/state/modeltui"
    assert load_settings(root, {}).state == "/home/alice/.local/state/modeltui"
    assert load_settings(root, {"XDG_STATE_HOME": "relative"}).state == "/home/alice/.local/state/modeltui"
    assert load_settings(root, {"TMUX": "/tmp/tmux-0/default,1,0"}).tmux
    assert not load_settings(root, {}).tmux
