"""What screens ask of the app, and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from textual.geometry import Region
from textual.message import Message
from textual.message_pump import MessagePump

from modeltui.domain.job import Job
from modeltui.domain.snapshot import Snapshot
from modeltui.errors import ModeltuiError


class WithSnapshot(Protocol):
    """What a service says about a change: at least how things stand after it."""

    @property
    def snapshot(self) -> Snapshot: ...


Result: TypeAlias = Snapshot | WithSnapshot


@dataclass
class Perform(Message):
    """Do this off the event loop, after all that was asked before. `Performed` or `Failed` is posted to the asker."""

    asker: MessagePump
    work: Callable[[], Result]
    done: str = ""
    """What to tell the user where the result does not say it."""


@dataclass
class Performed(Message):
    """It is done, and `App.snapshot` is how things stand now."""

    result: Result
    done: str = ""


@dataclass
class Failed(Message):
    """It was not done."""

    error: ModeltuiError


@dataclass
class StartRun(Message):
    """Run a model with these inputs. Every `JobChanged` comes to the asker as long as it is there."""

    asker: MessagePump
    key: str
    inputs: Mapping[str, Any]


@dataclass
class CancelRun(Message):
    """Stop the run of this asker."""

    asker: MessagePump


@dataclass
class JobChanged(Message):
    """Something happened to a run."""

    job: Job


class Open(Message):
    """Go to another screen; escape comes back."""


@dataclass
class OpenModel(Open):
    key: str
    line: int | None = None
    """Of the file, to stand on; counts from 1."""


class OpenPending(Open):
    """All pending changes, with their diff."""


@dataclass
class OpenConflicts(Open):
    """What is stale, from three sides."""

    key: str | None = None
    """The model to stand on."""


class OpenRecovery(Open):
    """The apply that is in doubt, and the ways out."""


class OpenProblems(Open):
    """All findings of `check`."""


@dataclass
class OpenHistory(Open):
    key: str | None = None
    """The applies that touched this model; None for all."""


@dataclass
class OpenRun(Open):
    key: str


@dataclass
class OpenEdit(Open):
    """Edit one field of a model."""

    key: str
    field: str
    region: Region | None = None
    """Where the value stands on the screen, if it does."""
