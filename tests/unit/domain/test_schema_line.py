"""The comment that names a file's schema to an editor."""

from __future__ import annotations

import pytest

from modeltui.domain.schema_line import schema_line, with_schema_line

LINE, OTHER = "#:schema ./model.schema.json", "#:schema https://example.org/a.json"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"{LINE}\nschema = 1\n", LINE),
        (f"# by hand\n\n{LINE}  \r\nschema = 1\r\n", LINE),
        (f"schema = 1\n{LINE}\n", None),
        (f'name = """\n{LINE}\n"""\n', None),
        ("# schema ./a.json\nschema = 1\n", None),
        ("", None),
    ],
)
def test_it_stands_above_the_first_field(text: str, found: str | None) -> None:
    assert schema_line(text) == found


def test_it_is_put_taken_and_replaced() -> None:
    assert with_schema_line("schema = 1\n", LINE) == f"{LINE}\nschema = 1\n"
    assert with_schema_line("schema = 1\r\n", LINE) == f"{LINE}\r\nschema = 1\r\n"
    assert with_schema_line(f"# by hand\n{OTHER}\nschema = 1\n", None) == "# by hand\nschema = 1\n"
    assert with_schema_line(f"# by hand\n{OTHER}\nschema = 1\n", LINE) == f"{LINE}\n# by hand\nschema = 1\n"
    assert with_schema_line("schema = 1\n", None) == "schema = 1\n"


def test_signs_that_end_a_line_elsewhere_end_none_of_toml() -> None:
    odd = "#:schema ./a\u2028b\x85c.json"
    assert with_schema_line(f"# by\u2028hand\n{odd}\nschema = 1\n", None) == "# by\u2028hand\nschema = 1\n"
    assert schema_line(f"{odd}\r\nschema = 1\r\n") == odd
