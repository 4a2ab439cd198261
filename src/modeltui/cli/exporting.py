"""`export`: models as other programs read them."""

from __future__ import annotations

from argparse import Namespace

from modeltui.cli import asking, output, report
from modeltui.cli.arguments import QUERY_NOTE, Parser, add_yes, assignment
from modeltui.cli.commands import Command
from modeltui.cli.outcome import counted
from modeltui.cli.session import Session
from modeltui.errors import UsageError
from modeltui.services.changing.exchange import EXPORTS, ExportFormat


def export(session: Session, arguments: Namespace) -> int:
    exchange = session.workspace.exchange
    form, query = _form_and_query(arguments)
    if arguments.columns and form != "csv":
        raise UsageError("--columns is for csv", hint="the other formats hold what they hold")
    models = session.workspace.catalog.select(query, arguments.sort)
    names = dict(assignment(word) for word in arguments.provider)
    found = exchange.export(form, [model.key for model in models], arguments.columns, names)
    if arguments.out is None:
        output.file_content(found.text.encode())
    else:
        is_taken = exchange.is_there(arguments.out)
        if is_taken and not asking.confirm(f"{arguments.out} is there. Replace it?", is_yes=arguments.yes):
            report.say("nothing was written")
            return report.Exit.REFUSED
        exchange.save(arguments.out, found.text, replaces=is_taken)
        report.say(f"{counted(found.count)} in {arguments.out}")
    report.warn(found.warnings)
    return report.Exit.DONE


def _form_and_query(arguments: Namespace) -> tuple[ExportFormat, str]:
    """`export json QUERY` and `export --format json QUERY` are the same. Raises UsageError where neither says which."""
    first, *rest = arguments.words or [""]
    said = next((form for form in EXPORTS if form == first), None)
    known = f"known are {', '.join(EXPORTS)}"
    if arguments.format is None:
        if said is None:
            problem = f"there is no format {first!r}" if first else "no format is said"
            raise UsageError(problem, hint=f"`export json`, or `export --format json`; {known}")
        return said, " ".join(rest)
    if said is not None:
        raise UsageError(
            f"{first} may be a format or a QUERY", hint=f"leave --format out: `export FORMAT QUERY`; {known}"
        )
    return arguments.format, " ".join(arguments.words)


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _add_arguments(parser: Parser) -> None:
    parser.add_argument("words", nargs="*", metavar="QUERY", help="FORMAT, then which models")
    parser.add_argument(
        "--format", choices=EXPORTS, metavar="FORMAT", help=f"{', '.join(EXPORTS)}; or as the first word"
    )
    parser.add_argument("--sort", metavar="A,-B", default="", help="fields to sort by; a minus sorts down")
    parser.add_argument(
        "--columns", metavar="A,B", type=_names, default=[], help="csv: fields by path, or `all`, the contract too"
    )
    parser.add_argument(
        "--provider",
        action="append",
        default=[],
        metavar="OURS=THEIRS",
        help="litellm-proxy: LiteLLM's name for a provider that it does not know by ours; may be repeated",
    )
    parser.add_argument("--out", metavar="FILE", help="write it there; without it, to stdout")
    add_yes(parser)


COMMANDS = {
    "export": Command(
        export,
        _add_arguments,
        "Write models as another program reads them. What is pending is left aside.",
        "json           a list of documents, each with its key; `import json` reads it back\n"
        "csv            a row a model; `import csv` reads it back\n"
        "litellm-proxy  the model_list of LiteLLM's proxy, in YAML: active models; keys by their names only\n\n"
        f"{QUERY_NOTE}",
        usage="modeltui export [-C DIR] FORMAT [QUERY ...] [--sort A,-B] [--columns A,B] [--out FILE]",
        reads_foreign=True,
    )
}
