"""Making, removing and switching workflows in the console: all of it waits in the queue."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from textual.screen import Screen

from modeltui.domain.slug import workflow_key
from modeltui.domain.text import safe
from modeltui.errors import UsageError
from modeltui.tui.messages import Perform
from modeltui.tui.present.line import Line, line
from modeltui.tui.widgets.confirm import Confirm
from modeltui.tui.widgets.type_in import TypeIn

if TYPE_CHECKING:
    from modeltui.domain.workflow import Workflow
    from modeltui.services.outcome import Outcome
    from modeltui.services.workspace import Workspace

_HINT: Final = "NAME STEP=MODEL …, as in clip still=prompt_to_image/x film=image_to_video/y"
_HELP: Final[list[Line]] = [
    line("A name, and its steps in their order, each with the key of its model:"),
    line("clip still=prompt_to_image/x film=image_to_video/y", "accent"),
    line("What a model needs comes from the step before, or is asked for.", "muted"),
]


class WorkflowActs:
    """Asks where it must, then has the app perform."""

    def __init__(self, screen: Screen[Any], workspace: Workspace) -> None:
        self._screen = screen
        self._files = workspace.workflow_files
        self._typed = ""
        """Stays for the next time where it could not be made."""

    def ask_new(self, made: Callable[[str], object]) -> None:
        """`made` is told the name."""

        def answered(text: str | None) -> None:
            if text is None:
                return
            self._typed = text
            name, steps = _named(text)
            made(name)
            self._screen.post_message(Perform(self._screen, partial(self._make, name, steps)))

        dialog = TypeIn("New workflow", _HELP, label="name and steps", value=self._typed, check=_named)
        self._screen.app.push_screen(dialog, answered)

    def _make(self, name: str, steps: dict[str, str]) -> Outcome:
        outcome = self._files.create(self._files.draft(name, steps))
        self._typed = ""
        return outcome

    def switch(self, workflow: Workflow) -> None:
        does = partial(self._files.switch, [workflow.slug], active=not workflow.active)
        self._screen.post_message(Perform(self._screen, does))

    def ask_remove(self, workflow: Workflow, *, is_draft: bool) -> None:
        def answered(is_sure: bool | None) -> None:
            if is_sure:
                self._screen.post_message(Perform(self._screen, partial(self._files.remove, [workflow.slug])))

        said = "was not applied yet, and is just not made" if is_draft else "goes with the next apply"
        lines = [line(f"{safe(workflow.path)} {said}; u takes that back.")]
        if not is_draft:
            lines.append(line("Its chains, their jobs and their files stay."))
        self._screen.app.push_screen(Confirm(f"Remove {safe(workflow.name)}?", lines, yes="Remove"), answered)


def _named(text: str) -> tuple[str, dict[str, str]]:
    """The name, and the model of each step. Raises UsageError, RefusedError."""
    name, *words = text.split() or [""]
    steps = [word.partition("=") for word in words]
    if not steps or not all(step and model for step, _, model in steps):
        raise UsageError("it takes a name, and a step at least", hint=_HINT)
    workflow_key(name)
    found = {step: model for step, _, model in steps}
    if len(found) < len(steps):
        raise UsageError("two steps have one name", hint="later steps call each by its own")
    return name, found
