"""What another machine may be like: rewritten, silent, locked, or not there; and what of it is never shown."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from modeltui.history.git import Git, GitError, without_credentials
from modeltui.services.sharing.apart import ApartService
from sharing.clones import Clone


def _rewound(ann: Clone, bob: Clone) -> None:
    """Both have a commit that she then takes out of the branch that they share."""
    ann.apply("chat/a", "order=4", reason="too early")
    ann.push()
    bob.pull()
    ann.git("reset", "-q", "--hard", "HEAD~")


def test_a_branch_that_was_rewritten_is_told_before_its_commits_go_back(ann: Clone, bob: Clone) -> None:
    _rewound(ann, bob)
    ann.git("push", "-qf")
    told = "origin/main was rewritten: a commit that is still here was taken out there; it goes back with a push"
    assert told in bob.done("pull", "--dry-run").err
    said = bob.done("push", "--dry-run", "--format", "json")
    assert (told in said.err, said.json["taken_out"]) == (True, 1)
    ann.apply("chat/b", "order=5")
    ann.git("push", "-qf")
    assert bob.pull("--format", "json").json["taken_out"] == 1


def test_what_was_never_there_is_not_told_as_taken_out(ann: Clone, bob: Clone) -> None:
    ann.apply("chat/a", "order=4")
    ann.push()
    bob.apply("chat/b", "order=4")
    assert "rewritten" not in bob.pull().err
    assert "rewritten" not in bob.done("push", "--yes").err
    assert "rewritten" not in ann.pull().err


@pytest.mark.parametrize("quoted", ["{}", "'{}'", '"{}":'])
def test_no_secret_of_a_url_is_shown(quoted: str) -> None:
    told = without_credentials(quoted.format("https://user:s3cr@t@host:8443/x.git?token=s3cret#s3cret") + " said no")
    assert "s3cr" not in told
    assert "host:8443/x.git" in told
    assert told.endswith("said no")


def test_a_machine_that_is_not_there_is_told_with_what_helps(ann: Clone) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    ann.git("remote", "set-url", "origin", f"git://127.0.0.1:{port}/x")
    said = ann("pull", "--yes")
    assert (said.code, "is the network there" in said.err) == (1, True)


def test_a_machine_that_wants_a_password_is_refused_and_nobody_is_asked(ann: Clone) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        answering = threading.Thread(target=_wants_password, args=(server,), daemon=True)
        answering.start()
        ann.git("remote", "set-url", "origin", f"http://127.0.0.1:{port}/x.git")
        ann.git("config", "credential.helper", "")
        said = ann("pull", "--yes")
    assert said.code == 1
    assert "git is not let ask here" in said.err


def _wants_password(server: socket.socket) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        with connection:
            connection.recv(65536)
            head = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n"
            connection.sendall(f"{head}Connection: close\r\n\r\n".encode())


def test_ctrl_c_ends_git_too(ann: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    """git is in a session of its own, which no key of ours reaches."""
    asked: list[subprocess.Popen[bytes]] = []
    communicate: Callable[..., object] = subprocess.Popen.communicate

    def interrupted(process: subprocess.Popen[bytes], *arguments: object, **given: object) -> object:
        asked.append(process)
        if len(asked) == 1:
            raise KeyboardInterrupt
        return communicate(process, *arguments, **given)

    monkeypatch.setattr(subprocess.Popen, "communicate", interrupted)
    with pytest.raises(KeyboardInterrupt):
        Git(str(ann.root)).run("cat-file", "--batch")
    assert asked[0].poll() == -signal.SIGTERM, "it waited for what it would be given"


def test_a_helper_of_git_is_told_not_to_open_windows() -> None:
    asked = Git("/", {"PATH": os.environ["PATH"]})._environment
    assert (asked["GIT_TERMINAL_PROMPT"], asked["GIT_ASKPASS"], asked["GCM_INTERACTIVE"]) == ("0", "", "never")


def test_the_reason_is_told_and_not_what_git_says_every_time(ann: Clone) -> None:
    ann.git("config", "core.sshCommand", "echo connection refused >&2; false")
    ann.git("remote", "set-url", "origin", "ssh://nobody@host.invalid/x")
    with pytest.raises(GitError, match="connection refused"):
        Git(str(ann.root)).run("fetch", "origin")


# How far apart


def test_how_far_apart_is_known_without_asking(ann: Clone, bob: Clone) -> None:
    service = ApartService(str(bob.root))
    before = service.stamp()
    ann.apply("chat/a", "order=4")
    ann.push()
    bob.apply("chat/b", "order=4")
    assert service.stamp() != before, "its own branch moved"
    assert service.known() is not None
    assert (service.known().ahead, service.known().behind) == (1, 0)  # type: ignore[union-attr]
    seen = service.stamp()
    bob.done("pull", "--dry-run")
    assert service.stamp() != seen, "the other one is known better"
    assert (service.known().ahead, service.known().behind) == (1, 1)  # type: ignore[union-attr]
    assert service.stamp() == service.stamp()


def test_a_branch_with_a_slash_in_its_name_is_seen_to_move(ann: Clone) -> None:
    ann.git("switch", "-qc", "feature/prices")
    ann.git("push", "-qu", "origin", "feature/prices")
    service = ApartService(str(ann.root))
    ann.apply("chat/a", "order=4")
    before, apart = service.stamp(), service.known()
    assert apart is not None
    assert apart.ahead == 1
    ann.git("push", "-q")
    assert service.stamp() != before, "its commit is there"


def test_nothing_is_counted_where_nothing_is_followed(ann: Clone, tmp_path: Path) -> None:
    ann.git("switch", "-qc", "alone")
    assert ApartService(str(ann.root)).known() is None
    alone = tmp_path / "alone"
    alone.mkdir()
    assert ApartService(str(alone)).stamp() is None
    subprocess.run(["git", "init", "-q", str(alone)], check=True)
    assert ApartService(str(alone)).stamp() is None


def test_a_linked_work_tree_knows_it_too(ann: Clone, tmp_path: Path) -> None:
    ann.git("worktree", "add", "-q", "--track", "-b", "other", str(tmp_path / "linked"), "origin/main")
    service = ApartService(str(tmp_path / "linked" / "catalog"))
    assert service.stamp() is not None
    assert service.known() is not None
