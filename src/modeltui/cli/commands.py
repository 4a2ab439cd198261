"""Every command: its module, which is loaded only when it is called, and what it says of itself."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import NamedTuple

from modeltui.cli.arguments import Parser
from modeltui.cli.session import Session
from modeltui.errors import UsageError


class Command(NamedTuple):
    run: Callable[[Session, Namespace], int]
    """Does it and returns the exit code. Raises ModeltuiError."""
    add_arguments: Callable[[Parser], None]
    description: str
    epilog: str | Callable[[], str] = ""
    """What stands below the options; one that takes a moment to make is made where it is shown."""
    usage: str | None = None
    is_of_catalog: bool = True
    """Whether it works on a catalogue, which `-C` names."""
    reads_foreign: bool = False
    """Whether it does so as well on a tree of others, which `--as` says how to read."""


class Entry(NamedTuple):
    module: str
    """Below `modeltui.cli`; its COMMANDS holds the command under its name."""
    summary: str


GROUPS: Mapping[str, Mapping[str, Entry]] = {
    "look": {
        "list": Entry("listing", "the table of models"),
        "show": Entry("listing", "the file of a model"),
        "views": Entry("views", "filters with their order and columns, by name"),
        "check": Entry("checking", "everything that is wrong or doubtful in the files"),
        "explain": Entry("explain", "what a code of `check` means, and how it is mended"),
        "alerts": Entry("alerts", "what should be looked at today"),
        "stats": Entry("stats", "the catalogue in numbers"),
        "presets": Entry("creating", "what new models can be made from"),
        "drift": Entry("drift", "locked files that were changed behind the lock"),
        "history": Entry("history", "who changed what, when and why"),
        "providers": Entry("providers", "the companies that serve, and whether their keys are here"),
        "keys": Entry("keys", "where the keys of providers are kept"),
    },
    "change": {
        "set": Entry("editing", "queue new values of fields"),
        "edit": Entry("edit", "the text of a model in your editor, then queued"),
        "enable": Entry("editing", "queue switching models on"),
        "disable": Entry("editing", "queue switching models off"),
        "tag": Entry("bulk", "queue adding and removing tags"),
        "scale": Entry("bulk", "queue prices times a factor"),
        "new": Entry("creating", "queue a new model, made from a preset"),
        "duplicate": Entry("creating", "queue a copy of a model"),
        "default": Entry("lifecycle", "queue another default of a content type"),
        "deprecate": Entry("lifecycle", "queue advising against models"),
        "restore": Entry("lifecycle", "queue taking a deprecation or a removal back"),
        "remove": Entry("lifecycle", "queue taking models out of use, or deleting them"),
        "rollout": Entry("rollout", "queue for how many callers models are; or off at once"),
        "lock": Entry("locking", "queue locking models against changes"),
        "unlock": Entry("locking", "queue taking locks away"),
        "rollback": Entry("rollback", "queue the inverse of an apply or a commit"),
        "import": Entry("importing", "queue what differs in a file of another format"),
        "sync": Entry("syncing", "queue what a registry of models says otherwise than before"),
    },
    "queue": {
        "pending": Entry("queue", "the changes that wait"),
        "discard": Entry("queue", "drop changes that wait"),
        "undo": Entry("queue", "take the last step back"),
        "redo": Entry("queue", "do the step again that was undone"),
        "conflicts": Entry("conflicts", "stale changes: what was, what is, what I want"),
        "rebase": Entry("conflicts", "move stale changes to the files as they are now"),
        "plan": Entry("planning", "save what waits as a file, for review"),
        "apply": Entry("applying", "write all that waits, all files or none"),
        "recover": Entry("recovering", "finish or undo an apply that was interrupted"),
    },
    "share": {
        "pull": Entry("pulling", "take in what others committed, merged field by field"),
        "push": Entry("pulling", "give out what was committed here"),
        "merge-driver": Entry("merge_driver", "let git merge models field by field"),
    },
    "run": {
        "run": Entry("running", "a test generation, or only its price and exact request"),
        "batch": Entry("batch", "many runs: one plan, one price, one question; resumable"),
        "compare": Entry("compare", "the same inputs on a few models, side by side"),
        "workflow": Entry("workflow", "chains of models: price them, run them step by step"),
        "jobs": Entry("jobs", "the runs that are kept; cancelling and resuming them"),
        "cost": Entry("costing", "what a run costs us and a user, and how that comes about"),
        "supports": Entry("capability", "whether a model takes some inputs, or which models do"),
        "pick": Entry("pick", "models that take some inputs, ranked by cost, time or success"),
    },
    "more": {
        "export": Entry("exporting", "models as a file of another format"),
        "schema": Entry("schema", "the format of the files as JSON Schema, for editors"),
        "init": Entry("starting", "make a new catalogue"),
        "config": Entry("config", "what holds for you, and where it comes from"),
        "toml": Entry("toml", "edit any TOML file through the same editor"),
        "console": Entry("console", "the console in the terminal (also without a command)"),
    },
}

ENTRIES: Mapping[str, Entry] = {name: entry for group in GROUPS.values() for name, entry in group.items()}


def load(name: str) -> Command:
    """Raises UsageError for a name that is no command."""
    entry = ENTRIES.get(name)
    if entry is None:
        raise UsageError(f"no command {name!r}", hint=_nearest(name))
    _load_records()
    commands: Mapping[str, Command] = import_module(f"modeltui.cli.{entry.module}").COMMANDS
    return commands[name]


def _load_records() -> None:
    """Load msgspec without `typing_extensions`, which it takes where that is installed.

    What it wants of it Python has itself since 3.11, and to load it takes 6 ms. Nothing else runs yet.
    """
    if "typing_extensions" in sys.modules:
        return
    sys.modules["typing_extensions"] = None  # type: ignore[assignment]  # to import it fails, as where it is not
    try:
        import msgspec  # noqa: F401, PLC0415  # not for `--help` and `--version`
    finally:
        del sys.modules["typing_extensions"]


def overview() -> str:
    """The commands in their groups, for the help."""
    return "\n\n".join(
        "\n".join([f"{group}:", *(f"  {name:<13}{entry.summary}" for name, entry in entries.items())])
        for group, entries in GROUPS.items()
    )


def _nearest(name: str) -> str:
    from difflib import get_close_matches  # noqa: PLC0415  # 8 ms, wanted only on this error

    near = get_close_matches(name, ENTRIES, n=1)
    return f"did you mean {near[0]}?" if near else "`modeltui --help` lists all commands"
