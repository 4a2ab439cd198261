"""Keys from the environment, the user's file and the keyring: bound, private, and in no message."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from modeltui.domain.key import HeldKey
from modeltui.errors import ConfigError, ModeltuiError, NotFoundError, RefusedError
from modeltui.storage.key_file import KeyFile
from modeltui.storage.key_sources import ENVIRONMENT, KEYRING, KeySources

SECRET = "sk-very-secret-0123456789"
PLACE = frozenset({("api.example.com", 443)})


def _file(tmp_path: Path, text: str, mode: int = 0o600) -> KeyFile:
    path = tmp_path / "keys.env"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return KeyFile(str(path))


def test_a_file_is_read_as_a_shell_reads_it(tmp_path: Path) -> None:
    text = f"# mine\n\nA={SECRET}\nexport B = 'two words'\nC=\"3\"\nD=\n"
    found = _file(tmp_path, text).read()
    assert {name: key.text for name, key in found.items()} == {"A": SECRET, "B": "two words", "C": "3", "D": ""}


def test_a_comment_binds_the_next_key_and_no_other(tmp_path: Path) -> None:
    found = _file(tmp_path, "# modeltui: kie_ai api.kie.ai eu.kie.ai:8443 [::1]:99\nA=1\nB=2\n").read()
    assert found["A"].provider == "kie_ai"
    assert found["A"].places == {("api.kie.ai", 443), ("eu.kie.ai", 8443), ("::1", 99)}
    assert found["B"] == HeldKey("2", found["B"].kept_in)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o660, 0o666, 0o610])
def test_a_file_that_others_can_read_or_change_is_refused(tmp_path: Path, mode: int) -> None:
    with pytest.raises(RefusedError, match="others can read or change") as caught:
        _file(tmp_path, f"A={SECRET}\n", mode).read()
    assert SECRET not in f"{caught.value} {caught.value.hint}"


def test_a_link_a_folder_and_a_pipe_are_refused(tmp_path: Path) -> None:
    _file(tmp_path, "A=1\n")
    (tmp_path / "link").symlink_to(tmp_path / "keys.env")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe", 0o600)
    for name in ("link", "folder", "pipe"):
        with pytest.raises(RefusedError):
            KeyFile(str(tmp_path / name)).read()


@pytest.mark.parametrize("line", ["no assignment", "1A=2", "=x", f"curl {SECRET}"])
def test_a_line_that_is_no_assignment_is_named_without_what_it_says(tmp_path: Path, line: str) -> None:
    with pytest.raises(ConfigError, match=r"keys\.env:2") as caught:
        _file(tmp_path, f"A=1\n{line}\n").read()
    assert SECRET not in str(caught.value)


def test_hosts_that_are_none_are_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="names no hosts"):
        _file(tmp_path, "# modeltui: kie_ai api.kie.ai:http\nA=1\n").read()


def test_no_file_is_no_keys_and_a_huge_one_is_refused(tmp_path: Path) -> None:
    assert KeyFile(str(tmp_path / "none")).read() == {}
    with pytest.raises(RefusedError, match="too large"):
        _file(tmp_path, "#" * 300_000).read()


def test_a_key_is_put_in_place_of_the_old_one_and_the_rest_stays(tmp_path: Path) -> None:
    file = _file(tmp_path, "# mine\nB=2\n# modeltui: old old.example.com\nA=1\n# end\n")
    file.put("A", SECRET, "example", PLACE)
    text = Path(file.path).read_text(encoding="utf-8")
    assert text == f"# mine\nB=2\n# end\n# modeltui: example api.example.com\nA={SECRET}\n"
    assert os.stat(file.path).st_mode & 0o777 == 0o600
    assert file.read()["A"].places == PLACE
    assert file.remove("A")
    assert not file.remove("A")
    assert Path(file.path).read_text(encoding="utf-8") == "# mine\nB=2\n# end\n"


def test_a_new_file_is_private_from_its_first_byte(tmp_path: Path) -> None:
    file = KeyFile(str(tmp_path / "config" / "keys.env"))
    old = os.umask(0)
    try:
        file.put("A", SECRET, "example", PLACE)
    finally:
        os.umask(old)
    assert os.stat(file.path).st_mode & 0o777 == 0o600
    assert os.stat(tmp_path / "config").st_mode & 0o777 == 0o700
    assert os.listdir(tmp_path / "config") == ["keys.env"]


@pytest.mark.parametrize("text", ["two\nlines", "", "  ", "a\x00b"])
def test_what_is_no_key_is_not_written(tmp_path: Path, text: str) -> None:
    file = KeyFile(str(tmp_path / "keys.env"))
    with pytest.raises(RefusedError):
        file.put("A", text, "example", PLACE)
    assert not os.path.exists(file.path)


def test_the_environment_counts_before_the_file(tmp_path: Path) -> None:
    file = _file(tmp_path, "A=file\nB=file\n")
    sources = KeySources({"A": " env ", "B": " "}, file, uses_keyring=False)
    assert sources("A") == HeldKey("env", ENVIRONMENT)
    found = sources("B")
    assert found is not None
    assert (found.text, found.kept_in) == ("file", file.path)
    assert sources("C") is None


class _Ring:
    """What the package keyring is to us."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, name: str) -> str | None:
        return self.kept.get((service, name))

    def set_password(self, service: str, name: str, text: str) -> None:
        self.kept[service, name] = text

    def delete_password(self, service: str, name: str) -> None:
        del self.kept[service, name]


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> _Ring:
    found = _Ring()
    module, errors = ModuleType("keyring"), ModuleType("keyring.errors")
    module.__dict__.update(
        get_password=found.get_password, set_password=found.set_password, delete_password=found.delete_password
    )
    errors.__dict__["KeyringError"] = type("KeyringError", (Exception,), {})
    monkeypatch.setitem(sys.modules, "keyring", module)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    return found


