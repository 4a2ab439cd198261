"""Every code that a finding can have: how grave it is, what it means, and how it is mended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from modeltui.domain.rules.codes.code import Code
from modeltui.domain.rules.codes.of_catalog import CATALOG, LOCKS
from modeltui.domain.rules.codes.of_files import FILES
from modeltui.domain.rules.codes.of_foreign import FOREIGN
from modeltui.domain.rules.codes.of_identity import IDENTITY
from modeltui.domain.rules.codes.of_runs import RUNS
from modeltui.domain.rules.codes.of_schema import SCHEMA
from modeltui.domain.rules.codes.of_state import STATE
from modeltui.domain.rules.codes.of_workflows import WORKFLOWS

__all__ = ["CODES", "GROUPS", "Code"]

GROUPS: Final[Mapping[str, Mapping[str, Code]]] = {
    "Files": FILES,
    "Fields": SCHEMA,
    "Identity": IDENTITY,
    "The catalogue as a whole": CATALOG,
    "Locks": LOCKS,
    "Runs": RUNS,
    "Workflows": WORKFLOWS,
    "The state directory": STATE,
    "Foreign trees": FOREIGN,
}
"""By what they are about, in the order of the page."""

CODES: Final[Mapping[str, Code]] = {name: code for group in GROUPS.values() for name, code in group.items()}
