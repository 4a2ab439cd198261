"""The fast parser gives what tomli gives, of every text that it is given, or leaves it to tomli."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tomli
from hypothesis import example, given, settings
from hypothesis import strategies as st

from modeltui.domain.syntax import BOM
from modeltui.errors import BrokenFileError
from modeltui.storage.limits import check_limits
from modeltui.storage.toml import codec, fast_toml
from modeltui.storage.toml.fast_toml import fast_loads

CATALOG = Path(__file__).parents[2] / "catalog"
_DEFAULT = settings.get_profile("default").max_examples


def _exactly(value: Any) -> Any:
    """Equal for values that are the same in type, order, sign and time zone."""
    if isinstance(value, dict):
        return [(key, _exactly(each)) for key, each in value.items()]
    if isinstance(value, list):
        return [_exactly(each) for each in value]
    if isinstance(value, dt.datetime | dt.time):
        return type(value), value.isoformat(), value.fold, repr(value.tzinfo)
    return type(value), repr(value)


def _agree(content: bytes) -> bool:
    """Whether the fast parser took it. Fails where it gives anything but what tomli gives."""
    try:
        check_limits(content)
        text = content.removeprefix(BOM).decode()
    except (BrokenFileError, UnicodeDecodeError):
        return False
    found = fast_loads(text)
    if found is not None:
        assert _exactly(found) == _exactly(tomli.loads(text))
    return found is not None


@pytest.fixture(autouse=True, scope="module")
def loaded() -> None:
    """Without it there would be nothing to compare."""
    assert fast_toml._loader() is not None


def test_the_sample_catalogue_is_read_fast() -> None:
    """But for its few workflows, whose steps repeat headers."""
    assert all(_agree(path.read_bytes()) for path in CATALOG.rglob("*.toml") if path.parent.name != "workflows")
    assert not any(_agree(path.read_bytes()) for path in (CATALOG / "workflows").iterdir())


def _real(folder: Path) -> Iterator[bytes]:
    for path in sorted((folder / "malformed").iterdir()):
        yield path.read_bytes()
    with tarfile.open(folder / "models.dev.tar.gz") as archive:
        for member in archive:
            if member.isreg() and member.name.endswith(".toml"):
                file = archive.extractfile(member)
                assert file is not None
                yield file.read()


def test_real_files_are_read_alike_and_nearly_all_fast(shared_data: Path) -> None:
    taken = [_agree(content) for content in _real(shared_data)]
    assert taken.count(True) > 0.98 * len(taken) > 900


_EDGES = [
    *("1979-05-27T07:32:00.1234567Z", "1979-05-27 07:32:00", "07:32:00.999999999", "07:32", "1979-05-27T07:32"),
    *("1979-05-27T07:32:60Z", "24:00:00", "1979-02-30", "0000-01-01", "1979-05-27T07:32:00-23:59", "1900-02-29"),
    *("1979-05-27T07:32:00-00:00", "1979-05-27t07:32:00z", "0001-01-01T00:00:00+01:00", "1979-05-27T07:32:00+24:00"),
    *("9223372036854775808", "-9223372036854775809", "0xffffffffffffffffff", "0o7", "0b1", "+0x1", "-0", "01", "1__0"),
    *(
        "-0.0",
        "+0.0",
        "nan",
        "-nan",
        "inf",
        "-inf",
        "1e400",
        "1e-400",
        "4.9e-324",
        "2.4703282292062327e-324",
        "1_0.0_1",
    ),
    *("0.1000000000000000055511151231257827021181583404541015625", "1.7976931348623158e308", "1.", ".1", "1e_1", "0x"),
    *('"\\e\\x41\\u00e9\\U0001F600"', '"\\ud800"', '"\\u0000"', '"\x7f"', '"\x85"', '"""\r\nx\r\ny"""', '"""x\ry"""'),
    *(
        '"""\\\n  x"""',
        '""""x"""""',
        "'''''x'''''",
        "{b=1,}",
        "{\nb=1}",
        "{b=1\n,c=2}",
        "{b\n=1}",
        "{b=\n1}",
        "{b= #x\n1}",
    ),
    *(
        "{b=1,#x\n}",
        "{,}",
        "[1,,2]",
        "[1,]",
        "[[[]]]",
        "{b.c=1,b.d=2}",
        "{b={c=1},b.d=2}",
        "1\r\nb=2",
        "1\rb=2",
        "1\x0c",
    ),
    *("9" * 1000, "9" * 4300, "9" * 4301, "-" + "9" * 5000, "0x" + "f" * 1000, "1." + "3" * 5000, "1e" + "9" * 400),
]


@pytest.mark.parametrize("value", _EDGES, ids=lambda value: repr(value)[:40])
def test_odd_values(value: str) -> None:
    _agree(f"a = {value}".encode())
    _agree(f"a = [{value}]\nb = {{c = {value}}}\n".encode())


@pytest.mark.parametrize(
    "text",
    [
        *(
            "\ufeffa=1",
            "\ufeff\ufeffa=1",
            "[[b.a]]\n[b]\na.b.c=1",
            '[["".a]]\n[""]\na.b=1',
            "[a]\n[a]",
            "[a]\nb=1\n[a.b]",
        ),
        *("a.b=1\n[a]", "[[a]]\n[a]", "a=[]\n[[a]]", "a=[{}]\n[[a]]", "[a]\nb.c=1\n[a.b]", "[a]\nb.c=1\n[a.b.d]"),
        *(
            "[[a]]\n[a.b]\n[[a]]\n[a.b]",
            "a={b=1}\n[a.c]",
            "a={b=1}\na.c=2",
            "[a.b.c]\n[a]\nb.d=1",
            '""=1',
            '"a"=1\na=2',
        ),
        *(
            "# \x01\na=1",
            "é=1",
            "a=1\u2028b=1",
            "a\u00a0=1",
            "[a\n]",
            "a.\nb=1",
            "a=1#",
            "a=1 b=2",
            "",
            "\r",
            "a=\u0661",
        ),
    ],
    ids=repr,
)
def test_odd_texts(text: str) -> None:
    _agree(text.encode())


_HOSTILE = [
    *(b"a=" + b"[" * depth + b"]" * depth for depth in (62, 63, 64)),
    *(b"a=" + b"{a=" * depth + b"1" + b"}" * depth for depth in (31, 32, 63)),
    *(b"[" + b".".join([b"a"] * depth) + b"]\nb=1" for depth in (63, 64, 65)),
    b"[" + b".".join([b"a"] * 60) + b"]\n" + b".".join([b"b"] * 60) + b"=" + b"[" * 60 + b"]" * 60,
    b"\n".join(b"[[a" + b".a" * (depth % 60) + b"]]" for depth in range(2000)),
    b"".join(b"[" + b".".join([b"a%d" % number] * 60) + b"]\n" for number in range(500)),
    b'a="' + b"x" * 260_000 + b'"',
    b'"' + b"k" * 200_000 + b'"=1',
    b'a="' + b"\\u00e9" * 40_000 + b'"',
    b"\n".join(b"k%d=1" % number for number in range(20_000)),
    b"[[t]]\n" * 20_000,
    b"a=[" + b"1," * 100_000 + b"]",
    b"a=" + b"9" * 250_000,
    b"a=" + b"[" * 200_000,
    b"a='''" + b"\n" * 200_000,
    b"=\n" * 100_000,
    b"[[" * 60 + b"." * 200_000,
]


def test_no_text_within_the_limits_ends_the_process() -> None:
    """In another process, since a parser that runs out of stack takes everything with it."""
    code = (
        "import sys\n"
        "from modeltui.storage.toml.fast_toml import fast_loads\n"
        "from modeltui.storage.limits import check_limits\n"
        "from modeltui.errors import BrokenFileError\n"
        "content = sys.stdin.buffer.read()\n"
        "try:\n"
        "    check_limits(content)\n"
        "except BrokenFileError:\n"
        "    sys.exit()\n"
        "fast_loads(content.decode())\n"
    )
    for content in _HOSTILE:
        done = subprocess.run(
            [sys.executable, "-c", code], input=content, capture_output=True, check=False, timeout=120
        )
        assert (done.returncode, done.stderr) == (0, b""), content[:40]


@pytest.mark.parametrize("content", _HOSTILE, ids=lambda content: repr(content)[:30])
def test_hostile_texts(content: bytes) -> None:
    _agree(content)


_TOKENS = st.sampled_from(
    [
        *(
            "a",
            "b",
            '"a"',
            "'b'",
            '""',
            "1",
            "=",
            " = ",
            ".",
            ",",
            "\n",
            "\n",
            "\r\n",
            "\r",
            "[",
            "]",
            "[[",
            "]]",
            "{",
            "}",
        ),
        *(
            "#x",
            "#",
            " ",
            "\t",
            '"',
            "'",
            '"""',
            "'''",
            "\\",
            "\\n",
            "\\u00e9",
            "\\x41",
            "true",
            "inf",
            "nan",
            "-",
            "+",
            "_",
        ),
        *(
            "0x1F",
            "1.5",
            "1e5",
            "-0.0",
            "1979-05-27",
            "07:32:00",
            "T",
            "Z",
            "+01:00",
            ".1234567",
            "é",
            "\ufeff",
            "\x85",
        ),
        *(
            "a=1\n",
            "b={a=1}\n",
            "[a.b]\n",
            "[[a]]\n",
            "[[b.a]]\n",
            "a.b=1\n",
            "[a]\n",
            "[[a.b]]\n",
            "c=[1,2]\n",
            "\x00",
            "\x7f",
        ),
    ]
)
_LINES = st.sampled_from(
    [
        f"{opening}{key}{closing}{value}"
        for key in ("a", "b", "a.b", "a.b.c", "b.a", '"a"."b"', '"".a')
        for opening, closing, value in [
            *(("[", "]", ""), ("[[", "]]", ""), ("", "=", "1"), ("", "=", "{a=1}"), ("", "=", "[]"), ("", "=", "[{}]")),
            *(("", "=", "{a.b=1}"), ("", "=", "{a={b=1},c=2}"), ("", "=", "[{a=1},\n{b=2}]")),
        ]
    ]
)


