"""Answers that follow from a question, and nothing else."""

from __future__ import annotations

from modeltui.providers.sandbox.dice import Dice

_OPENINGS = (
    "That is a question worth a moment.",
    "Let us take it apart.",
    "Short answer first, reasons after.",
    "There are two ways to look at this.",
)
_SUBJECTS = ("The first thing to notice", "What matters most", "The part that is easy to miss", "A good place to start")
_POINTS = (
    "is where the limits are",
    "is what happens when it fails",
    "is who will read it next year",
    "is how it can be undone",
    "is what it costs, and who pays",
    "is the smallest step that proves it",
)
_ENDINGS = (
    "Everything else can wait.",
    "Try it on something small first.",
    "Write down why; you will want to know.",
    "If in doubt, measure.",
)


def answer(prompt: str, max_words: int) -> str:
    """A few sentences, the same for the same question, cut to `max_words`."""
    dice = Dice(prompt)
    question = " ".join(prompt.split())
    sentences = [f"You asked: “{question}”", dice.pick(_OPENINGS)]
    sentences += [f"{dice.pick(_SUBJECTS)} {dice.pick(_POINTS)}." for _ in range(2 + int(dice.number() * 3))]
    sentences += [dice.pick(_ENDINGS), "(This is the sandbox: no model has thought about it.)"]
    words = " ".join(sentences).split(" ")
    return " ".join(words[:max_words]) + (" …" if len(words) > max_words else "")
