"""Any edit of any document gives the right file, byte for byte elsewhere. None of these needs to be refused."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any, NamedTuple, TypeGuard

import tomli
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from modeltui.domain.change import Edit
from modeltui.domain.document import ABSENT, Absent, FieldPath, Value, differences, get, same, with_value
from modeltui.errors import UsageError
from modeltui.storage.toml.editor import edited
from modeltui.storage.toml.locate import Lines

BOM = b"\xef\xbb\xbf"

often = settings(max_examples=3 * settings().max_examples, suppress_health_check=list(HealthCheck))
seldom = settings(suppress_health_check=list(HealthCheck))


class Chunk(NamedTuple):
    """Some lines of a document."""

    lines: tuple[str, ...]
    owner: FieldPath
    """The field that they belong to; of blank lines and comments the table that they stand in."""
    is_trivia: bool = False


class Written(NamedTuple):
    """A document whose every line is known to belong to some field, without any scanner's help."""

    content: bytes
    owned: list[tuple[bytes, Chunk]]
    """All lines in order, with their ends, and the chunk that each is of."""

    @property
    def data(self) -> dict[str, Any]:
        return read(self.content)


def read(content: bytes) -> dict[str, Any]:
    return tomli.loads(content.removeprefix(BOM).decode())


names = st.sampled_from(["a", "b", "c", "lock", "name", "x-1", "1", "é", "a b", 'q"', "", "a.b", "[a]", "#"])
texts = st.one_of(
    st.sampled_from(
        ["", "x", "[lock]", "a = 1", "# no", "it's", 'say "hi"', '"""', "'''", "C:\\dir", "tab\t", "{", "]"]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=6),
    st.lists(st.sampled_from(["one", "", "[two]", "# three", 'a = "b"', "\\"]), min_size=2, max_size=4).map("\n".join),
)
scalars: st.SearchStrategy[Any] = st.one_of(
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.sampled_from([0, 1, 200_000, 0.0, -0.0, 1.0, 1e16, 1.5, math.inf, math.nan]),
    st.sampled_from(
        [date(2026, 1, 31), time(7, 32, 1), datetime(2026, 1, 31, 7, 32, tzinfo=UTC), datetime(1, 2, 3, tzinfo=UTC)]
    ),
    texts,
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(names, inner, max_size=3)),
    max_leaves=6,
)


@st.composite
def spellings(draw: st.DrawFn, *, depth: int = 0) -> str:
    """The text of a value, in any of the ways that TOML allows."""
    plain = ["true", "1", "1_000", "0xff", "+1.50", "-0.0", "6.02e23", "inf", '"x # y"', "'[a]'", '""']
    dated = ["2026-01-31", "2026-01-31 07:32:00Z", "2026-01-31T07:32:00.5+01:00", "07:32:00"]
    lines = [
        '"""\n[lock]\na = 1\n# no\n"""',
        "'''\n[a]\n'''",
        '"""x""y"""""',
        '"""\\\n  folded"""',
        "''''a'''''",
        '"""\n# no"""',
    ]
    if depth > 2 or draw(st.integers(0, 3)) > 1:
        return draw(st.sampled_from(plain + dated + (lines if depth < 2 else [])))
    if draw(st.booleans()):
        items = draw(st.lists(spellings(depth=depth + 1), max_size=4))
        return draw(st.sampled_from(_array_forms(items)))
    keys = draw(st.lists(names.map(quoted), max_size=3, unique=True))
    pairs = [f"{key} = {draw(spellings(depth=depth + 1))}" for key in keys]
    if draw(st.booleans()):
        pairs = [f"{quoted('t')}.{pair}" for pair in pairs]
    return draw(st.sampled_from(_table_forms(pairs)))


def _array_forms(items: list[str]) -> list[str]:
    tall = "".join(f"  {item}, # about {at}\n" for at, item in enumerate(items))
    above = "".join(f"  # above {at}\n  {item},\n" for at, item in enumerate(items))
    open_end = ",\n".join(f"\t{item}" for item in items)
    return [
        f"[{', '.join(items)}]",
        f"[ {','.join(items)} ]",
        f"[\n{tall}]",
        f"[ # first\n{above}  # last\n]",
        f"[\n{open_end} # open\n]",
        f"[{' , '.join(items)}{',' if items else ''}]",
    ]


