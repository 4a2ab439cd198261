"""Values of foreign files, held against the shapes of the shipped mapping."""

from __future__ import annotations

from typing import Any

import pytest
import tomli

from foreign_trees import MODEL, PROVIDER
from modeltui.domain.foreign.nearest import nearest
from modeltui.domain.foreign.values import Fault, faults_of, is_date, lacks_of
from modeltui.storage.foreign_mapping import read_mapping

MAPPING = read_mapping("models.dev")


def _faults(text: str, kind: Any = "model") -> list[Fault]:
    shape = MAPPING.files[kind].shape
    document = tomli.loads(text)
    return [each for each in (*faults_of(document, shape), *lacks_of(document, shape)) if each.habit is None]


def _one(old: str, new: str) -> tuple[str, str, str | None]:
    assert old in MODEL
    (fault,) = _faults(MODEL.replace(old, new, 1))
    return fault.code, ".".join(map(str, fault.at)), fault.hint


def test_files_without_fault() -> None:
    assert _faults(MODEL) == []
    assert _faults(PROVIDER, "provider") == []


@pytest.mark.parametrize(
    ("old", "new", "code", "field", "hint"),
    [
        ("output = 2\n", "output = 2\noutputt = 2\n", "unknown-key", "cost.outputt", "`cost.output`, which is there"),
        ("cache_read", "cached_read", "unknown-key", "cost.cached_read", "did you mean `cost.cache_read`?"),
        ("cache_read", "cached_input", "unknown-key", "cost.cached_input", "did you mean `cost.cache_read`?"),
        ("cache_read", "cacheRead", "unknown-key", "cost.cacheRead", "did you mean `cost.cache_read`?"),
        ("cache_read = 0.05", "context = 5", "unknown-key", "cost.context", "did you mean `limit.context`?"),
        ("cache_read = 0.05", "family = 'x'", "unknown-key", "cost.family", "did you mean `family`?"),
        ("cache_read", "citation", "unlisted-key", "cost.citation", None),
        ("output = 2", "output = -2", "bad-value", "cost.output", None),
        ("output = 2", "output = nan", "bad-value", "cost.output", None),
        ("output = 2", 'output = "2"', "wrong-type", "cost.output", "take the quotes away"),
        ("output = 2", "output = true", "wrong-type", "cost.output", None),
        ("128_000", "128.5", "wrong-type", "limit.context", None),
        ("attachment = false", "attachment = 0", "wrong-type", "attachment", None),
        ('"2025-01-31"', "2025-01-31", "wrong-type", "release_date", 'put it in quotes: "2025-01-31"'),
        ('"2025-01-31"', '"2025-01-32"', "bad-value", "release_date", None),
        ('"2025-01-31"', '"31.1.2025"', "bad-value", "release_date", None),
        ('"2025-01-31"', '"2025-13"', "bad-value", "release_date", None),
        ('["text", "image"]', '["text", "imgae"]', "bad-value", "modalities.input.1", "did you mean `image`?"),
        ('["text", "image"]', '["text", "text"]', "repeated-value", "modalities.input", "keep one"),
        ('["text", "image"]', '"text"', "wrong-type", "modalities.input", 'put it in brackets: ["text"]'),
        ('"One"', '" One"', "doubtful-value", "name", "take them out"),
        ('"One"', '" "', "bad-value", "name", "take it out, or fill it in"),
        ("cache_read = 0.05", "cache_read = 5", "doubtful-value", "cost.cache_read", None),
        ("output = 2\n", "", "missing-key", "cost.output", None),
        ("tool_call = true\n", "", "missing-key", "tool_call", None),
        ("output = 0\n", "", "missing-key", "limit.output", None),
        ("2025-02", "2024-12", "doubtful-value", "release_date", None),
        ("output = 2\n", "output = 2\nouptut_audio = 2\n", "unknown-key", "cost.ouptut_audio", "`cost.output_audio`"),
        ("input = 0.50\n", "input = 0.50\ninptu = 0.50\n", "unknown-key", "cost.inptu", "`cost.input`, which is there"),
        ("family", 'knowledge = "2025-06"\nfamily', "seldom-value", "knowledge", None),
        ("family", 'interleaved = { field = "thoughts" }\nfamily', "unlisted-value", "interleaved.field", "known are"),
        (
            "family",
            'interleaved = { field = "reasoning_contents" }\nfamily',
            "bad-value",
            "interleaved.field",
            "did you",
        ),
        (
            "family",
            'reasoning_options = [{ type = "effort" }]\nfamily',
            "missing-key",
            "reasoning_options.0.values",
            None,
        ),
        (
            "family",
            'reasoning_options = [{ type = "toggle", min = 1 }]\nfamily',
            "misplaced-key",
            "reasoning_options.0.min",
            None,
        ),
        (
            "family",
            'reasoning_options = [{ type = "effort", values = ["hihg"] }]\nfamily',
            "bad-value",
            "reasoning_options.0.values.0",
            "did you mean `high`?",
        ),
    ],
)
def test_each_fault_is_found_once(old: str, new: str, code: str, field: str, hint: str | None) -> None:
    found = _one(old, new)
    assert found[:2] == (code, field)
    if hint is not None:
        assert hint in (found[2] or "")


