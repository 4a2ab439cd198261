"""Jobs and batches for the tests of their screens."""

from __future__ import annotations

import uuid
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from modeltui.bootstrap import open_workspace
from modeltui.domain.batch import BatchProgress, BatchReport
from modeltui.domain.call import Cost
from modeltui.domain.job import Job, JobState, KeptJob
from modeltui.jobs.store import JobStore
from modeltui.services.workspace import Workspace
from tui.catalogs import SHIPPED, SHIPPED_WAIT, write
from tui.driver import Console, settings_for

INSTANT, PICTURE = "prompt_to_image/sandbox-instant", "prompt_to_image/sandbox-image"
CHAT, SPEECH = "chat/sandbox-chat", "text_to_speech/sandbox-speech"
UIDS = {PICTURE: "d4ac04b7-a1b3-5383-b4bd-55ee21ba6351", INSTANT: "50463480-00ff-52a9-b631-c500debd2742"}


def add_more(root: Path) -> Path:
    for key in (CHAT, SPEECH):
        name = f"models/{key}.toml"
        write(root, name, (SHIPPED / name).read_text(encoding="utf-8"))
    return root


def slow(root: Path) -> Path:
    """The picture takes so many polls that no test sees its end."""
    path = root / f"models/{PICTURE}.toml"
    text = path.read_text(encoding="utf-8").replace("\ninterval_s = 0.02\n", SHIPPED_WAIT)
    head, _, rest = text.partition("[inputs.sandbox_polls]")
    path.write_text(head + "[inputs.sandbox_polls]" + rest.replace("default = 3", "default = 100", 1), encoding="utf-8")
    return root


def workspace(root: Path, **settings: Any) -> Workspace:
    return open_workspace(settings_for(root, **settings))


def keep(
    root: Path,
    state: JobState,
    key: str = PICTURE,
    *,
    ends_in: JobState | None = None,
    is_followed: bool = False,
    by: str = "bob",
    **changes: Any,
) -> tuple[str, JobStore]:
    """A job of another process, which lives only where it is followed; its id."""
    store = JobStore(str(root), user=by, host="studio")
    facts: dict[str, Any] = {
        "id": str(uuid.uuid4()),
        "key": key,
        "uid": UIDS.get(key),
        "provider": "sandbox",
        "state": state,
        "started_at": datetime.now(UTC) - timedelta(minutes=5),
        "estimate": Cost(Decimal(1), "credits"),
        **changes,
    }
    job = Job(**{**facts, "is_fetchable": False})
    inputs = {"prompt": "a fox in the snow", "aspect_ratio": "16:9"}
    request = {"method": "POST", "url": "https://sandbox.invalid/v1/images", "headers": {"authorization": "***"}}
    store.begin(KeptJob(job=job, by=by, model_id=None, model_digest="", inputs=inputs, request=request, steps=()))
    if ends_in is not None:
        store.note(Job(**{**facts, "state": ends_in}))
    if not is_followed:
        store.owner.leave()
    return job.id, store


async def ended(made: Workspace, stream: AsyncGenerator[BatchProgress, None]) -> BatchReport:
    ids = {progress.id async for progress in stream}
    return made.batches.report(ids.pop())


async def shown(console: Console, *texts: str) -> None:
    """Wait until the screen says all of it."""
    await console.until(lambda: all(text in console.text for text in texts))
