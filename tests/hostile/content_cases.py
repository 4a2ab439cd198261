"""Files whose bytes attack the reader: depth, size, numbers, encodings, dates, shapes."""

from __future__ import annotations

from collections.abc import Iterator

from hostile.ground import Expected, Ground, case

HEAD = 'schema = 1\nuid = "00000000-0000-4000-8000-00000000000{0}"\n'
BROKEN: dict[str, tuple[bytes, str, int | None]] = {
    "deep-arrays": (b"a = " + b"[" * 100_000, "limits", 1),
    "deep-arrays-closed": (b"x = 1\na = " + b"[" * 50_000 + b"]" * 50_000, "limits", 2),
    "deep-inline-tables": (b"a = " + b"{b=" * 60_000 + b"1" + b"}" * 60_000, "limits", 1),
    "deep-mixed": (b"a = " + b"[{b=" * 30_000, "limits", 1),
    "deep-header": (b"[" + b"a." * 32_000 + b"a]\n", "limits", 1),
    "deep-array-header": (b"[[" + b"a." * 32_000 + b"a]]\n", "limits", 1),
    "dotted-key": (b"x = 1\n" + b"a." * 32_768 + b"a = 1\n", "limits", 2),
    "dotted-quoted-key": (b'"a".' * 16_384 + b"a = 1\n", "limits", 1),
    "dotted-blank-key": (b"a . " * 16_384 + b"a = 1\n", "limits", 1),
    "long-integer": (b"a = 1\nb = " + b"9" * 200_000 + b"\n", "limits", 2),
    "long-underscored": (b"b = " + b"9_" * 100_000 + b"9\n", "limits", 1),
    "long-hex": (b"b = 0x" + b"f" * 200_000 + b"\n", "limits", 1),
    "long-octal": (b"b = 0o" + b"7" * 200_000 + b"\n", "limits", 1),
    "long-binary": (b"b = 0b" + b"1" * 200_000 + b"\n", "limits", 1),
    "million-digits": (b"b = " + b"9" * 1_000_000 + b"\n", "too-large", None),
    "million-digit-float": (b"b = 0." + b"9" * 1_000_000 + b"\n", "too-large", None),
    "huge": (b'a = "' + b"x" * 300 * 1024 + b'"\n', "too-large", None),
    "nul": (b'a = 1\nb = "\0"\n', "limits", 2),
    "all-nul": (b"\0" * 4096, "limits", 1),
    "invalid-utf8": (b'a = "\xff\xfe"\n', "not-utf8", 1),
    "overlong-utf8": (b'a = 1\nb = "\xc0\xaf"\n', "not-utf8", 2),
    "surrogate-utf8": (b'a = "\xed\xa0\x80"\n', "not-utf8", 1),
    "latin1": ("a = 'é'\n".encode("latin-1"), "not-utf8", 1),
    "utf16": ("a = 'b'\n".encode("utf-16"), "limits", 1),
    "utf16-be": ("a = 'b'\n".encode("utf-16-be"), "limits", 1),
    "utf32": ("a = 'b'\n".encode("utf-32"), "limits", 1),
    "two-boms": (b"\xef\xbb\xbf\xef\xbb\xbfa = 1\n", "toml-syntax", 1),
    "raw-escape": (b'a = "\x1b[31m"\n', "toml-syntax", 1),
    "raw-delete": (b'a = "\x7f"\n', "toml-syntax", 1),
    "lone-returns": (b"a = 1\rb = 2\r", "toml-syntax", 1),
    "surrogate-escape": (b'a = "\\ud800"\n', "toml-syntax", 1),
    "beyond-unicode": (b'a = "\\UFFFFFFFF"\n', "toml-syntax", 1),
    "unclosed-string": (b'a = "' + b"x" * 200_000, "toml-syntax", 1),
    "unclosed-text": (b'a = """' + b"x\n" * 100_000, "toml-syntax", 1),
    "many-quotes": (b'a = """' + b'"" ' * 30_000, "toml-syntax", 1),
    "many-backslashes": (b'a = "' + b"\\" * 200_001 + b"\n", "toml-syntax", 2),
    "many-headers-twice": (b"[a]\n" * 20_000, "toml-syntax", 2),
    "many-keys-twice": (b"a = 1\n" * 40_000, "toml-syntax", 2),
    "year-nought": (b"a = 0000-01-01\n", "toml-syntax", 1),
    "month-thirteen": (b"a = 2026-13-01\n", "toml-syntax", 1),
    "no-such-day": (b"a = 2026-02-30\n", "toml-syntax", 1),
    "leap-second": (b"a = 2016-12-31T23:59:60Z\n", "toml-syntax", 1),
    "odd-offset": (b"a = 2026-01-01T00:00:00+99:99\n", "toml-syntax", 1),
    "random-bytes": (bytes(range(1, 256)) * 64, "not-utf8", 2),
    "only-a-bom": (b"\xef\xbb\xbf", "missing-key", None),
    "empty": (b"", "missing-key", None),
    "only-comments": (b"#" * 200_000, "missing-key", None),
    "only-blank-lines": (b"\n" * 260_000, "missing-key", None),
}
"""Content, the code that `check` gives it, and the line."""

