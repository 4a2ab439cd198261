"""Questions to a person, asked only where a person can answer."""

from __future__ import annotations

import sys

from modeltui.cli import report
from modeltui.errors import UsageError


def can_ask() -> bool:
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))


def confirm(question: str, *, is_yes: bool) -> bool:
    """Whether the answer is yes; `--yes` answers without asking. Raises UsageError where nobody can be asked."""
    if is_yes:
        return True
    if not can_ask():
        raise UsageError(
            f'"{question}" needs an answer, and there is no terminal to ask on', hint="answer beforehand with --yes"
        )
    return _answer(f"{question} [y/N]").casefold() in {"y", "yes"}


def text(question: str) -> str:
    """What a person types; empty where nobody can be asked."""
    return _answer(question) if can_ask() else ""


def secret(question: str, longest: int) -> str:
    """What a person types, unseen; where nobody can be asked, the first line of standard input."""
    if not can_ask():
        return sys.stdin.readline(longest).strip()
    from getpass import getpass  # noqa: PLC0415  # for keys only

    return getpass(question)


def _answer(question: str) -> str:
    report.ask(question)
    return sys.stdin.readline().strip()