def test_a_key_in_the_keyring_is_bound_and_found_only_where_it_is_wanted(tmp_path: Path, ring: _Ring) -> None:
    file = KeyFile(str(tmp_path / "keys.env"))
    sources = KeySources({}, file, uses_keyring=True)
    assert sources.put("A", SECRET, "example", PLACE, in_keyring=True) == KEYRING
    assert sources("A") == HeldKey(SECRET, KEYRING, "example", PLACE)
    assert KeySources({}, file, uses_keyring=False)("A") is None
    assert not os.path.exists(file.path)
    sources.remove("A", in_keyring=True)
    assert ring.kept == {}
    with pytest.raises(NotFoundError):
        sources.remove("A", in_keyring=True)


def test_a_key_that_another_program_put_into_the_keyring_is_bound_to_nothing(tmp_path: Path, ring: _Ring) -> None:
    sources = KeySources({}, KeyFile(str(tmp_path / "keys.env")), uses_keyring=True)
    for text in (SECRET, "123", '{"key": 1}', "[1]"):
        ring.kept["modeltui", "A"] = text
        assert sources("A") == HeldKey(text, KEYRING)


def test_a_keyring_that_fails_says_so_without_the_key(
    tmp_path: Path, ring: _Ring, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: str) -> None:
        raise sys.modules["keyring.errors"].__dict__["KeyringError"](f"cannot store {SECRET}")

    monkeypatch.setattr(sys.modules["keyring"], "set_password", fails)
    sources = KeySources({}, KeyFile(str(tmp_path / "keys.env")), uses_keyring=True)
    with pytest.raises(ModeltuiError, match="does not answer") as caught:
        sources.put("A", SECRET, "example", PLACE, in_keyring=True)
    assert SECRET not in f"{caught.value!r} {caught.value.hint}"
    assert caught.value.__suppress_context__


def test_without_the_package_the_way_to_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(RefusedError, match="needs the package keyring"):
        KeySources({}, KeyFile(str(tmp_path / "keys.env")), uses_keyring=True)("A")


def test_no_form_of_a_key_shows_its_text() -> None:
    key = HeldKey(SECRET, ENVIRONMENT)
    assert SECRET not in f"{key} {key!r} {SimpleNamespace(key=key)}"
