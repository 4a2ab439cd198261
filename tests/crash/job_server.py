"""A provider on loopback that counts what it is sent by the id of the job, and takes a moment for each job."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

PICTURE = b"\x89PNG\r\n\x1a\n" + b"\0" * 24

PROVIDER = """
schema = 1
id = "counting"
name = "Counting"
base_url = "http://127.0.0.1:{port}"
hosts = ["127.0.0.1:{port}"]
loopback = true

[auth]
scheme = "bearer"
env = ["LOOPBACK_TEST_KEY"]
"""

MODEL = """
schema = 1
uid = "7d8c1c02-0a51-4c1a-9df1-2f4f2c6b9e11"
model_id = "counting"
name = "Counting"
content_type = "prompt_to_image"
active = true
provider = "counting"

[cost]
currency = "credits"
base = "1"

[inputs.prompt]
type = "string"
label = "Prompt"
required = true

[request]
path = "/submit"

[request.body]
prompt = "${inputs.prompt}"

[request.save]
task_id = "id"
echo = "echo"

[poll]
path = "/jobs/${saved.task_id}"
status = "state"
pending = ["running"]
success = ["done"]
failure = ["failed", "cancelled"]
interval_s = 0.1
delay_s = 0.1

[result]
kind = "url"
select = "url"

[cancel]
path = "/jobs/${saved.task_id}/cancel"
"""


class Counting(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.guard = threading.Lock()
        self.submits: Counter[str] = Counter()
        """By prompt, which each test job has of its own."""
        self.polls: Counter[str] = Counter()
        self.cancelled: set[str] = set()
        self.polls_needed = 4

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def write_catalog(self, root: Path) -> None:
        for path, text in {
            "catalog.toml": "schema = 1\n",
            "providers/counting.toml": PROVIDER.replace("{port}", str(self.port)),
            "models/prompt_to_image/counting.toml": MODEL,
        }.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text, encoding="utf-8")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Counting

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        with self.server.guard:
            if self.path == "/submit":
                prompt = json.loads(body)["prompt"]
                self.server.submits[prompt] += 1
                self._answer({"id": prompt, "echo": self.headers.get("authorization")})
            else:
                self.server.cancelled.add(self.path.split("/")[2])
                self._answer({})

    def do_GET(self) -> None:
        with self.server.guard:
            if self.path.startswith("/file/"):
                self._send(PICTURE, "image/png")
                return
            name = self.path.split("/")[2]
            self.server.polls[name] += 1
            if name in self.server.cancelled:
                self._answer({"state": "cancelled"})
            elif self.server.polls[name] < self.server.polls_needed:
                self._answer({"state": "running"})
            else:
                self._answer({"state": "done", "url": f"http://127.0.0.1:{self.server.port}/file/{name}"})

    def _answer(self, data: Any) -> None:
        self._send(json.dumps(data).encode(), "application/json")

    def _send(self, content: bytes, media_type: str) -> None:
        self.send_response(200)
        self.send_header("content-type", media_type)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Tests are quiet."""


@contextmanager
def counting() -> Iterator[Counting]:
    server = Counting()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(60)
