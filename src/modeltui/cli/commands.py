"""Every command: its module, which is loaded only when it is called, and what it says of itself."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TypeAlias

from modeltui.cli.arguments import Parser
from modeltui.cli.session import Session
from modeltui.errors import UsageError


class Command:
    """What a command does, and what it says of itself."""

    def __init__(  # written out: to have it made takes a millisecond of every command
        self,
        run: Callable[[Session, Namespace], int],
        add_arguments: Callable[[Parser], None],
        description: str,
        epilog: str | Callable[[], str] = "",
        *,
        usage: str | None = None,
        is_of_catalog: bool = True,
        reads_foreign: bool = False,
    ) -> None:
        """run: does it and returns the exit code. Raises ModeltuiError.
        epilog: what stands below the options; one that takes a moment to make is made where it is shown.
        is_of_catalog: whether it works on a catalogue, which `-C` names.
        reads_foreign: whether it does so as well on a tree of others, which `--as` says how to read.
        """
        self.run = run
        self.add_arguments = add_arguments
        self.description = description
        self.epilog = epilog
        self.usage = usage
        self.is_of_catalog = is_of_catalog
        self.reads_foreign = reads_foreign


Entry: TypeAlias = tuple[str, str]
"""The module below `modeltui.cli` whose COMMANDS holds the command under its name, and its summary."""


GROUPS: Mapping[str, Mapping[str, Entry]] = {
    "look": {
        "list": ("listing", "the table of models"),
        "show": ("listing", "the file of a model"),
        "views": ("views", "filters with their order and columns, by name"),
        "check": ("checking", "everything that is wrong or doubtful in the files"),
        "explain": ("explain", "what a code of `check` means, and how it is mended"),
        "alerts": ("alerts", "what should be looked at today"),
        "stats": ("stats", "the catalogue in numbers"),
        "presets": ("creating", "what new models can be made from"),
        "drift": ("drift", "locked files that were changed behind the lock"),
        "history": ("history", "who changed what, when and why"),
        "providers": ("providers", "the companies that serve, and whether their keys are here"),
        "keys": ("keys", "where the keys of providers are kept"),
    },
    "change": {
        "set": ("editing", "queue new values of fields"),
        "edit": ("edit", "the text of a model in your editor, then queued"),
        "enable": ("editing", "queue switching models on"),
        "disable": ("editing", "queue switching models off"),
        "tag": ("bulk", "queue adding and removing tags"),
        "scale": ("bulk", "queue prices times a factor"),
        "new": ("creating", "queue a new model, made from a preset"),
        "duplicate": ("creating", "queue a copy of a model"),
        "default": ("lifecycle", "queue another default of a content type"),
        "deprecate": ("lifecycle", "queue advising against models"),
        "restore": ("lifecycle", "queue taking a deprecation or a removal back"),
        "remove": ("lifecycle", "queue taking models out of use, or deleting them"),
        "rollout": ("rollout", "queue for how many callers models are; or off at once"),
        "lock": ("locking", "queue locking models against changes"),
        "unlock": ("locking", "queue taking locks away"),
        "rollback": ("rollback", "queue the inverse of an apply or a commit"),
        "import": ("importing", "queue what differs in a file of another format"),
        "sync": ("syncing", "queue what a registry of models says otherwise than before"),
    },
    "queue": {
        "pending": ("queue", "the changes that wait"),
        "discard": ("queue", "drop changes that wait"),
        "undo": ("queue", "take the last step back"),
        "redo": ("queue", "do the step again that was undone"),
        "conflicts": ("conflicts", "stale changes: what was, what is, what I want"),
        "rebase": ("conflicts", "move stale changes to the files as they are now"),
        "plan": ("planning", "save what waits as a file, for review"),
        "apply": ("applying", "write all that waits, all files or none"),
        "recover": ("recovering", "finish or undo an apply that was interrupted"),
    },
    "share": {
        "pull": ("pulling", "take in what others committed, merged field by field"),
        "push": ("pulling", "give out what was committed here"),
        "merge-driver": ("merge_driver", "let git merge models field by field"),
    },
    "run": {
        "run": ("running", "a test generation, or only its price and exact request"),
        "batch": ("batch", "many runs: one plan, one price, one question; resumable"),
        "compare": ("compare", "the same inputs on a few models, side by side"),
        "workflow": ("workflow", "chains of models: price them, run them step by step"),
        "jobs": ("jobs", "the runs that are kept; cancelling and resuming them"),
        "cost": ("costing", "what a run costs us and a user, and how that comes about"),
        "supports": ("capability", "whether a model takes some inputs, or which models do"),
        "pick": ("pick", "models that take some inputs, ranked by cost, time or success"),
    },
    "more": {
        "export": ("exporting", "models as a file of another format"),
        "schema": ("schema", "the format of the files as JSON Schema, for editors"),
        "init": ("starting", "make a new catalogue"),
        "config": ("config", "what holds for you, and where it comes from"),
        "toml": ("toml", "edit any TOML file through the same editor"),
        "console": ("console", "the console in the terminal (also without a command)"),
    },
}

ENTRIES: Mapping[str, Entry] = {name: entry for group in GROUPS.values() for name, entry in group.items()}


def load(name: str) -> Command:
    """Raises UsageError for a name that is no command."""
    entry = ENTRIES.get(name)
    if entry is None:
        raise UsageError(f"no command {name!r}", hint=_nearest(name))
    _load_records()
    commands: Mapping[str, Command] = import_module(f"modeltui.cli.{entry[0]}").COMMANDS
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
        "\n".join([f"{group}:", *(f"  {name:<13}{entry[1]}" for name, entry in entries.items())])
        for group, entries in GROUPS.items()
    )


def _nearest(name: str) -> str:
    from difflib import get_close_matches  # noqa: PLC0415  # 8 ms, wanted only on this error

    near = get_close_matches(name, ENTRIES, n=1)
    return f"did you mean {near[0]}?" if near else "`modeltui --help` lists all commands"
