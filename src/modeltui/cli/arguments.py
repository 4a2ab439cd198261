"""Arguments of commands: argparse with our words for mistakes, and a `--` that keeps what follows as it is."""

from __future__ import annotations

import argparse
import re
from argparse import SUPPRESS, ArgumentParser, HelpFormatter, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any, NoReturn

from modeltui.cli import output
from modeltui.errors import UsageError

argparse.__dict__["_"] = str
"""Its own few words stay English, as all of ours are. To look for a translation takes 1 ms of every command."""

_KEPT = "\0"
"""Stands before a word after `--`, so that no minus makes an option of it."""

QUERY_NOTE = """\
QUERY is the language of the console's filter bar, its terms separated by blanks:
  word                 found in key, uid, model_id, name, provider, family or tags
  a whole key or uid   that model only
  field:value          equal; a,b any of them; *glob*; field:~regex
  field<5 <= > >=      numbers, dates (2026-01-31) and ages (30d)
  -term                not
A QUERY that begins with - follows --."""


class Parser(ArgumentParser):
    """Says mistakes as our errors and writes its help through `output`."""

    def __init__(
        self, *, prog: str, description: str, epilog: str | Callable[[], str] = "", usage: str | None = None
    ) -> None:
        self._is_shown = False
        super().__init__(
            prog=prog,
            usage=usage,
            description=description,
            formatter_class=self._formatter,
            allow_abbrev=False,
            add_help=False,
        )
        self._below = epilog
        self.add_argument("-h", "--help", action="help", help="show this help")
        self.keeps_minus = False
        """Whether `-word` is a word as any other, where it is no option of the command."""

    def parse(self, words: Sequence[str]) -> Namespace:
        """Options and positionals in any order. Raises UsageError."""
        before, after = _split(words)
        self._is_shown = any(map(_may_ask_for_help, before))
        if self.usage is None and not self._is_shown:
            self.usage = ""  # which argparse would else draw up for messages of its own
        namespace = self.parse_intermixed_args([*self._joined(before), *(_KEPT + word for word in after)])
        for name, value in vars(namespace).items():
            setattr(namespace, name, _plain(value))
        return namespace

    def knows(self, words: Sequence[str]) -> bool:
        """Whether all are options that it has."""
        return self._option_string_actions.keys() >= set(words)

    def _joined(self, words: Sequence[str]) -> Iterator[str]:
        """The words, with a value that begins with a minus tied to its option, as in `--sort=-cost`."""
        rest = iter(words)
        for word in rest:
            action = self._option_string_actions.get(word)
            takes_value = action is not None and action.nargs is None
            value = next(rest, None) if takes_value else None
            if value is None:
                yield _KEPT + word if self._is_kept(word) else word
            elif value.startswith("-") and value not in self._option_string_actions:
                yield f"{word}={value}" if word.startswith("--") else f"{word}{value}"
            else:
                yield from (word, value)

    def _is_kept(self, word: str) -> bool:
        is_option = word.startswith("--") or word in self._option_string_actions
        return self.keeps_minus and word.startswith("-") and not is_option

    def _formatter(self, prog: str) -> HelpFormatter:
        """argparse also wants one to check each argument with, which need not know how wide the terminal is."""
        return RawDescriptionHelpFormatter(prog, max_help_position=28, width=None if self._is_shown else 80)

    def error(self, message: str) -> NoReturn:
        hint = f"`{self.prog} --help` shows what it takes"
        if re.match("unrecognized arguments: -[^-]", message):
            hint = f"{hint}; a QUERY that begins with - follows --"
        raise UsageError(message, hint=hint)

    def print_help(self, file: object = None) -> None:  # noqa: ARG002  # argparse hands a stream; ours is fixed
        self._is_shown = True
        self.epilog = self._below if isinstance(self._below, str) else self._below()
        output.text(self.format_help())


def add_query(parser: ArgumentParser, *, is_needed: bool) -> None:
    parser.add_argument("query", nargs="+" if is_needed else "*", metavar="QUERY", help="which models")


def add_model(parser: ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help="a key, a uid or a model_id that only one model has")


def add_format(parser: ArgumentParser, *formats: str) -> None:
    """`--format` with its choices, the first being the default."""
    known = f"{', '.join(formats[:-1])} or {formats[-1]}"
    parser.add_argument("--format", choices=formats, default=formats[0], metavar="FORMAT", help=known)


def add_yes(parser: ArgumentParser) -> None:
    parser.add_argument("-y", "--yes", action="store_true", help="answer every question with yes")


def add_catalog(parser: ArgumentParser, *, default: str | None = SUPPRESS) -> None:
    parser.add_argument("-C", "--catalog", metavar="DIR", default=default, help="the catalogue to work on")


def add_read_only(parser: ArgumentParser, *, default: bool | str = SUPPRESS) -> None:
    parser.add_argument(
        "--read-only", action="store_true", default=default, help="change nothing: nothing is queued, applied or run"
    )


def add_mapping(parser: ArgumentParser, *, default: str | None = SUPPRESS) -> None:
    parser.add_argument(
        "--as",
        dest="mapping",
        metavar="NAME",
        default=default,
        help="read a tree of others, and only read it: models.dev, or the path of a mapping file",
    )


def add_needs(parser: ArgumentParser, name: str, metavar: str, said: str) -> None:
    """`--need` or `--needs`; the other one is taken too, and told by nobody."""
    parser.add_argument(name, dest="needs", action="append", default=[], metavar=metavar, help=said)
    other = "--need" if name == "--needs" else "--needs"
    parser.add_argument(other, dest="needs", action="append", default=[], help=SUPPRESS)


def needs_of(arguments: Namespace) -> list[str]:
    """All names, with commas between them or one each time."""
    return [name.strip() for names in arguments.needs for name in names.split(",") if name.strip()]


def query_of(arguments: Namespace) -> str:
    """The words of QUERY as one text."""
    return " ".join(arguments.query)


def assignment(text: str) -> tuple[str, str]:
    """`FIELD=VALUE` in two; a quoted part of the field may hold `=`. Raises UsageError."""
    match = _assignment().fullmatch(text)
    if match is None:
        raise UsageError(
            f"{text!r} is not FIELD=VALUE", hint="write a QUERY of several words in quotes, as one argument"
        )
    return match[1].strip(), match[2]


@cache
def _assignment() -> re.Pattern[str]:
    return re.compile(r"""((?:[^="']|"(?:[^"\\]|\\.)*"|'[^']*')+)=(.*)""", re.DOTALL)


def _may_ask_for_help(word: str) -> bool:
    return word == "--help" or (word.startswith("-") and "h" in word)


def _split(words: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """What stands before the first `--`, and what after."""
    at = list(words).index("--") if "--" in words else len(words)
    return words[:at], words[at + 1 :]


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.removeprefix(_KEPT) if isinstance(value, str) else value
