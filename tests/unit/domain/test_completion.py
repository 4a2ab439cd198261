"""What may stand at the cursor of a query."""

from __future__ import annotations

import pytest

from modeltui.domain.browse.completion import fields_for, fragment_at, values_for
from modeltui.domain.catalog import Catalog
from modeltui.domain.model import Model
from modeltui.domain.pending.plan import Plan
from modeltui.domain.query.fields import field_named


@pytest.mark.parametrize(
    ("marked", "found"),
    [
        ("ty|", (0, 2, "ty", None, "")),
        ("veo -prov| cost<5", (5, 9, "prov", None, "veo cost<5")),
        ("type:|", (5, 5, "", "type", "")),
        ("veo type:chat,prom|", (14, 18, "prom", "type", "veo")),
        ('name:"Google V| x" veo', (5, 17, "Google V", "name", "veo")),
        ("provider:ac|me", (9, 13, "ac", "provider", "")),
        ("limits.con|", (0, 10, "limits.con", None, "")),
        ("limits.context:8|", (15, 16, "8", "limits.context", "")),
        ("name:~ve|", None),
        ("cost<5|", None),
        ("nonsense:x|", None),
        ("veo |", None),
        ("|", None),
        ('"ty|', None),
    ],
)
def test_the_part_of_a_query_that_is_typed(marked: str, found: tuple[int, int, str, str | None, str] | None) -> None:
    position = marked.index("|")
    fragment = fragment_at(marked.replace("|", ""), position)
    told = fragment and (
        fragment.start,
        fragment.end,
        fragment.typed,
        fragment.field and fragment.field.name,
        fragment.rest,
    )
    assert told == found


def test_fields_come_with_the_sign_that_follows_them() -> None:
    catalog = Catalog("/c", {}, {"a": {"limits": {"context": 1, "output": 2}}, "b": {"limits": {"context": 1}}})
    assert [each.text for each in fields_for("pro", catalog)] == ["provider:"]
    assert [each.text for each in fields_for("cost", catalog)] == ["cost<", "cost>", "cost:"]
    assert [(each.text, each.note) for each in fields_for("limits.", catalog)] == [
        ("limits.context:", "2"),
        ("limits.output:", "1"),
    ]
    assert fields_for("limits..x", catalog) == []
    assert fields_for("xyz", catalog) == []


def test_values_come_with_their_counts_those_that_begin_so_first() -> None:
    rows = [
        Model(key=str(at), path="", provider=name) for at, name in enumerate(["kie ai", "Kie ai", "okie", "x", "okie"])
    ]
    field = field_named("provider")
    assert field is not None
    found = values_for(field, "KIE", rows, Catalog("/c", {}, {}), Plan({}))
    assert [(each.text, each.note) for each in found] == [('"Kie ai"', "1"), ('"kie ai"', "1"), ("okie", "2")]
