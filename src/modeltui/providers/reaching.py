"""Whether a host answers: a connection and, but for loopback providers over http, its certificate. Nothing is sent
through it, least of all a key."""

from __future__ import annotations

import queue
import socket
import ssl
import threading
from collections.abc import Sequence
from time import monotonic
from typing import Final

from modeltui.domain.health import HostHealth
from modeltui.providers.http import tls

DEADLINE_S: Final = 5.0
_HTTPS: Final = 443
_HTTP: Final = 80


def reach(hosts: Sequence[str], *, is_plain: bool = False, deadline_s: float = DEADLINE_S) -> tuple[HostHealth, ...]:
    """All at once, in at most `deadline_s` seconds. `is_plain`: http, without a certificate."""
    answers: queue.SimpleQueue[HostHealth] = queue.SimpleQueue()
    for host in hosts:
        # A name server that hangs cannot be interrupted; such a thread is left behind.
        threading.Thread(
            target=lambda name: answers.put(_reached(name, is_plain, deadline_s)), args=(host,), daemon=True
        ).start()
    found: dict[str, HostHealth] = {}
    end = monotonic() + deadline_s
    while len(found) < len(hosts) and (left := end - monotonic()) > 0:
        try:
            answer = answers.get(timeout=left)
        except queue.Empty:
            break
        found[answer.host] = answer
    late = f"no answer within {deadline_s:g} seconds"
    return tuple(found.get(host) or HostHealth(host, late) for host in hosts)


def _reached(host: str, is_plain: bool, deadline_s: float) -> HostHealth:
    name, _, port = host.partition(":")
    begun = monotonic()
    try:
        address = (name, int(port) if port else _HTTP if is_plain else _HTTPS)
        with socket.create_connection(address, timeout=deadline_s) as connection:
            if not is_plain:
                tls().wrap_socket(connection, server_hostname=name).close()
    except OSError as error:
        return HostHealth(host, _why(error, deadline_s))
    except ValueError:
        return HostHealth(host, "it is no host and port")
    return HostHealth(host, None, round(monotonic() - begun, 3))


def _why(error: OSError, deadline_s: float) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not to be believed: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return f"no TLS: {(error.reason or 'handshake failed').replace('_', ' ').lower()}"
    if isinstance(error, TimeoutError):
        return f"no answer within {deadline_s:g} seconds"
    if isinstance(error, socket.gaierror):
        return "no such name is known here"
    return (error.strerror or str(error)).lower()
