"""A catalogue whose one provider is a server of the test, which counts what is sent to it."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from unit.providers.loopback import Given, Loopback, Seen

KEY = "chat/counted"

_PROVIDER = """\
schema = 1
id = "counted"
name = "Counted"
base_url = "http://{host}"
hosts = ["{host}"]
loopback = true

[auth]
scheme = "none"

[limits]
concurrency = {concurrency}
"""

_MODEL = """\
schema = 1
uid = "{uid}"
model_id = "{name}"
name = "Counted"
provider = "counted"
content_type = "chat"
active = true
status = "active"

[inputs.prompt]
type = "string"
required = true

[request]
path = "/jobs"

[request.body]
id = "${{job.uuid}}"
prompt = "${{inputs.prompt}}"

[request.save]
task_id = "id"

[poll]
path = "/jobs/${{saved.task_id}}"
status = "status"
pending = ["queued"]
success = ["done"]
failure = ["failed"]
interval_s = 0.01
delay_s = 0

[result]
kind = "text"
select = "output"

[cost]
currency = "credits"
base = "2"
"""


class Counting:
    """What a provider does: takes jobs, and has them done after a poll. `before` is told of every request first."""

    def __init__(self) -> None:
        self.submits: Counter[str] = Counter()
        self.before: Callable[[int], None] = lambda _: None
        self.needed_polls = 1
        self._polls: Counter[str] = Counter()
        self._requests = 0
        self._guard = threading.Lock()

    def answer(self, seen: Seen) -> Given:
        with self._guard:
            self._requests += 1
            number = self._requests
            if seen.method == "POST":
                self.submits[seen.json["id"]] += 1
            else:
                self._polls[seen.path] += 1
            is_done = self._polls[seen.path] > self.needed_polls
        self.before(number)
        if seen.method == "POST":
            return Given(201, {"id": seen.json["id"]})
        return Given(body={"status": "done", "output": "a fox"} if is_done else {"status": "queued"})


def build(root: Path, server: Loopback, *, concurrency: int = 8) -> None:
    """A catalogue with one model at the server."""
    for folder in ("models/chat", "providers", "presets"):
        (root / folder).mkdir(parents=True)
    (root / "catalog.toml").write_text('schema = 1\n\n[units]\ncredits_per_usd = "50"\n')
    (root / "providers" / "counted.toml").write_text(_PROVIDER.format(host=server.host, concurrency=concurrency))
    model = _MODEL.format(uid="3f0c2a9e-5a53-4d0c-9a51-2f6a4c1d0009", name="counted")
    (root / "models" / f"{KEY}.toml").write_text(model)


def inputs() -> str:
    return json.dumps({"prompt": "a fox"})
