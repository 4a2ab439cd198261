"""Trees of others: rows, documents, links, findings."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from foreign_trees import ACME, MODEL, ONE, PROVIDER, link, make, state_of
from modeltui.domain.finding import Finding
from modeltui.errors import BrokenFileError, ConfigError
from modeltui.storage.foreign import ForeignStore
from modeltui.storage.foreign_mapping import read_mapping

MAPPING = read_mapping("models.dev")


def _store(root: Path) -> ForeignStore:
    return ForeignStore(str(root), MAPPING)


def _found(root: Path) -> dict[str, set[str]]:
    """The codes of each path."""
    found: dict[str, set[str]] = {}
    for finding in _store(root).check():
        found.setdefault(finding.path, set()).add(finding.code)
    return found


def _fault(root: Path, key: str) -> str | None:
    fault = _store(root).load().models[key].fault
    return None if fault is None else fault.code


def test_a_tree_has_rows_in_the_order_of_keys(tmp_path: Path) -> None:
    catalog = _store(make(tmp_path, {f"{ACME}/models/a/b.toml": MODEL})).load()
    assert list(catalog.models) == ["acme/a/b", "acme/one"]
    assert catalog.models["acme/a/b"].path == f"{ACME}/models/a/b.toml"
    assert catalog.providers["acme"]["name"] == "Acme"
    assert catalog.documents["acme/one"]["limits"] == {"context": 128_000}
    assert len(catalog.documents) == 2
    assert catalog.faults == ()
    assert _found(tmp_path) == {}


def test_a_base_is_taken_over_and_its_change_seen(tmp_path: Path) -> None:
    make(tmp_path, {f"{ACME}/models/two.toml": 'base_model = "x/y"\n', "models/x/y.toml": MODEL})
    store = _store(tmp_path)
    before = store.load()
    assert before.models["acme/two"].name == "One"
    assert before.documents["acme/two"]["limit"]["context"] == 128_000
    (tmp_path / "models/x/y.toml").write_text(MODEL.replace('"One"', '"Basis"'), encoding="utf-8")
    after = store.load()
    assert after.models["acme/two"].name == "Basis"
    assert after.models != before.models


@pytest.mark.parametrize("kind", ["missing", "broken", "circle"])
def test_a_base_that_cannot_be_had(tmp_path: Path, kind: str) -> None:
    two = f"{ACME}/models/two.toml"
    files: Mapping[str, dict[str, str | bytes]] = {
        "missing": {two: 'base_model = "x/y"\n'},
        "broken": {two: 'base_model = "x/y"\n', "models/x/y.toml": "name = \n"},
        "circle": {two: '[extends]\nfrom = "acme/two"\n'},
    }
    make(tmp_path, files[kind])
    assert _found(tmp_path)[two] == {"base-circle" if kind == "circle" else "missing-base"}
    assert _store(tmp_path).load().models["acme/two"].fault is None


def test_the_name_of_a_base_that_was_meant(tmp_path: Path) -> None:
    make(tmp_path, {f"{ACME}/models/two.toml": 'base_model = "x/yonder"\n', "models/x/yunder.toml": MODEL})
    (finding,) = _store(tmp_path).check()
    assert finding.hint == "did you mean `models/x/yunder.toml`?"


def test_a_link_within_the_tree_is_read_under_its_own_name(tmp_path: Path) -> None:
    make(tmp_path, {"providers/other/provider.toml": PROVIDER})
    link(tmp_path, "providers/other/models/uno.toml", "../../acme/models/one.toml")
    store = _store(tmp_path)
    row = store.load().models["other/uno"]
    assert (row.provider, row.model_id, row.name) == ("other", "uno", "One")
    assert store.read(row.path) == MODEL.encode()
    assert _found(tmp_path) == {}


def test_what_is_wrong_behind_a_link_is_said_once(tmp_path: Path) -> None:
    make(tmp_path, {ONE: MODEL.replace("output = 2", "output = -2")})
    for name in ("a", "b"):
        link(tmp_path, f"{ACME}/models/{name}.toml", "one.toml")
    assert _found(tmp_path) == {ONE: {"bad-value"}}


@pytest.mark.parametrize(
    ("to", "code"),
    [
        ("../../nobody/models/one.toml", "dangling-link"),
        ("one.toml/x", "dangling-link"),
        ("odd.toml", "link-cycle"),
        ("/etc/hostname", "link-outside"),
        ("../../../../../../../../../../../../etc/hostname", "link-outside"),
        ("..", "not-a-file"),
        ("x" * 300, "dangling-link"),
    ],
)
def test_links_that_lead_nowhere_or_out(tmp_path: Path, to: str, code: str) -> None:
    root = make(tmp_path / "tree")
    odd = f"{ACME}/models/odd.toml"
    link(root, odd, to)
    code = "unreadable" if len(to) > 255 else code
    assert _fault(root, "acme/odd") == code
    assert _found(root) == {odd: {code}}
    with pytest.raises(BrokenFileError):
        _store(root).read(odd)


def test_a_row_that_cannot_be_read_has_what_its_path_tells(tmp_path: Path) -> None:
    link(make(tmp_path), f"{ACME}/models/a/odd.toml", "nowhere")
    row = _store(tmp_path).load().models["acme/a/odd"]
    assert (row.provider, row.model_id, row.active, row.is_broken) == ("acme", "a/odd", False, True)


def test_links_to_folders_are_followed_and_never_in_a_circle(tmp_path: Path) -> None:
    make(tmp_path, {"providers/other/provider.toml": PROVIDER})
    link(tmp_path, "providers/other/models", "../acme/models")
    link(tmp_path, f"{ACME}/models/up", "..")
    link(tmp_path, f"{ACME}/models/self", ".")
    link(tmp_path, f"{ACME}/models/there", "../../other/models")
    assert list(_store(tmp_path).load().models) == ["acme/one", "other/one"]
    assert {code for codes in _found(tmp_path).values() for code in codes} == {"link-cycle"}


def test_so_many_links_to_folders_are_not_followed(tmp_path: Path) -> None:
    make(tmp_path)
    for level in range(12):
        for name in ("a", "b"):
            link(tmp_path, f"maze/{level}/{name}", f"../{level + 1}")
    (tmp_path / "maze/12").mkdir()
    link(tmp_path, f"{ACME}/models/maze", "../../../maze/0")
    assert "limits" in {code for codes in _found(tmp_path).values() for code in codes}


def test_links_may_be_left_alone(tmp_path: Path) -> None:
    from msgspec.structs import replace

    link(make(tmp_path), f"{ACME}/models/odd.toml", "one.toml")
    store = ForeignStore(str(tmp_path), replace(MAPPING, links="never"))
    fault = store.load().models["acme/odd"].fault
    assert fault is not None
    assert fault.code == "link"
    with pytest.raises(BrokenFileError):
        store.read(f"{ACME}/models/odd.toml")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"name = \n", "toml-syntax"),
        (b'name = "\xe9"\n', "not-utf8"),
        (b"a = " + b"[" * 100, "limits"),
        (b"# " + b"x" * 300_000, "too-large"),
        (b"\0", "limits"),
    ],
)
def test_what_cannot_be_read_is_a_row_and_a_finding(tmp_path: Path, content: bytes, code: str) -> None:
    make(tmp_path, {f"{ACME}/models/odd.toml": content})
    assert _fault(tmp_path, "acme/odd") == code
    assert _found(tmp_path) == {f"{ACME}/models/odd.toml": {code}}


def test_a_pipe_holds_nobody_up(tmp_path: Path) -> None:
    os.mkfifo(make(tmp_path) / f"{ACME}/models/pipe.toml")
    assert _fault(tmp_path, "acme/pipe") == "not-a-file"
    assert _found(tmp_path) == {f"{ACME}/models/pipe.toml": {"not-a-file"}}


def test_files_against_each_other(tmp_path: Path) -> None:
    make(
        tmp_path,
        {
            f"{ACME}/models/ONE.toml": MODEL,
            f"{ACME}/astray.toml": "x = 1\n",
            "providers/nobody/models/two.toml": MODEL,
        },
    )
    assert _found(tmp_path) == {
        f"{ACME}/models/one.toml": {"duplicate-id"},
        f"{ACME}/astray.toml": {"stray-file"},
        "providers/nobody/provider.toml": {"missing"},
    }


def _many(root: Path, count: int, text: str) -> list[Finding]:
    make(root, {f"{ACME}/models/m{number}.toml": text for number in range(count)})
    return _store(root).check()


def test_what_many_files_share_is_said_once_as_of_another_age(tmp_path: Path) -> None:
    few = _many(tmp_path / "few", 10, MODEL.replace("tool_call = true\n", ""))
    assert [finding.code for finding in few] == ["missing-key"] * 10
    many = _many(tmp_path / "many", 30, MODEL.replace("tool_call = true\n", "").replace("temperature", "warmness"))
    assert sorted(finding.code for finding in many) == ["other-schema", "other-schema"]
    assert "30 files" in many[0].message


def test_a_slip_of_some_files_is_said_of_each(tmp_path: Path) -> None:
    others: dict[str, str | bytes] = {f"{ACME}/models/n{number}.toml": MODEL for number in range(250)}
    make(tmp_path, others)
    found = _many(tmp_path, 25, MODEL.replace("cache_read", "cached_input"))
    assert [finding.code for finding in found] == ["unknown-key"] * 25


def test_a_doubt_about_a_base_is_said_of_the_base(tmp_path: Path) -> None:
    late = MODEL.replace("2025-02", "2024-12")
    make(tmp_path, {f"{ACME}/models/two.toml": 'base_model = "x/y"\n', "models/x/y.toml": late})
    assert _found(tmp_path) == {"models/x/y.toml": {"doubtful-value"}}


def test_a_name_of_a_base_is_looked_for_in_both_places(tmp_path: Path) -> None:
    other = f"{ACME}/models/two.toml"
    make(tmp_path, {other: '[extends]\nfrom = "x/y"\n', "models/x/y.toml": MODEL})
    make(tmp_path, {f"{ACME}/models/three.toml": 'base_model = "acme/one"\n'})
    catalog = _store(tmp_path).load()
    assert [catalog.models[key].name for key in ("acme/two", "acme/three")] == ["One", "One"]
    assert _found(tmp_path) == {}


OLD = MODEL[: MODEL.index("[modalities]")].replace("open_weights = false", 'input_modalities = ["text"]')
OLD = OLD.replace("temperature = true", 'output_modalities = ["image"]')


def test_a_tree_of_an_earlier_schema_is_read_and_said_to_be_one(tmp_path: Path) -> None:
    make(tmp_path, {ONE: OLD, f"{ACME}/models/two.toml": OLD})
    assert _store(tmp_path).load().models["acme/two"].content_type == "prompt_to_image"
    assert {finding.code for finding in _store(tmp_path).check()} == {"other-schema"}


def test_a_key_of_an_earlier_schema_is_a_slip_among_files_of_this_one(tmp_path: Path) -> None:
    make(tmp_path, {f"{ACME}/models/n{number}.toml": MODEL for number in range(4)})
    make(tmp_path, {f"{ACME}/models/two.toml": OLD})
    found = _found(tmp_path)
    assert found == {f"{ACME}/models/two.toml": {"unknown-key", "missing-key"}}


def test_what_most_files_of_a_tree_have_is_missed_in_the_others(tmp_path: Path) -> None:
    options = 'reasoning_options = [{ type = "toggle" }]\n'
    make(tmp_path)
    assert _found(tmp_path) == {}
    make(tmp_path, {f"{ACME}/models/two.toml": options + MODEL})
    assert _found(tmp_path) == {ONE: {"missing-key"}}


@pytest.mark.parametrize(
    ("to", "code"), [("../gone", "dangling-link"), ("lost", "link-cycle"), ("/nowhere/else", "link-outside")]
)
def test_a_link_to_a_folder_that_is_not_there(tmp_path: Path, to: str, code: str) -> None:
    lost = f"{ACME}/models/lost"
    link(make(tmp_path / "tree"), lost, to)
    link(tmp_path / "tree", f"{ACME}/logo.svg", "nowhere.svg")
    assert _found(tmp_path / "tree") == {lost: {code}}


def test_a_link_that_was_written_as_text_is_told(tmp_path: Path) -> None:
    make(tmp_path, {f"{ACME}/models/two.toml": "../../other/models/gpt-5:0.toml"})
    (finding,) = _store(tmp_path).check()
    assert (finding.code, finding.line, finding.column) == ("toml-syntax", 1, 1)
    assert "core.symlinks" in (finding.hint or "")


def test_names_that_differ_in_case_are_found_of_every_kind(tmp_path: Path) -> None:
    make(tmp_path, {"providers/ACME/provider.toml": PROVIDER, "models/x/y.toml": MODEL, "models/X/y.toml": MODEL})
    assert _found(tmp_path) == {f"{ACME}/provider.toml": {"duplicate-id"}, "models/x/y.toml": {"duplicate-id"}}


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.toml").write_text("a = 1\n", encoding="utf-8")
    for ask in (_store(tmp_path).load, _store(tmp_path).check):
        with pytest.raises(ConfigError, match=r"no file that lies as models\.dev has them"):
            ask()
    with pytest.raises(ConfigError):
        _store(tmp_path / "nothing").load()


def test_nothing_is_written(tmp_path: Path) -> None:
    link(make(tmp_path), f"{ACME}/models/odd.toml", "one.toml")
    before = state_of(tmp_path)
    store = _store(tmp_path)
    len(store.load().documents["acme/odd"])
    store.check()
    assert state_of(tmp_path) == before


def test_a_mapping_of_ones_own(tmp_path: Path) -> None:
    mapping = tmp_path / "ours.toml"
    mapping.write_text(
        'format = 1\nname = "ours"\n[layout]\nmodel = "{vendor}/{id}.toml"\n'
        '[row]\nmodel_id = "id"\nprovider = "{vendor}"\nname = "title"\n'
        '[files.model]\nrequired = ["id"]\nkeys = { id = "text", title = "text" }\n',
        encoding="utf-8",
    )
    root = tmp_path / "tree"
    for name in ("a", "b"):
        (root / "v").mkdir(parents=True, exist_ok=True)
        (root / f"v/{name}.toml").write_text('id = "same"\ntitle = "Same"\n', encoding="utf-8")
    store = ForeignStore(str(root), read_mapping(str(mapping)))
    assert [(row.key, row.model_id, row.name) for row in store.load().models.values()] == [
        ("v/a", "same", "Same"),
        ("v/b", "same", "Same"),
    ]
    assert [(each.code, each.path) for each in store.check()] == [("duplicate-id", "v/b.toml")]


def test_a_mapping_that_is_none_is_said_with_its_line(tmp_path: Path) -> None:
    mapping = tmp_path / "ours.toml"
    mapping.write_text('format = 1\nname = "x"\n\n[layout]\nmodel = "../x"\n', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"ours\.toml:5: `layout\.model` is wrong"):
        read_mapping(str(mapping))
    mapping.write_text("format = \n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"ours\.toml:1: "):
        read_mapping(str(mapping))
    for name in ("nothing.dev", str(tmp_path / "none.toml"), str(tmp_path)):
        with pytest.raises(ConfigError):
            read_mapping(name)