def _table_forms(pairs: list[str]) -> list[str]:
    tall = "".join(f"  {pair}, # about {at}\n" for at, pair in enumerate(pairs))
    return [f"{{{','.join(pairs)}}}", f"{{ {', '.join(pairs)} }}", f"{{\n{tall}}}"]


def quoted(name: str) -> str:
    if name and name.isascii() and name.replace("-", "").isalnum():
        return name
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


@st.composite
def documents(draw: st.DrawFn) -> Written:
    """A valid document with everything odd in it."""
    chunks = draw(bodies(()))
    lengths: dict[FieldPath, int] = {}
    seen: dict[tuple[str, ...], bool] = {}
    for _ in range(draw(st.integers(0, 4))):
        header = draw(headers(list(seen)))
        if seen.get(header) is False:
            continue
        is_array = seen.setdefault(header, draw(st.integers(0, 3)) == 0)
        path = resolved(header, lengths)
        if is_array:
            lengths[path] = lengths.get(path, 0) + 1
            path = (*path, lengths[path] - 1)
        name = ".".join(map(quoted, header))
        line = draw(indents) + (f"[[{name}]]" if is_array else f"[ {name} ]") + draw(comments)
        chunks += [*draw(trivia(path)), Chunk((line,), path), *draw(bodies(path))]
    return draw(endings(chunks))


def resolved(header: tuple[str, ...], lengths: dict[FieldPath, int]) -> FieldPath:
    """The path of a header, with the position of the last table in each array on the way."""
    path: FieldPath = ()
    for name in header[:-1]:
        path = (*path, name)
        path = (*path, lengths[path] - 1) if path in lengths else path
    return (*path, header[-1])


indents = st.sampled_from(["", "", "", "  ", "\t"])
comments = st.sampled_from(["", "", " # note", "   #[x]", "\t"])


@st.composite
def headers(draw: st.DrawFn, seen: list[tuple[str, ...]]) -> tuple[str, ...]:
    new = tuple(draw(st.lists(names, min_size=1, max_size=2)))
    base = draw(st.sampled_from([(), *seen]))
    return draw(st.sampled_from([new, (*base, *new), base or new]))


@st.composite
def bodies(draw: st.DrawFn, table: FieldPath) -> list[Chunk]:
    chunks: list[Chunk] = []
    for name in draw(st.lists(names, max_size=4, unique=True)):
        chunks += draw(trivia(table))
        path = (name, *draw(st.sampled_from([(), (), (), ("d",), ("d", "e")])))
        key = " . ".join(map(quoted, path)) if draw(st.integers(0, 4)) == 0 else ".".join(map(quoted, path))
        sign = draw(st.sampled_from([" = ", "=", "  =\t"]))
        text = draw(indents) + key + sign + draw(spellings()) + draw(comments)
        chunks.append(Chunk(tuple(text.split("\n")), (*table, *path)))
    return chunks + draw(trivia(table))


@st.composite
def trivia(draw: st.DrawFn, table: FieldPath) -> list[Chunk]:
    lines = draw(st.lists(st.sampled_from(["", "", "# a comment", "  # [lock]", "\t"]), max_size=2))
    return [Chunk((line,), table, is_trivia=True) for line in lines]


@st.composite
def endings(draw: st.DrawFn, chunks: list[Chunk]) -> Written:
    """Line ends (LF, CRLF or both), a byte order mark or none, a last line with or without its end."""
    style = draw(st.sampled_from(["\n", "\n", "\r\n", "mixed"]))
    lines = [(line, chunk) for chunk in chunks for line in chunk.lines]
    ends = [draw(st.sampled_from(["\n", "\r\n"])) if style == "mixed" else style for _ in lines]
    if ends and draw(st.integers(0, 3)) == 0:
        ends[-1] = ""
    owned = [((line + end).encode(), chunk) for (line, chunk), end in zip(lines, ends, strict=True)]
    mark = BOM if draw(st.integers(0, 5)) == 0 else b""
    written = Written(mark + b"".join(line for line, _ in owned), owned)
    try:
        read(written.content)
    except tomli.TOMLDecodeError:
        assume(False)
    return written


def paths_in(value: Any, at: FieldPath = ()) -> Iterator[FieldPath]:
    if at:
        yield at
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from paths_in(item, (*at, key))


