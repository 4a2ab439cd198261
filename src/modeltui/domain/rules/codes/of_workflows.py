"""Codes of workflows that do not hold together."""

from __future__ import annotations

from typing import Final

from modeltui.domain.rules.codes.code import Code

WORKFLOWS: Final = {
    "step-model-missing": Code(
        "error",
        "A step of a workflow names a model that is not in the catalogue.",
        "The chain would end at that step, after the steps before it were paid.",
        "Write the key of a model that is there; `modeltui list` shows them.",
        'A step says model = "prompt_to_image/flux-9", and there is no such file.',
    ),
    "step-model-out-of-use": Code(
        "warning",
        "An active workflow names a model that is switched off, deprecated, retired or broken.",
        "What is offered to users rests on a model that is not.",
        "Put another model in its place: `modeltui deprecate KEY --replaced-by KEY --everywhere` does it in all "
        "workflows at once; or switch the workflow off.",
        "A model was disabled, and the workflow storyboard still runs it.",
    ),
    "step-input-unknown": Code(
        "error",
        "A step gives its model an input that the model does not have.",
        "The model refuses inputs that it does not declare, so the step could never run.",
        "Correct the name; the hint lists the inputs of the model.",
        "A step says promt, and the model has prompt.",
    ),
    "step-input-missing": Code(
        "error",
        "A step does not give an input that its model needs.",
        "The step could never run.",
        "Write it in [steps.inputs]: a value, an input of the workflow, or what an earlier step gave.",
        "A step has no prompt, and its model needs one.",
    ),
    "step-input-type": Code(
        "error",
        "What a step gives to an input can never fit it: a picture where text is taken, or a value that is not one of "
        "its choices.",
        "The step could never run.",
        "Give it what it takes; the hint says what that is.",
        "The prompt of a model is given ${steps.picture.results[0]}.",
    ),
    "step-reference": Code(
        "error",
        "A placeholder of a workflow names something that is not there: an unknown or later step, an input that the "
        "workflow does not have, or what a step does not give.",
        "Steps run in the order of the file, so only earlier ones have given anything.",
        "Correct the name, or move the step up; the hint says what is there.",
        "The first step uses ${steps.film.results[0]}, and film is the last one.",
    ),
    "duplicate-step": Code(
        "error",
        "Two steps of a workflow have the same id.",
        "A placeholder could mean either of them.",
        "Give each step an id of its own.",
        'Two steps say id = "picture".',
    ),
    "workflow-input-unused": Code(
        "note",
        "A workflow asks for an input that no step uses.",
        "Whoever runs it gives a value, and nothing happens.",
        "Use it in [steps.inputs], or take it out.",
        "A workflow declares [inputs.style], and no step says ${inputs.style}.",
    ),
}
