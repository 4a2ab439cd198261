"""Whether a host answers: servers on loopback, and one that takes connections and says nothing."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from modeltui.providers.reaching import reach


@contextmanager
def _listening(says: bytes = b"") -> Iterator[tuple[str, list[bytes]]]:
    """A server that notes what it is sent; without `says` it never says a word."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                if says:
                    connection.sendall(says)
                heard.append(connection.recv(4096))

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}", heard
        thread.join(60)


def _closed_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"127.0.0.1:{server.getsockname()[1]}"


def test_a_host_that_answers_is_sent_nothing() -> None:
    with _listening() as (host, heard):
        (found,) = reach([host], is_plain=True)
    assert (found.host, found.problem) == (host, None)
    assert found.seconds is not None
    assert heard == [b""]


def test_nobody_listens() -> None:
    host = _closed_port()
    (found,) = reach([host], is_plain=True)
    assert found.problem == "connection refused"


def test_a_host_without_tls_is_said() -> None:
    with _listening(b"SSH-2.0-nonsense\r\n" * 8) as (host, _):
        (found,) = reach([host])
    assert (found.problem or "").startswith("no TLS: ")


def test_a_silent_host_costs_no_more_than_the_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        (found,) = reach([f"127.0.0.1:{server.getsockname()[1]}"], deadline_s=0.2)
    assert found.problem == "no answer within 0.2 seconds"


def test_each_host_has_its_answer_in_its_place() -> None:
    with _listening() as (host, _):
        found = reach([_closed_port(), host, "127.0.0.1:nonsense"], is_plain=True)
    assert [each.problem for each in found] == ["connection refused", None, "it is no host and port"]


def test_no_hosts() -> None:
    assert reach([]) == ()