@settings(max_examples=4 * _DEFAULT)
@given(st.lists(_TOKENS, max_size=20).map("".join))
def test_any_tokens(text: str) -> None:
    _agree(text.encode())


@settings(max_examples=4 * _DEFAULT)
@given(st.lists(_LINES, max_size=8).map("\n".join))
@example("[[b.a]]\n[b]\na.b.c=1")
def test_any_tables(text: str) -> None:
    _agree(text.encode())


@settings(max_examples=4 * _DEFAULT)
@given(st.one_of(st.floats().map(repr), st.integers().map(str), st.decimals().map(str), st.datetimes().map(str)))
def test_any_numbers_and_times(value: str) -> None:
    _agree(f"a = {value}".encode())


_SAMPLES = [path.read_bytes() for path in sorted(CATALOG.rglob("*.toml"))[::12]]


@settings(max_examples=4 * _DEFAULT)
@given(
    st.sampled_from(_SAMPLES),
    st.lists(
        st.tuples(st.floats(0, 1), st.integers(0, 20), st.one_of(_TOKENS.map(str.encode), st.binary(max_size=2))),
        max_size=3,
    ),
)
def test_any_slips_in_real_files(content: bytes, slips: list[tuple[float, int, bytes]]) -> None:
    for place, gone, put in slips:
        at = int(place * len(content))
        content = content[:at] + put + content[at + gone :]
    _agree(content)


