"""The query language of the filter bar and the command line.

Terms separated by blanks are ANDed, `-` before a term negates it, quotes keep blanks together and are literal.

| term | matches |
|---|---|
| `word` | case-folded substring of key, uid, model_id, name, provider, family or a tag |
| a whole key or uid | that model only |
| `field:value` | equal, case-folded; `a,b` any of them; `*` and `?` as in file names; `field:~regex` |
| `field<5` `<=` `>` `>=` | numbers, dates (`2026-01-31`) and ages (`30d`, `12h`) |

Where the catalogue sets `units.credits_per_usd`, `cost<5` means credits, and what has a rate is converted; where the
query names a `currency:` too, the amount is of that currency, and none is. `cost:5` is always the number in the file.

What a model lacks matches no term about it, so `-family:*` finds the models without a family, and `-tested:*` those
that were never run. An age counts back from today, of a moment to the second, for `retires` ahead. How costly a regex
may be is told in `patterns`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from modeltui.domain.query.index import Index, select
    from modeltui.domain.query.parser import parse_query
    from modeltui.domain.query.terms import Query

__all__ = ["Index", "Query", "parse_query", "select"]

_MODULES = {"Index": "index", "Query": "terms", "parse_query": "parser", "select": "index"}


def __getattr__(name: str) -> Any:
    """Loaded when it is first asked for: who wants a field by its name wants no parser of queries."""
    if name in _MODULES:
        return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
