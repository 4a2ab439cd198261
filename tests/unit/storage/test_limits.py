"""No file can hang or crash a parser, and no honest file is refused for what stands in its strings."""

from __future__ import annotations

import pytest

from modeltui.errors import BrokenFileError
from modeltui.storage.limits import MAX_BYTES, MAX_DEPTH, MAX_DOTS, check_limits
from modeltui.storage.toml import codec


def refusal(content: bytes) -> BrokenFileError:
    with pytest.raises(BrokenFileError) as caught:
        check_limits(content)
    return caught.value


MANY = ".[{" * 300

HONEST = {
    "basic string": f'a = "{MANY}"\n',
    "string with escaped quotes": f'a = "\\"{MANY}\\\\"\nb = "{MANY}"\n',
    "literal string": f"a = 'C:\\{MANY}'\n",
    "multi-line string": f'a = """\n"{MANY}" and ""{MANY}""\n"""\n',
    "multi-line string that ends in quotes": f'a = """{MANY}"""""\nb = "{MANY}"\n',
    "multi-line literal": f"a = '''\n{MANY}''{MANY}\n'''\n",
    "comment": f"# it's {MANY}\na = 1 # {MANY}\n",
    "many numbers on one line": f"a = [{', '.join(['0.5'] * 500)}]\n",
    "many numbers on many lines": f"a = [\n{'  1.5,' * 3}\n" + "1.5,\n" * 500 + "]\n",
    "many versions": "".join(f'v{at} = "1.2.3.4"\n' for at in range(500)),
    "many tables": "".join(f"[a.b.c{at}]\nx = [[1], [2]]\n" for at in range(500)),
    "many lists of tables": "[[a]]\nb = { c = { d = [] } }\n" * 300,
    "long digest": f'a = "0x{"f" * 5000}"\n',
    "deep but not too deep": f"a = {'[' * MAX_DEPTH}{']' * MAX_DEPTH}\n",
    "a key with as many dots as may be": ".".join("a" * (MAX_DOTS + 1)) + " = 1.5\n",
    "as large as may be": "#" * MAX_BYTES,
}


@pytest.mark.parametrize("text", HONEST.values(), ids=HONEST.keys())
def test_an_honest_file_passes(text: str) -> None:
    check_limits(text.encode())
    codec.parse(text.encode())


HOSTILE = {
    "dots": ("a." * (MAX_DOTS + 1) + "a = 1\n", "dots"),
    "quoted dots": ("x = 1\n" + '"a" . ' * (MAX_DOTS + 1) + "a = 1\n", "dots"),
    "dots in a header": ("[" + "a." * (MAX_DOTS + 1) + "a]\n", "dots"),
    "dots in an inline table": ("a = { " + "a." * (MAX_DOTS + 1) + "a = 1 }\n", "dots"),
    "brackets": ("a = " + "[" * (MAX_DEPTH + 1), "nesting"),
    "closed brackets": ("a = " + "[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1), "nesting"),
    "braces": ("a = " + "{ a = " * (MAX_DEPTH + 1), "nesting"),
    "braces and dots together": ("a = " + "{ a.b.c.d = " * 30 + "1" + " }" * 30, "nesting"),
    "brackets on many lines": ("a = " + "[\n# x\n" * (MAX_DEPTH + 1), "nesting"),
    "a number without end": ("a = 0x" + "f" * 5000, "digits"),
    "a NUL byte": ("a = 1\n\0", "NUL"),
    "too large": ("#" * (MAX_BYTES + 1), "bytes"),
}


@pytest.mark.parametrize(("text", "word"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_file_is_refused_before_the_parser(text: str, word: str) -> None:
    assert word in refusal(text.encode()).message


def test_the_place_is_told() -> None:
    error = refusal(b"a = 1\nb = " + b"[" * 65)
    assert (error.code, error.line, error.column) == ("limits", 2, 69)


def test_brackets_in_an_unclosed_string_are_left_to_the_parser() -> None:
    """The file is broken, and the reason is the string."""
    for quotes in ('"""', "'''", '"', "'"):
        check_limits(f"a = {quotes}{MANY}\n".encode())


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "9" * 200_000,
        "a = -" + "1_" * 100_000 + "1",
        "a = 1." + "9" * 200_000,
        "a = 1e" + "9" * 200_000,
        'a = """' + "\\n" * 100_000 + '"""',
        "a = [" + "1," * 100_000 + "]",
        "[[a]]\n" * 40_000,
        "\n".join(".".join("k" * 60) + f".k{at} = 1" for at in range(2000)),
        "a = " + '"' * 200_000,
        "a = 1\n" * 40_000,
        "'" * 200_000,
    ],
    ids=lambda text: text[:12],
)
def test_a_large_odd_file_ends_in_data_or_in_our_error(text: str) -> None:
    try:
        assert codec.parse(text.encode())
    except BrokenFileError as error:
        lines = error.line
    else:
        lines = 1
    assert lines