WRONG: dict[str, tuple[str, str]] = {
    "cost-base-inf": ("cost.base = inf", "cost.base"),
    "cost-base-nan": ("cost.base = nan", "cost.base"),
    "cost-base-text-nan": ('cost.base = "NaN"', "cost.base"),
    "cost-base-text-inf": ('cost.base = "Infinity"', "cost.base"),
    "cost-base-huge": ('cost.base = "1e999999999"', "cost.base"),
    "cost-base-bool": ("cost.base = true", "cost.base"),
    "order-bool": ("order = true", "order"),
    "order-nan": ("order = nan", "order"),
    "order-inf": ("order = -inf", "order"),
    "order-below": ("order = -9223372036854775809", "order"),
    "seconds-inf": ("timing.estimated_seconds = inf", "timing.estimated_seconds"),
    "seconds-nan": ("timing.estimated_seconds = nan", "timing.estimated_seconds"),
    "seconds-huge": (f"timing.estimated_seconds = {'9' * 900}", "timing.estimated_seconds"),
    "seconds-bool": ("timing.estimated_seconds = true", "timing.estimated_seconds"),
    "active-number": ("active = 1", "active"),
    "active-text": ('active = "true"', "active"),
    "active-table": ("active.a = true", "active"),
    "lock-text": ('lock = "locked"', "lock"),
    "lock-array": ("lock = [{ locked = true }]", "lock"),
    "lock-nested": ("lock.locked.locked = true", "lock"),
    "tags-nested": ("tags = [[[[]]]]", "tags"),
    "tags-table": ("tags = { a = 1 }", "tags"),
    "released-time": ("released_on = 00:00:00", "released_on"),
    "released-moment": ("released_on = 2026-01-01T00:00:00Z", "released_on"),
    "released-text": ('released_on = "2026-01-01"', "released_on"),
    "deprecated-bool": ("deprecated_on = false", "deprecated_on"),
    "select-deep": ("result.select = '" + "[" * 299 + "'", "result.select"),
    "select-long": ("result.select = '" + "a." * 4000 + "a'", "result.select"),
    "select-parens": ("result.select = '" + "(" * 299 + "'", "result.select"),
    "select-pipes": ("result.select = '" + "a|" * 150 + "'", "result.select"),
    "pattern-wild": ("inputs.prompt.pattern = '(a+)+$'", "inputs.prompt"),
}
"""A line that a sound model gets in the place of its own, and the field that `check` names."""


@case
def broken_contents(ground: Ground) -> Iterator[Expected]:
    for name, (content, code, line) in BROKEN.items():
        ground.write(f"broken-{name}", content)
        yield Expected(ground.path(f"broken-{name}"), code, line)


@case
def wrong_values(ground: Ground) -> Iterator[Expected]:
    for name in WRONG:
        ground.write(f"wrong-{name}", wrong_text(ground, name))
        yield Expected(ground.path(f"wrong-{name}"), "")


def wrong_text(ground: Ground, name: str) -> str:
    """The text of a sound model with one field wrong: dotted keys at its top, the table's own key taken out."""
    line, field = WRONG[name]
    top, _, rest = field.partition(".")
    kept: list[str] = []
    table = ""
    for each in ground.sound(f"wrong-{name}").splitlines():
        if each.startswith("["):
            table = each.strip("[]")
        if not _is_replaced(each, table, top, rest):
            kept.append(each)
    return line + "\n" + "\n".join(kept) + "\n"


def _is_replaced(line: str, table: str, top: str, rest: str) -> bool:
    """A table that the new line opens by a dotted key must not be opened once more by its header."""
    if not table:
        return line.startswith(f"{top} =")
    return bool(rest) and table.partition(".")[0] == top


