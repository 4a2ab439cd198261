"""`export`: models as other programs read them."""

from __future__ import annotations

from argparse import Namespace

from modeltui.cli import asking, output, report
from modeltui.cli.arguments import QUERY_NOTE, Parser, add_query, add_yes, assignment, query_of
from modeltui.cli.commands import Command
from modeltui.cli.outcome import counted
from modeltui.cli.session import Session
from modeltui.errors import UsageError
from modeltui.services.exchange import EXPORTS


def export(session: Session, arguments: Namespace) -> int:
    exchange = session.workspace.exchange
    if arguments.columns and arguments.form != "csv":
        raise UsageError("--columns is for csv", hint="the other formats hold what they hold")
    models = session.workspace.catalog.select(query_of(arguments), arguments.sort)
    names = dict(assignment(word) for word in arguments.provider)
    found = exchange.export(arguments.form, [model.key for model in models], arguments.columns, names)
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


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _add_arguments(parser: Parser) -> None:
    parser.add_argument("form", choices=EXPORTS, metavar="FORMAT", help=", ".join(EXPORTS))
    add_query(parser, is_needed=False)
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
        reads_foreign=True,
    )
}
