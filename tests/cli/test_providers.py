"""`providers`: what a file says of other places of the provider."""

from __future__ import annotations

import pytest

from cli.small import PROVIDER, Line, write


@pytest.mark.parametrize(
    ("more", "bases"),
    [
        ("", {}),
        ('\n[bases]\nupload = "https://api.kie.ai/files"\n', {"upload": "https://api.kie.ai/files"}),
        ('\nbases = "nonsense"\n', {}),
    ],
    ids=["none", "one", "no table"],
)
def test_other_bases_of_a_provider_are_in_its_row(modeltui: Line, more: str, bases: dict[str, str]) -> None:
    write(modeltui.root / "providers" / "kie_ai.toml", PROVIDER.replace("\n[auth]", f"{more}\n[auth]"))
    ran = modeltui("providers", "--format", "json")
    assert ran.code == 0
    assert ran.json[0]["bases"] == bases