@case
def what_is_odd_and_allowed(ground: Ground) -> Iterator[Expected]:
    """Nothing is wrong with these, but for who computes with them."""
    ground.write("odd-order", ground.sound("odd-order", order="9" * 900))
    ground.write("odd-length", ground.sound("odd-length").replace("max_length = 20", f"max_length = {'9' * 900}"))
    ground.write("odd-select", ground.sound("odd-select").replace('"data.url"', f'"{"!" * 299}a"'))
    ground.write("odd-seconds", ground.sound("odd-seconds", seconds="1e308"))
    ground.write("odd-cost", ground.sound("odd-cost", cost="0." + "9" * 900))
    yield from ()


@case
def a_byte_order_mark(ground: Ground) -> Iterator[Expected]:
    ground.write("with-bom", b"\xef\xbb\xbf" + ground.sound("with-bom").encode())
    yield from ()


@case
def long_texts(ground: Ground) -> Iterator[Expected]:
    ground.write("long-name", ground.sound("long-name").replace('"Sound"', f'"{"N" * 100_000}"'))
    ground.write("wide-name", ground.sound("wide-name").replace('"Sound"', f'"{"漢" * 30_000}"'))
    ground.write("combining-name", ground.sound("combining-name").replace('"Sound"', '"e' + "\u0301" * 60_000 + '"'))
    ground.write("long-line", ground.sound("long-line") + "#" + "x" * 200_000)
    ground.write("long-key", f"{'k' * 200_000} = 1\n" + ground.sound("long-key"))
    yield Expected(ground.path("long-key"), "unknown-key", 1)


@case
def many_values(ground: Ground) -> Iterator[Expected]:
    tags = "tags = [" + "'a'," * 30_000 + "]"
    ground.write("many-tags", ground.sound("many-tags").replace('tags = ["fast"]', tags))
    yield Expected(ground.path("many-tags"), "repeated-value")
    ground.write("many-keys", "".join(f"k{number} = 0\n" for number in range(5_000)) + ground.sound("many-keys"))
    yield Expected(ground.path("many-keys"), "unknown-key", 1)
    inputs = "".join(f"[inputs.i{number}]\ntype = 'string'\n" for number in range(1_500))
    ground.write("many-inputs", ground.sound("many-inputs") + inputs)
    yield Expected(ground.path("many-inputs"), "unused-input")
    ground.write("many-tables", ground.sound("many-tables") + "".join(f"[t{number}]\n" for number in range(6_000)))
    yield Expected(ground.path("many-tables"), "unknown-key")


@case
def identities_that_repeat(ground: Ground) -> Iterator[Expected]:
    for slug in ("uid-twin-a", "uid-twin-b"):
        ground.write(slug, ground.sound(slug, uid="11111111-1111-4111-8111-111111111111"))
        yield Expected(ground.path(slug), "duplicate-uid")
    for slug in ("default-a", "default-b", "default-c"):
        ground.write(slug, ground.sound(slug, default="true"))
        yield Expected(ground.path(slug), "several-defaults")


@case
def a_lock_by_an_odd_spelling(ground: Ground) -> Iterator[Expected]:
    spellings = {
        "lock-escaped": '"\\u006cock" = { locked = true, by = "mallory" }\n',
        "lock-inline": 'lock = { "locke\\u0064" = true }\n',
        "lock-dotted": "lock.locked = true\n",
    }
    for slug, line in spellings.items():
        ground.write(slug, line + ground.sound(slug))
        yield Expected(ground.path(slug), "lock-form")
    ground.write("lock-spaced", ground.sound("lock-spaced") + '\n  [ "lock" ]  # locked\nlocked = true\n')


@case
def calls_that_attack(ground: Ground) -> Iterator[Expected]:
    sends = {
        "host-header": ("[request.headers]\nHost = 'evil.example'\n", "forbidden-header"),
        "auth-header": ("[request.headers]\nAuthorization = 'Bearer x'\n", "forbidden-header"),
        "split-header": ('[request.headers]\nx = "a\\r\\nHost: evil"\n', ""),
        "env-placeholder": ("[request.query]\nx = '${env.HOME}'\n", ""),
        "odd-placeholder": ("[request.query]\nx = '${inputs." + "a" * 1000 + "}'\n", "unknown-input"),
    }
    for slug, (text, code) in sends.items():
        ground.write(slug, ground.sound(slug) + text)
        yield Expected(ground.path(slug), code)
    ground.write("stolen-key", "keys = ['AWS_SECRET_ACCESS_KEY']\n" + ground.sound("stolen-key"))
    yield Expected(ground.path("stolen-key"), "key-not-allowed", 1)
    ground.write(
        "absolute-url", ground.sound("absolute-url").replace('path = "/v1/generate"', 'path = "https://evil/"')
    )
    yield Expected(ground.path("absolute-url"), "")
