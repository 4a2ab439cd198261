"""What screens ask of the app about jobs and batches, and what they hear of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual.message import Message
from textual.message_pump import MessagePump

from modeltui.domain.file_paths import is_workflow
from modeltui.tui.messages import Open, OpenModel

if TYPE_CHECKING:
    from modeltui.domain.batch import BatchPlan, BatchProgress
    from modeltui.domain.chain.progress import ChainProgress
    from modeltui.domain.job import Job


class OpenJobs(Open):
    """The runs that are kept."""


@dataclass(eq=False, repr=False)
class OpenJob(Open):
    """One run, with all that is kept of it."""

    id: str


class OpenBatches(Open):
    """The batches that are kept."""


@dataclass(eq=False, repr=False)
class OpenBatch(Open):
    """How a batch stands, or what came of it."""

    id: str


@dataclass(eq=False, repr=False)
class OpenBatchForm(Open):
    """Inputs and price of a batch, before it is sent."""

    keys: Sequence[str]
    query: str | None = None
    """The filter that chose them; None where they were marked."""
    is_comparison: bool = False


@dataclass(eq=False, repr=False)
class OpenComparison(Open):
    """What came of the runs of a batch, side by side."""

    id: str


@dataclass(eq=False, repr=False)
class StartBatch(Message):
    """Run a plan. `BatchMoved`, or `Failed` where it could not begin, comes to the asker."""

    asker: MessagePump
    plan: BatchPlan


@dataclass(eq=False, repr=False)
class ResumeBatch(Message):
    """Go on with a batch that nobody follows."""

    asker: MessagePump
    id: str


@dataclass(eq=False, repr=False)
class WatchBatch(Message):
    """Hear of a batch from now on, at once of how it stands if this console runs it."""

    asker: MessagePump
    id: str


@dataclass(eq=False, repr=False)
class TellBatch(Message):
    """`pause`, `go_on`, `stop` or `cancel`."""

    asker: MessagePump
    id: str
    word: str


@dataclass(eq=False, repr=False)
class BatchMoved(Message):
    """Something happened to a batch that this console runs."""

    progress: BatchProgress
    is_over: bool = False
    """This console is at work on it no longer."""


@dataclass(eq=False, repr=False)
class ResumeJob(Message):
    """Take up a job that nobody follows; with `send_again`, send an uncertain one as a new job."""

    asker: MessagePump
    id: str
    send_again: bool = False


@dataclass(eq=False, repr=False)
class StopJob(Message):
    """Cancel a job, whoever follows it."""

    asker: MessagePump
    id: str


@dataclass(eq=False, repr=False)
class TakenUpEnded(Message):
    """A job that the console took up by itself, when it began, came to its end."""

    job: Job


class OpenWorkflows(Open):
    """The workflows of the catalogue."""


@dataclass(eq=False, repr=False)
class OpenWorkflow(Open):
    """One workflow: its inputs, its steps, and how they go."""

    slug: str


@dataclass(eq=False, repr=False)
class OpenChains(Open):
    """The chains that are kept of one workflow."""

    slug: str


def open_file(key: str) -> Open:
    """To the model or the workflow that a key of the queue stands for."""
    return OpenWorkflow(key.partition("/")[2]) if is_workflow(key) else OpenModel(key)


@dataclass(eq=False, repr=False)
class ChainWish(Message):
    """Something of the one chain that a workflow has at a time in this console."""

    asker: MessagePump
    slug: str


@dataclass(eq=False, repr=False)
class StartChain(ChainWish):
    """Run a workflow. `ChainMoved`, or `Failed` where it could not begin, comes to the asker."""

    inputs: Mapping[str, Any]
    """Media as URLs, or paths of local files."""


@dataclass(eq=False, repr=False)
class ResumeChain(ChainWish):
    """Go on with a chain that nobody follows; with `send_again`, run a step anew that may be billed already."""

    id: str
    send_again: bool = False


@dataclass(eq=False, repr=False)
class EndChain(ChainWish):
    """Cancel a chain, whoever is at work on it. `ChainMoved`, or `Failed`, comes to the asker."""

    id: str


class WatchChain(ChainWish):
    """Hear of the chain of a workflow from now on, at once of how it stands."""


class CancelChain(ChainWish):
    """Cancel the step that is at work; what was made is kept."""


@dataclass(eq=False, repr=False)
class ChainMoved(Message):
    """Something happened to a chain that this console runs."""

    progress: ChainProgress
    is_over: bool = False
    """This console is at work on it no longer."""


class WorkMoved(Message):
    """More, less or other work is under way in this console."""