def test_an_error_is_worded_by_tomli_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codec, "_FEW", 0)
    for content in (b"a = \n", b"a = null\n", b"a = '\xff'", b"a = " + b"9" * 5000, b"[" * 100, b"a = 1\0"):
        with pytest.raises(BrokenFileError) as slow:
            codec.parse(content)
        with pytest.raises(BrokenFileError) as fast:
            codec.fast_parse(content)
        assert vars(fast.value) == vars(slow.value)


def test_a_parser_that_fails_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    class PanicException(BaseException):  # its name in the parser
        pass

    def failing(_: str) -> dict[str, Any]:
        raise PanicException

    monkeypatch.setattr(codec, "_FEW", 0)
    monkeypatch.setattr(fast_toml, "_loader", lambda: failing)
    assert codec.fast_parse(b"a = 1") == {"a": 1}

    def interrupted(_: str) -> dict[str, Any]:
        raise KeyboardInterrupt

    monkeypatch.setattr(fast_toml, "_loader", lambda: interrupted)
    with pytest.raises(KeyboardInterrupt):
        codec.fast_parse(b"a = 1")


def test_without_it_all_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rtoml", None)
    fast_toml._loader.cache_clear()
    monkeypatch.setattr(codec, "_FEW", 0)
    assert codec.fast_parse(BOM + b"a = 1") == {"a": 1}
    fast_toml._loader.cache_clear()


def test_few_files_do_not_load_it() -> None:
    code = (
        "import sys\n"
        "from modeltui.storage.toml.codec import fast_parse\n"
        "for number in range(100): fast_parse(b'a = 1')\n"
        "assert 'rtoml' not in sys.modules\n"
        "fast_parse(b'a = 1')\n"
        "assert 'rtoml' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
