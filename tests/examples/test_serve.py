"""The example application follows the catalogue while real commands change it."""

from __future__ import annotations

import json
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, build_opener

import pytest

ROOT = Path(__file__).parents[2]
IMAGE, INSTANT = "prompt_to_image/sandbox-image", "prompt_to_image/sandbox-instant"


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    """What the sandbox has of images."""
    for name in (f"models/{IMAGE}.toml", f"models/{INSTANT}.toml", "providers/sandbox.toml", "catalog.toml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "catalog" / name, tmp_path / name)
    return tmp_path


class Server:
    def __init__(self, address: str, process: subprocess.Popen[str]) -> None:
        self._address = address
        self.process = process
        self._opener = build_opener(ProxyHandler({}))

    def __call__(self, path: str, **words: str) -> Any:
        with self._opener.open(f"{self._address}{path}?{urlencode(words)}", timeout=60) as answer:
            return json.load(answer)

    @property
    def place(self) -> tuple[str, int]:
        host, _, port = self._address.removeprefix("http://").partition(":")
        return host, int(port)

    def refused(self, path: str, **words: str) -> tuple[int, Any]:
        with pytest.raises(HTTPError) as caught:
            self(path, **words)
        with caught.value as error:
            return error.code, json.load(error)


@pytest.fixture
def serve(catalog: Path) -> Iterator[Server]:
    command = [sys.executable, str(ROOT / "examples" / "serve.py"), str(catalog), "--port", "0", "--every", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        try:
            assert running.stdout is not None
            yield Server(running.stdout.readline().strip(), running)
        finally:
            running.kill()


def modeltui(catalog: Path, *words: str) -> None:
    subprocess.run([sys.executable, "-m", "modeltui", "-C", str(catalog), *words], check=True, capture_output=True)


def test_it_answers_from_the_files(serve: Server) -> None:
    assert serve("/state") == {"generation": 1, "models": 2, "active": 2, "trouble": None}
    assert serve("/choice", type="prompt_to_image", caller="user-1")["model"]["key"] in (IMAGE, INSTANT)
    found = serve("/pick", type="prompt_to_image", inputs='{"prompt": "a fox"}', limit="1")
    assert (found["found"], len(found["models"])) == (2, 1)
    assert serve("/cost", model=IMAGE)["price_credits"] is not None
    assert not serve("/supports", model=IMAGE, inputs='{"colour": 1}')["supported"]


def test_what_cannot_be_answered_says_why(serve: Server) -> None:
    assert serve.refused("/cost", model="no/such")[0] == 404
    assert serve.refused("/nothing")[0] == 404
    for words in ({"model": IMAGE, "inputs": "["}, {"model": IMAGE, "inputs": "[]"}, {}):
        status, said = serve.refused("/cost", **words)
        assert (status, bool(said["error"]), bool(said["hint"])) == (400, True, True)
    assert serve.refused("/pick", type="nope:1")[0] == 400
    for limit in ("0", "-1", "²", "9" * 5000, "x"):
        assert serve.refused("/pick", type="prompt_to_image", limit=limit)[0] == 400
    assert serve.refused("/pick", type="prompt_to_image", inputs="[" * 20_000)[0] == 400


def test_it_follows_what_is_applied_and_nothing_that_waits(catalog: Path, serve: Server) -> None:
    before = serve("/cost", model=IMAGE)
    modeltui(catalog, "set", IMAGE, "cost.base=77", "rollout.percent=100")
    modeltui(catalog, "disable", INSTANT)
    assert serve("/cost", model=IMAGE) == before
    assert serve("/state")["active"] == 2
    modeltui(catalog, "apply", "--yes", "--reason", "dearer")
    assert serve("/state") == {"generation": 2, "models": 2, "active": 1, "trouble": None}
    assert serve("/cost", model=IMAGE) != before
    assert [each["key"] for each in serve("/pick", type="prompt_to_image")["models"]] == [IMAGE]
    assert serve("/choice", type="prompt_to_image", caller="user-1")["model"]["key"] == IMAGE


def test_many_ask_while_somebody_applies(catalog: Path, serve: Server) -> None:
    """Both models get the same name with each apply: no answer may have two of them."""
    done, wrong = threading.Event(), list[set[str]]()
    first = {each["name"] for each in serve("/pick", type="prompt_to_image")["models"]}

    def ask() -> None:
        while not done.is_set():
            names = {each["name"] for each in serve("/pick", type="prompt_to_image")["models"]}
            if len(names - first) > 1:
                wrong.append(names)

    askers = [threading.Thread(target=ask) for _ in range(3)]
    for asker in askers:
        asker.start()
    try:
        for number in range(3):
            modeltui(catalog, "set", "key:prompt_to_image/*", f"name=Round {number}")
            modeltui(catalog, "apply", "--yes", "--reason", "a round")
    finally:
        done.set()
        for asker in askers:
            asker.join()
    assert wrong == []
    assert {each["name"] for each in serve("/pick", type="prompt_to_image")["models"]} == {"Round 2"}


def test_a_broken_file_is_one_model_less(catalog: Path, serve: Server) -> None:
    path = catalog / "models" / f"{INSTANT}.toml"
    whole = path.read_text()
    path.write_text('schema = 1\nuid = "')
    status, said = serve.refused("/cost", model=INSTANT)
    assert (status, said["error"]) == (503, f"models/{INSTANT}.toml:2: a string is never closed")
    assert [each["key"] for each in serve("/pick", type="prompt_to_image")["models"]] == [IMAGE]
    assert serve("/state")["models"] == 1
    path.write_text(whole)
    assert serve("/state")["models"] == 2


def test_it_answers_from_what_it_read_while_the_folder_is_away(catalog: Path, serve: Server) -> None:
    before = serve("/cost", model=IMAGE)
    away = catalog.rename(catalog.with_name("away"))
    assert "No such file" in serve("/state")["trouble"]
    assert serve("/cost", model=IMAGE) == before
    assert len(serve("/pick", type="prompt_to_image")["models"]) == 2
    away.rename(catalog)
    assert serve("/state") == {"generation": 1, "models": 2, "active": 2, "trouble": None}


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_what_is_being_asked_is_answered_at_the_end(end: signal.Signals, serve: Server) -> None:
    with socket.create_connection(serve.place, timeout=60) as asking:
        asking.sendall(b"GET /state HTTP/1.0\r\n")
        serve("/state")  # so that it has taken the other one too
        serve.process.send_signal(end)
        asking.sendall(b"\r\n")
        answer = asking.makefile("rb").read()
    assert b'"models": 2' in answer
    assert serve.process.wait(60) == 0


@pytest.mark.parametrize("words", [["nowhere"], [".", "--port", "99999"], [".", "--port", "x"]])
def test_what_it_cannot_begin_with_is_a_line(words: list[str], tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "examples" / "serve.py"), *words]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert "error: " in ran.stderr
    assert "Traceback" not in ran.stderr
