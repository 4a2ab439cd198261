"""Which key a slip of the pen was meant to be: only where hardly another one can be meant."""

from __future__ import annotations

from collections.abc import Iterable

_LONGEST = 40
_ALIKE = 0.86
"""Of `difflib`: one letter wrong in a key of seven, two in one of fourteen."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The key that is the same but for case, blanks and signs, or for a letter or two; None where none is so near."""
    if len(name) > _LONGEST:
        return None
    keys = {_bare(key): key for key in known}
    bare = _bare(name)
    if bare in keys:
        return keys[bare]
    from difflib import get_close_matches  # noqa: PLC0415  # wanted only where something is wrong

    near = get_close_matches(bare, keys, 1, _ALIKE)
    return keys[near[0]] if near else None


def _bare(name: str) -> str:
    return "".join(sign for sign in name.casefold() if sign.isalnum())
