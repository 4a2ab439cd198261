"""What makes a row unusable, without pydantic."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from modeltui.domain.document import ABSENT, with_value
from modeltui.domain.schema.fatal import fatal_fault
from modeltui.domain.schema.findings import findings_of

IDENTITY = ("schema", "uid", "model_id", "name", "provider", "content_type")


def test_a_good_file_is_usable(model: dict[str, Any]) -> None:
    assert fatal_fault("a.toml", model) is None


def test_an_unknown_key_leaves_the_row_usable(model: dict[str, Any]) -> None:
    assert fatal_fault("a.toml", {**model, "activ": True, "order": "six"}) is None


@pytest.mark.parametrize("field", IDENTITY)
@pytest.mark.parametrize("value", [ABSENT, 5, True, [], {}, ""])
def test_without_identity_it_is_broken(model: dict[str, Any], field: str, value: Any) -> None:
    document = with_value(model, (field,), value)
    fault = fatal_fault("a.toml", document)
    assert fault is not None
    assert (fault.field, fault.severity, fault.path) == (field, "error", "a.toml")
    assert field in [finding.field for finding in findings_of("a.toml", document, "model")]


def test_a_schema_of_the_future_is_said_so(model: dict[str, Any]) -> None:
    fault = fatal_fault("a.toml", {**model, "schema": 2})
    assert fault is not None
    assert fault.code == "unsupported-schema"


def test_a_uid_is_a_uuid(model: dict[str, Any]) -> None:
    fault = fatal_fault("a.toml", {**model, "uid": "veo"})
    assert fault is not None
    assert fault.message == '`uid` is "veo", expected a UUID'


def test_it_does_not_load_pydantic() -> None:
    code = "import sys, modeltui.domain.schema.fatal; sys.exit('pydantic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
