"""What screens ask of the app, and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from textual.geometry import Region
from textual.message import Message
from textual.message_pump import MessagePump

from modeltui.domain.snapshot import Snapshot

if TYPE_CHECKING:
    from modeltui.domain.job import Job, JobState
    from modeltui.domain.pending.plan import Plan
    from modeltui.errors import ModeltuiError
    from modeltui.services.apply import OnWait


class WithSnapshot(Protocol):
    """What a service says about a change: at least how things stand after it."""

    @property
    def snapshot(self) -> Snapshot: ...


Result: TypeAlias = Snapshot | WithSnapshot


@dataclass(frozen=True, slots=True)
class Told:
    """A change that only its outcome can put into words."""

    snapshot: Snapshot
    said: str


@dataclass(eq=False, repr=False)
class Perform(Message):
    """Do this off the event loop, after all that was asked before. `Performed` or `Failed` is posted to the asker."""

    asker: MessagePump
    work: Callable[[], Result]
    done: str = ""
    """What to tell the user where the result does not say it."""


@dataclass(eq=False, repr=False)
class Performed(Message):
    """It is done, and `App.snapshot` is how things stand now."""

    result: Result
    done: str = ""


@dataclass(eq=False, repr=False)
class BranchesSeen(Message):
    """Another machine was asked where its branches are."""


@dataclass(eq=False, repr=False)
class Failed(Message):
    """It was not done."""

    error: ModeltuiError


@dataclass(eq=False, repr=False)
class Waiting(Message):
    """An errand takes its time, or waits for another administrator."""

    said: str | None
    """For whom, safe for a terminal; None when the wait is over, whatever came of it."""
    lasts_s: float = 0.0
    """Seconds after which it gives up."""
    is_told: bool = False
    """Whether the user has seen it."""


@dataclass(eq=False, repr=False)
class ApplyPlan(Message):
    """Ask why, and apply a plan that is not the queue. `Performed` or `Failed` is posted to the asker."""

    asker: MessagePump
    plan: Plan
    work: Callable[[str, OnWait], Result]
    """Called off the event loop with the reason, and with who is to be told of a wait."""


class RunWish(Message):
    """Something of the one run that a model has at a time."""


@dataclass(eq=False, repr=False)
class StartRun(RunWish):
    """Run a model with these inputs. Every `JobChanged` comes to the asker as long as it is there."""

    asker: MessagePump
    key: str
    inputs: Mapping[str, Any]
    """Media as URLs, or paths of local files."""


@dataclass(eq=False, repr=False)
class WatchRun(RunWish):
    """Hear of the run of a model from now on, at once of how the last one stands."""

    asker: MessagePump
    key: str


@dataclass(eq=False, repr=False)
class CancelRun(RunWish):
    """Stop the run of a model."""

    key: str


@dataclass(eq=False, repr=False)
class JobChanged(Message):
    """Something happened to a run."""

    job: Job
    steps: tuple[tuple[JobState, float], ...] = ()
    """The states that it went through, each with the seconds at which it began."""
    heard: float = 0.0
    """By the clock of `time.monotonic`, when that was."""


@dataclass(eq=False, repr=False)
class ShowModels(Message):
    """Go back to the catalogue, and show these models."""

    query: str | None
    """"" for all; None for the filter as it is, unless that hides the model to stand on."""
    key: str | None = None
    """The model to stand on."""


class Open(Message):
    """Go to another screen; escape comes back."""


@dataclass(eq=False, repr=False)
class OpenModel(Open):
    key: str
    line: int | None = None
    """Of the file, to stand on; counts from 1."""


class OpenImport(Open):
    """What a file of another format would do here."""


class OpenSync(Open):
    """What a registry says otherwise than when it was last seen."""


class OpenPull(Open):
    """What others committed."""


class OpenPush(Open):
    """What was committed here, and is not yet with the others."""


class OpenPending(Open):
    """All pending changes, with their diff."""


class OpenPick(Open):
    """Which models take some inputs, the best first."""


@dataclass(eq=False, repr=False)
class OpenPlanFile(Open):
    """What a plan file would do here."""

    path: str


@dataclass(eq=False, repr=False)
class OpenConflicts(Open):
    """What is stale, from three sides."""

    key: str | None = None
    """The model to stand on."""


class OpenRecovery(Open):
    """The apply that is in doubt, and the ways out."""


class OpenAlerts(Open):
    """What should be looked at today."""


class OpenDashboard(Open):
    """The catalogue in numbers."""


class OpenProblems(Open):
    """All findings of `check`."""


class OpenProviders(Open):
    """The companies that serve."""


@dataclass(eq=False, repr=False)
class OpenHistory(Open):
    key: str | None = None
    """The applies that touched this model; None for all."""


@dataclass(eq=False, repr=False)
class OpenRun(Open):
    key: str
    drafts: Mapping[str, Any] | None = None
    """What the form is to hold; None for what was typed there last."""


@dataclass(eq=False, repr=False)
class OpenEdit(Open):
    """Edit one field of a model."""

    key: str
    field: str
    region: Region | None = None
    """Where the value stands on the screen, if it does."""


@dataclass(eq=False, repr=False)
class OpenForm(Open):
    """Edit all fields of a model."""

    key: str
    keys: Sequence[str] = ()
    """Other models that get the same changes."""


@dataclass(eq=False, repr=False)
class OpenText(Open):
    """Edit the text of a model in the user's own editor."""

    key: str


class OpenPresets(Open):
    """What new models can be made from."""


@dataclass(eq=False, repr=False)
class OpenNew(Open):
    """A new model: what it is to say, and the text that will be queued."""

    preset: str | None = None
    """What it starts as, or None where it is a copy."""
    copy_of: str | None = None
    """Key of the model that it is a copy of."""