def test_a_table_that_is_missing_is_said_once() -> None:
    text = MODEL[: MODEL.index("[modalities]")]
    assert [(each.code, each.at) for each in _faults(text)] == [("missing-key", ("modalities",))]


def test_one_value_forbids_or_needs_others() -> None:
    text = MODEL.replace("reasoning = true", "reasoning = false").replace("cache_read = 0.05", "reasoning = 1")
    assert [each.code for each in _faults(text)] == ["misplaced-key"]
    compatible = PROVIDER.replace("@ai-sdk/acme", "@ai-sdk/openai-compatible")
    assert [(each.code, each.at) for each in _faults(compatible, "provider")] == [("missing-key", ("api",))]


@pytest.mark.parametrize(
    ("old", "new", "code", "field"),
    [
        ("https://acme.test/docs", "acme.test/docs", "doubtful-value", "doc"),
        ('doc = "', 'api = "https://a.test"\ndoc = "', "doubtful-value", "api"),
        ("ACME_API_KEY", "sk-53cr3t", "doubtful-value", "env.0"),
        ('["ACME_API_KEY"]', "[]", "bad-value", "env"),
        ('npm = "@ai-sdk/acme"\n', "", "missing-key", "npm"),
    ],
)
def test_each_fault_of_a_provider_is_found_once(old: str, new: str, code: str, field: str) -> None:
    assert old in PROVIDER
    (fault,) = _faults(PROVIDER.replace(old, new), "provider")
    assert (fault.code, ".".join(map(str, fault.at))) == (code, field)
    assert "53cr3t" not in fault.message + (fault.hint or "")


@pytest.mark.parametrize("api", ["https://a.test/${ACCOUNT}/v1", "${ACME_HOST}/v1"])
@pytest.mark.parametrize("npm", ["@ai-sdk/openai-compatible", "@ai-sdk/anthropic", "@ai-sdk/openai"])
def test_addresses_of_those_that_may_have_one(npm: str, api: str) -> None:
    assert _faults(PROVIDER.replace("@ai-sdk/acme", npm) + f'api = "{api}"\n', "provider") == []


def test_an_empty_list_is_as_if_it_were_not_there() -> None:
    text = MODEL.replace("reasoning = true", "reasoning = false\nreasoning_options = []")
    assert _faults(text) == []
    assert [each.code for each in _faults(text.replace("[]", '[{ type = "toggle" }]'))] == ["misplaced-key"]


@pytest.mark.parametrize("value", ["true", "{ field = 'reasoning_content' }"])
def test_a_value_may_have_one_of_several_shapes(value: str) -> None:
    assert _faults(f"interleaved = {value}\n{MODEL}") == []


def test_tables_in_lists_are_looked_at() -> None:
    tiers = "\n[[cost.tiers]]\ninput = 1\noutputt = 2\ntier = { size = 200_000 }\n"
    found = [(each.code, each.at) for each in _faults(MODEL + tiers)]
    assert ("unknown-key", ("cost", "tiers", 0, "outputt")) in found
    assert ("missing-key", ("cost", "tiers", 0, "output")) in found


def test_numbers_without_end_are_no_trouble() -> None:
    huge = "9" * 900
    assert _faults(MODEL.replace("128_000", huge)) == []
    assert [each.code for each in _faults(MODEL.replace("output = 2", f"output = -{huge}"))] == ["bad-value"]


@pytest.mark.parametrize(
    ("text", "form", "is_one"),
    [("2024-02-29", "YYYY-MM-DD", True), ("2023-02-29", "YYYY-MM-DD", False), ("0000", "YYYY", False)],
)
def test_a_date_is_one_that_there_is(text: str, form: Any, is_one: bool) -> None:
    assert is_date(text, form) is is_one


def test_only_what_is_very_near_is_a_slip() -> None:
    known = ("input", "output", "cache_read", "cache_write", "input_audio", "output_audio")
    assert nearest("inptu_audio", known) == "input_audio"
    assert nearest("cache_input", known) is None
    assert nearest("image", known) is None
    assert nearest("x" * 5_000, known) is None
