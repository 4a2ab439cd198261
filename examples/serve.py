"""A small application on a catalogue: which model a user gets, what fits, what it costs. It follows what is applied.

    python examples/serve.py catalog
    curl 'http://127.0.0.1:8080/choice?type=prompt_to_image&caller=user-1042'

Only modeltui and the standard library are needed. See README.md beside this file for the other addresses.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from decimal import Decimal
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from modeltui import open_catalog
from modeltui.api import CatalogReader, Model
from modeltui.errors import BrokenFileError, ConfigError, ModeltuiError, NotFoundError, UsageError

Json = dict[str, Any]
Words = Mapping[str, str]


class Application:
    """Answers from the catalogue as it was at most `every` seconds ago, or last could be read."""

    def __init__(self, catalog: CatalogReader, every: float) -> None:
        self._catalog = catalog
        self._every = every
        self._looked_at = time.monotonic()
        self._looking = threading.Lock()
        self._trouble: str | None = None

    def answer(self, path: str, words: Words) -> Json:
        """Raises ModeltuiError."""
        ask = ADDRESSES.get(path)
        if ask is None:
            raise NotFoundError(f"no address {path}", hint=f"known are {', '.join(ADDRESSES)}")
        self._look()
        said = ask(self._catalog, words)
        return {**said, "trouble": self._trouble} if ask is state else said

    def _look(self) -> None:
        """A stat of each file; one request does it, the others go on with what is there."""
        if time.monotonic() - self._looked_at < self._every or not self._looking.acquire(blocking=False):
            return
        try:
            self._catalog.refresh()
            self._trouble = None
        except ModeltuiError as error:  # such as a folder that is gone: what was read before still holds
            self._trouble = error.message
        finally:
            self._looked_at = time.monotonic()
            self._looking.release()


def state(catalog: CatalogReader, _: Words) -> Json:
    return {"generation": catalog.generation, "models": len(catalog), "active": len(catalog.active())}


def choice(catalog: CatalogReader, words: Words) -> Json:
    """The model that a caller gets: always the same, while rollouts stay."""
    is_paying = words.get("plan") == "premium"
    model = catalog.resolve(
        _word(words, "type"), _word(words, "caller"), accepts=lambda each: is_paying or not each.is_premium
    )
    return {"model": None if model is None else _model(model)}


def pick(catalog: CatalogReader, words: Words) -> Json:
    """What takes the inputs, the best first, with the inputs as each model calls them."""
    by: Any = words.get("by", "cost")
    limit = words.get("limit", "5")
    if not (limit.isascii() and limit.isdecimal() and len(limit) < 6):
        raise UsageError(f"limit is a number below 100,000, not {limit[:20]!r}", hint="as in ?limit=5")
    found = catalog.pick(_word(words, "type"), _inputs(words), by=by, limit=int(limit))
    picks = [
        {
            **_model(each.model),
            "inputs": each.inputs,
            "still_needs": each.missing,
            "price_usd": each.cost.price_usd,
            "seconds": each.seconds,
            "success": each.success,
        }
        for each in found
    ]
    return {"found": found.found, "models": picks, "notes": found.notes}


def cost(catalog: CatalogReader, words: Words) -> Json:
    """What a user pays."""
    found = catalog.cost(_word(words, "model"), _inputs(words))
    return {
        "model": found.model,
        "price_usd": found.price_usd,
        "price_credits": found.price_credits,
        "is_estimate": found.is_estimate,
        "assumed": found.assumed,
        "problems": [str(problem) for problem in found.problems],
    }


def supports(catalog: CatalogReader, words: Words) -> Json:
    """Whether a model takes the inputs, and what it would take instead."""
    needs = [need for need in words.get("needs", "").split(",") if need]
    found = catalog.supports(_word(words, "model"), _inputs(words), needs=needs)
    reasons = [{"input": each.input, "message": each.message, "allowed": each.allowed} for each in found.reasons]
    return {"model": found.model, "supported": found.is_supported, "reasons": reasons}


ADDRESSES: Mapping[str, Callable[[CatalogReader, Words], Json]] = {
    "/state": state,
    "/choice": choice,
    "/pick": pick,
    "/cost": cost,
    "/supports": supports,
}


def _model(model: Model) -> Json:
    return {"key": model.key, "name": model.name, "provider": model.provider}


def _word(words: Words, name: str) -> str:
    if name not in words:
        raise UsageError(f"{name} is missing", hint=f"as in ?{name}=…")
    return words[name]


def _inputs(words: Words) -> Json:
    try:
        inputs = json.loads(words.get("inputs", "{}"))
    except (ValueError, RecursionError) as error:
        raise UsageError(f"inputs are not JSON: {error}", hint='as in ?inputs={"duration":8}') from error
    if not isinstance(inputs, dict):
        raise UsageError("inputs are no JSON object", hint='as in ?inputs={"duration":8}')
    return inputs


def _plain(value: object) -> object:
    """Amounts are text, so that they stay exact."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    raise TypeError(f"{value!r} is no JSON")