@st.composite
def edits_of(draw: st.DrawFn, data: dict[str, Any]) -> list[Edit]:
    """One to three edits: of fields that are there, of new ones, of whole tables; values of any type."""
    edits = []
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from([(), *paths_in(data)]))
        if not path or (isinstance(get(data, path), dict) and draw(st.booleans())):
            path = (*path, *draw(st.lists(names, min_size=1, max_size=2)))
        old = get(data, path)
        new: Value | Absent = ABSENT if draw(st.integers(0, 3)) == 0 else draw(st.one_of(values, nearby(old)))
        try:
            data = with_value(data, path, new)
        except UsageError:
            continue
        edits.append(Edit(path, old, new))
    assume(edits)
    return edits


@st.composite
def nearby(draw: st.DrawFn, old: Value | Absent) -> Value:
    """A value not unlike the old one: a list or table with something taken out, put in or changed."""
    if isinstance(old, list):
        items = [item for item in old if draw(st.integers(0, 3))]
        items.insert(draw(st.integers(0, len(items))), draw(values))
        return items
    if isinstance(old, dict):
        table = {key: item for key, item in old.items() if draw(st.integers(0, 3))}
        return {**table, draw(names): draw(values)}
    return draw(values)


def changed(old: Any, new: Any) -> list[FieldPath]:
    """The fields that differ; a list of tables that keeps its length is looked into."""
    found: list[FieldPath] = []
    for path, before, after in differences(old, new):
        if is_tables(before) and is_tables(after) and len(before) == len(after):
            pairs = enumerate(zip(before, after, strict=True))
            found += [(*path, at, *inner) for at, (one, other) in pairs for inner in changed(one, other)]
        else:
            found.append(path)
    return found


def is_tables(value: Any) -> TypeGuard[list[dict[str, Any]]]:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def untouched(written: Written, paths: list[FieldPath]) -> list[bytes]:
    """The lines that must still be there: all but those of changed fields, and blank ones."""

    def stays(chunk: Chunk) -> bool:
        owner = chunk.owner
        is_inside = any(owner[: len(path)] == path for path in paths)
        is_around = any(path[: len(owner)] == owner for path in paths)
        is_header = chunk.lines[0].lstrip().startswith("[")
        return not is_inside and (chunk.is_trivia or is_header or not is_around)

    return [line for line, chunk in written.owned if line.strip() and stays(chunk)]


def is_subsequence(lines: list[bytes], of: list[bytes]) -> bool:
    rest = iter(of)
    return all(line in rest for line in lines)


def is_closed(content: bytes) -> bool:
    return content.removeprefix(BOM)[-1:] in {b"\n", b""}


@often
@given(st.data())
def test_an_edit_is_right_and_none_is_refused(data: st.DataObject) -> None:
    written = data.draw(documents())
    edits = data.draw(edits_of(written.data))
    wanted: Any = written.data
    for edit in edits:
        wanted = with_value(wanted, edit.path, edit.new)
    new = edited(written.content, edits)
    event("same" if new is written.content else "edited")
    assert same(read(new), wanted)
    assert (new is written.content) == same(wanted, written.data)
    assert new.startswith(BOM) == written.content.startswith(BOM)
    must = untouched(written, changed(written.data, wanted))
    lines = new.removeprefix(BOM).splitlines(keepends=True)
    if not is_closed(written.content):
        assert not is_closed(new) or new in {b"", BOM}
        must, lines = [line.rstrip() for line in must], [line.rstrip() for line in lines]
    assert is_subsequence(must, lines)


@seldom
@given(documents(), values)
def test_nothing_is_refused_that_a_catalogue_needs(written: Written, value: Value) -> None:
    """Lock and unlock, set and unset a key at the top: taken, and back to the very same bytes."""
    data, lock = written.data, {"locked": True, "by": "ann", "at": datetime(2026, 1, 31, tzinfo=UTC)}
    for path, new in ((("frozen",), lock), (("new key",), value)):
        there = edited(written.content, [Edit(path, ABSENT, new)])
        assert same(read(there), {**data, path[0]: new})
        back = edited(there, [Edit(path, new, ABSENT)])
        assert same(read(back), data)
        if new is lock and written.content.strip():
            assert back == written.content


@seldom
@given(documents())
def test_every_field_is_found_on_its_line(written: Written) -> None:
    lines = Lines(written.content)
    number = 1
    first: dict[FieldPath, int] = {}
    for _, chunk in written.owned:
        if not chunk.is_trivia:
            first.setdefault(chunk.owner, number)
        number += 1
    assert {path: lines.line_of(path) for path in first} == first
