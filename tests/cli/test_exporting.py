"""`export`, in both of its forms; and that it holds to its schema with catalogues that people have."""

from __future__ import annotations

import json
from pathlib import Path
from shutil import copytree

import pytest
from jsonschema import Draft202012Validator

from cli.small import BROKEN, KLING, VEO, Line

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("form", ["json", "csv", "litellm-proxy"])
def test_the_format_is_the_first_word_or_an_option(form: str, modeltui: Line) -> None:
    extra = ("--provider", "kie_ai=openai") if form == "litellm-proxy" else ()
    assert modeltui("export", form, "type:prompt_to_video", "-lock:yes", *extra).code == 2, "such a QUERY follows --"
    wanted = modeltui("export", form, *extra, "--", "type:prompt_to_video", "-name:veo*")
    assert (wanted.code, bool(wanted.out)) == (0, True)
    for words in (
        ("export", "--format", form, *extra, "--", "type:prompt_to_video", "-name:veo*"),
        ("export", f"--format={form}", *extra, "--", "type:prompt_to_video -name:veo*"),
        ("export", "type:prompt_to_video", "--format", form, *extra, "--", "-name:veo*"),
    ):
        found = modeltui(*words)
        assert (found.code, found.out) == (0, wanted.out), words


def test_without_a_query_all_are_written(modeltui: Line) -> None:
    assert modeltui("export", "--format", "json").out == modeltui("export", "json").out
    keys = [row["key"] for row in modeltui("export", "--format", "json", "type:prompt_to_video").json]
    assert keys == [KLING, VEO]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "no format is said"),
        (("yaml",), "there is no format 'yaml'"),
        (("type:chat",), "there is no format 'type:chat'"),
        (("--format", "yaml"), "invalid choice: 'yaml'"),
        (("--format", "json", "csv"), "csv may be a format or a QUERY"),
        (("--format", "json", "json"), "json may be a format or a QUERY"),
        (("--format", "json", "--columns", "name"), "--columns is for csv"),
    ],
)
def test_what_may_mean_two_things_is_refused(words: tuple[str, ...], said: str, modeltui: Line) -> None:
    ran = modeltui("export", *words)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert "hint: " in ran.err


def test_a_query_may_be_called_like_a_format(modeltui: Line) -> None:
    assert modeltui("export", "json", "json").json == []


@pytest.mark.parametrize(
    ("form", "name"),
    [("litellm", "litellm_media.json"), ("models.dev", "models.dev.tar.gz")],
    ids=["litellm", "models.dev"],
)
def test_catalogues_of_others_fit_the_schema_once_they_are_here(
    form: str, name: str, shared_data: Path, modeltui: Line, catalog: Path
) -> None:
    modeltui.file(BROKEN).unlink()
    copytree(ROOT / "catalog" / "providers", catalog / "providers", dirs_exist_ok=True)
    assert modeltui("import", form, str(shared_data / name), "--create", "--yes").code == 0
    assert modeltui("apply", "--yes", "--reason", "all of it").code == 0
    exported = modeltui("export", "--format", "json").json
    assert len(exported) > 30
    schema = json.loads((ROOT / "docs" / "schema" / "export.schema.json").read_text())
    wrong = [f"{list(error.path)}: {error.message}" for error in Draft202012Validator(schema).iter_errors(exported)]
    assert wrong == []
