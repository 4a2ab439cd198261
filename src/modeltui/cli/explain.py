"""`explain`: what a code of `check` means, why it matters, and how it is mended."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from modeltui.cli import output, report
from modeltui.cli.arguments import Parser, add_format
from modeltui.cli.commands import Command
from modeltui.cli.layout import Heading
from modeltui.cli.session import Session
from modeltui.domain.rules.codes import CODES, GROUPS, Code
from modeltui.errors import NotFoundError

_PAGE_HEAD = """\
# The codes of `check`

`modeltui check` ends each finding with its code; `modeltui explain CODE` prints what stands here. An error makes
`check` exit with 1, a warning is doubtful, a note is worth knowing. *Mended by `check --fix`* stands where one mending
is the only possible one: it is queued, never written, and only where the file then has no new finding. All else needs a
decision, and is left to a person. Only files of models are mended, and none that is locked or broken.

This page is made by `modeltui explain --format markdown`.
"""


def explain(_: Session, arguments: Namespace) -> int:
    names = [arguments.code] if arguments.code else list(CODES)
    if arguments.code and arguments.code not in CODES:
        near = get_close_matches(arguments.code, CODES, 1)
        hint = f"did you mean {near[0]}?" if near else "`modeltui explain` lists all codes"
        raise NotFoundError(f"no code {arguments.code!r}", hint=hint)
    if arguments.format == "json":
        output.json_array(_row(name, CODES[name]) for name in names)
    elif arguments.format == "markdown":
        output.text(page() if not arguments.code else "\n".join(_section(names[0], CODES[names[0]])))
    elif arguments.code:
        output.text("\n".join(_told(names[0], CODES[names[0]])) + "\n")
    else:
        headings = (Heading("Code", least=19), Heading("Severity", least=8), Heading("Means", least=20))
        output.table(headings, [(name, CODES[name].severity, CODES[name].means) for name in names])
    return report.Exit.DONE


def page() -> str:
    """docs/codes.md."""
    lines: list[str] = [_PAGE_HEAD]
    for title, codes in GROUPS.items():
        lines += [f"## {title}", ""]
        for name, code in codes.items():
            lines += _section(name, code)
    return "\n".join(lines).rstrip("\n") + "\n"


def _row(name: str, code: Code) -> dict[str, Any]:
    return {
        "code": name,
        "severity": code.severity,
        "means": code.means,
        "why": code.why,
        "mend": code.mend,
        "fix": code.fix or None,
        "example": code.wrong,
        "mended": code.right or None,
    }


def _told(name: str, code: Code) -> Iterator[str]:
    yield f"{name} ({code.severity})"
    yield ""
    yield code.means
    yield f"Why:  {code.why}"
    yield f"Mend: {code.mend}"
    yield f"Fix:  {code.fix or 'not by `check --fix`: it needs a decision.'}"
    yield ""
    if code.shown == "situation":
        yield f"For example: {code.wrong}"
        return
    yield "For example:"
    yield from (f"    {line}".rstrip() for line in code.wrong.splitlines())
    yield "Mended:"
    yield from (f"    {line}".rstrip() for line in code.right.splitlines())


def _section(name: str, code: Code) -> Iterator[str]:
    yield f"### {name}"
    yield ""
    yield f"*{code.severity}*  {code.means}"
    yield ""
    yield f"- **Why**: {code.why}"
    yield f"- **Mend**: {code.mend}"
    if code.fix:
        yield f"- **Mended by `check --fix`**: {code.fix}"
    if code.shown == "situation":
        yield f"- **Example**: {code.wrong}"
        yield ""
        return
    yield ""
    yield "```toml"
    yield from code.wrong.strip().splitlines()
    yield "```"
    yield ""
    yield "mended:"
    yield ""
    yield "```toml"
    yield from code.right.strip().splitlines()
    yield "```"
    yield ""


def _add_arguments(parser: Parser) -> None:
    parser.add_argument("code", nargs="?", metavar="CODE", help="a code, as `check` prints it; all without it")
    add_format(parser, "text", "json", "markdown")


COMMANDS = {
    "explain": Command(
        explain,
        _add_arguments,
        "Tell what a code of `check` means, why it matters, how it is mended, with an example. Without CODE, list all.",
        is_of_catalog=False,
    )
}