class Handler(BaseHTTPRequestHandler):
    application: Application
    timeout = 10
    """Seconds for which a connection may say nothing, so that none holds up the end."""

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        status, said = self._answered(address.path, dict(parse_qsl(address.query)))
        body = json.dumps(said, default=_plain).encode()
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except ConnectionError:
            self.close_connection = True  # who asked has gone

    def _answered(self, path: str, words: Words) -> tuple[HTTPStatus, Json]:
        try:
            return HTTPStatus.OK, self.application.answer(path, words)
        except ModeltuiError as error:
            return _status(error), {"error": error.message, "hint": error.hint}
        except Exception:  # noqa: BLE001  # one bad request ends no server
            traceback.print_exc()  # for who runs it; who asked is told no more than that
            return HTTPStatus.INTERNAL_SERVER_ERROR, {"error": "something went wrong here", "hint": None}

    def log_message(self, *_: object) -> None:
        """Nothing: whoever runs it in earnest has a log."""


def _status(error: ModeltuiError) -> HTTPStatus:
    """Whether it was asked wrongly, or the files are at fault."""
    if isinstance(error, NotFoundError):
        return HTTPStatus.NOT_FOUND
    is_ours = isinstance(error, BrokenFileError | ConfigError)
    return HTTPStatus.SERVICE_UNAVAILABLE if is_ours else HTTPStatus.BAD_REQUEST


class Server(ThreadingHTTPServer):
    daemon_threads = False
    """Closing waits for answers that are under way."""
    request_queue_size = 64


def _port(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 6 and int(text) < 1 << 16):
        raise argparse.ArgumentTypeError(f"{text!r} is no port")
    return int(text)


def serve(catalog: CatalogReader, port: int, every: float) -> None:
    """Until SIGTERM or ctrl+c; what is being answered then is answered. Raises OSError where the port is taken."""
    Handler.application = Application(catalog, every)
    with Server(("127.0.0.1", port), Handler) as server:
        for end in (signal.SIGTERM, signal.SIGINT):
            signal.signal(end, lambda *_: threading.Thread(target=server.shutdown).start())
        sys.stdout.write(f"http://127.0.0.1:{server.server_port}\n")
        sys.stdout.flush()
        server.serve_forever(poll_interval=0.1)


def main() -> None:
    parser = argparse.ArgumentParser(description="Serve model choice, cost and capability from a catalogue.")
    parser.add_argument("catalog", help="the folder that holds catalog.toml")
    parser.add_argument("--port", type=_port, default=8080, help="0 for any that is free")
    parser.add_argument("--every", type=float, default=1.0, help="seconds between two looks at the files")
    arguments = parser.parse_args()
    try:
        # Every file is read now, so that nothing changes but by a refresh, and no answer waits for a disk.
        serve(open_catalog(arguments.catalog, whole=True), arguments.port, arguments.every)
    except ModeltuiError as error:
        parser.error(error.message)
    except OSError as error:
        parser.error(f"port {arguments.port}: {error.strerror}")


if __name__ == "__main__":
    main()
