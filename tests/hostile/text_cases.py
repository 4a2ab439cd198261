"""Texts that attack whatever shows them: a terminal, markup, a commit message, a spreadsheet, JSON."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator

from cli.small import write
from hostile.ground import TYPE, Expected, Ground, case
from modeltui.config import load_settings

INJECTIONS = (
    "\x1b[31mred\x1b[2J\x1b[H",
    "\x1b]52;c;aGVsbG8=\x07",
    "\x1b]0;title\x07\x1b]8;;https://evil.example\x07link",
    "\x1bP$q\x1b\\ \x1b[6n \x1b[c \x1b[21t",
    "\x9b31m\x9d52;c;aGVsbG8=\x9c\x90\x85",
    "\u202eevil\u202c \u2066isolated\u2069 \u200e\u200f\u061c",
    "\x00nul\x07bell\x08back\x0cfeed\x0bvt\x7fdel",
    "zero\u200bwidth\u200d\u2060\ufeff\u00ad",
    "two\nlines\r\nand\rmore\u2028line\u2029paragraph\x85next",
    "[/] [/bold] [bold [red]x[/red]",
    "[@click=app.quit]click[/] [@click=app.bell()]b[/]",
    "[link=https://evil.example]here[/link] $text-error",
    "\ue000private \ufdd0none \U000e0041tag \U0010ffff",
    "=HYPERLINK(\"https://evil.example\",\"x\")",
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1)",
    "\t=1+1",
    "\r=1+1",
    "::error file=x::owned\n::set-output name=a::b",
    "e\u0301\u0302\u0303 漢字 \U0001f469\u200d\U0001f4bb",
    "../../../../etc/passwd",
    "%s%n{0}{name} ${env.HOME} $(id) `id`",
)  # fmt: skip

_SLUG = re.compile("[a-z0-9-]+")
_FREE = ("name", "model_id", "description", "version", "family", "variant", "source")
_STRICT = ("provider", "content_type", "group", "category", "logo", "status", "replaced_by")


def quoted(text: str) -> str:
    """A TOML string of this text, in ASCII."""
    return '"' + "".join(each if each.isascii() and each.isalnum() else f"\\U{ord(each):08x}" for each in text) + '"'


def file_name(text: str, number: int) -> str:
    """As much of the text as a name can hold, and not hidden."""
    return text.replace("\0", "").replace("/", "").lstrip(".")[:60] + f"-{number}"


@case
def texts_of_fields(ground: Ground) -> Iterator[Expected]:
    """Everything that is free text is hostile, and the file is usable all the same."""
    for number, text in enumerate(INJECTIONS):
        slug, value = f"text-{number:02}", quoted(text)
        lines = ground.sound(slug, name=f"NAME{number}").splitlines()
        kept = [line for line in lines if not line.startswith((*(f"{name} =" for name in _FREE), "tags", "#"))]
        head = [f"{name} = {value}" for name in _FREE] + [f"tags = [{value}]"]
        body = "\n".join([*head, *kept]).replace(f'model = "{slug}"', f"model = {value}")
        ground.write(
            slug, body + f"\n[lock]\nlocked = {str(number % 2 == 1).lower()}\nby = {value}\nreason = {value}\n"
        )
    yield from ()


@case
def texts_of_strict_fields(ground: Ground) -> Iterator[Expected]:
    """Fields that take no such text, names of keys, tables and inputs, values of the wrong kind, placeholders."""
    for number, text in enumerate(INJECTIONS):
        slug, value = f"odd-{number:02}", quoted(text)
        head = [f"{name} = {value}" for name in _STRICT] + [
            "schema = 1",
            f'uid = "{uuid.uuid5(uuid.NAMESPACE_URL, slug)}"',
            f"name = {value}\nmodel_id = {value}",
            f"keys = [{value}]\nreleased_on = {value}\norder = {value}\nactive = {value}",
            f"{value} = {value}",
            f"[inputs.{value}]\ntype = {value}\ntitle = {value}",
            f"[inputs.prompt]\ntype = 'string'\nenum = [{value}]\ndefault = {value}\nhelp = {value}\npattern = {value}",
            f"[request]\nmethod = {value}\npath = {value}\n[request.headers]\n{value} = {value}",
            f"[request.body]\n{value} = '${{inputs.x}}'",
            f"[request.save]\n{value} = {value}",
            f"[result]\nkind = {value}\nselect = {value}",
            f"[cost]\ncurrency = {value}\nbase = {value}",
            f"[{value}]\n{value} = {value}",
        ]
        ground.write(slug, "\n".join(head) + "\n")
        yield Expected(ground.path(slug), "")
        ground.write(f"uid-{number:02}", ground.sound(f"uid-{number:02}", uid="UID").replace('"UID"', value))
        yield Expected(ground.path(f"uid-{number:02}"), "bad-value")


@case
def texts_of_broken_files(ground: Ground) -> Iterator[Expected]:
    """Raw in the file, so that the parser's complaint quotes it."""
    for number, text in enumerate(INJECTIONS):
        slug = f"raw-{number:02}"
        ground.write(slug, f"a = {text}\n{text} = 1\n[{text}]\n")
        yield Expected(ground.path(slug), "")


@case
def texts_of_file_names(ground: Ground) -> Iterator[Expected]:
    for number, text in enumerate(INJECTIONS):
        slug, is_odd = file_name(text, number), "\\" in text
        ground.write(slug, ground.sound(f"file-name-{number}"))
        if not _SLUG.fullmatch(slug):
            yield Expected(ground.path(slug), "bad-name" if is_odd else "slug-form")
        write(ground.root / "models" / f"{slug}-type" / "x.toml", ground.sound(f"folder-name-{number}"))
        yield Expected(
            *((f"models/{slug}-type", "bad-name") if is_odd else (f"models/{slug}-type/x.toml", "folder-mismatch"))
        )


@case
def texts_of_providers(ground: Ground) -> Iterator[Expected]:
    for number, text in enumerate(INJECTIONS):
        name, value = file_name(text, number), quoted(text)
        lines = [
            "schema = 1",
            f"id = {value}\nname = {value}\nbase_url = {value}\nhosts = [{value}]\n{value} = {value}",
            f"[auth]\nscheme = {value}\nheader = {value}\nenv = [{value}]\nenv_allow = [{value}]",
        ]
        write(ground.root / "providers" / f"{name}.toml", "\n".join(lines) + "\n")
        yield Expected(f"providers/{name}.toml", "")


@case
def texts_of_settings(ground: Ground) -> Iterator[Expected]:
    value = quoted("".join(INJECTIONS))
    me = quoted(load_settings(str(ground.root)).user)
    write(
        ground.root / "catalog.toml",
        f"schema = 1\n{value} = {value}\n[policy]\n[policy.roles]\nviewer = [{value}]\nadmin = [{value}, {me}]\n",
    )
    yield Expected("catalog.toml", "unknown-key", 2)
    presets = ground.root / "presets"
    for number, text in enumerate(INJECTIONS):
        write(presets / f"{file_name(text, number)}.toml", f"schema = {value}\n")


@case
def a_crowd_with_one_name(ground: Ground) -> Iterator[Expected]:
    """What a message lists must have an end."""
    for number in range(300):
        slug = f"crowd-{number:03}"
        text = ground.sound(slug, uid="22222222-2222-4222-8222-222222222222", model_id="crowd", default="true")
        ground.write(slug, text.replace(f'"{TYPE}"', '"crowded"'))
    yield Expected(ground.path("crowd-299"), "duplicate-uid")
