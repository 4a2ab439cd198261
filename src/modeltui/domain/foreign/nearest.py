"""Which key a slip of the pen was meant to be: only where hardly another one can be meant."""

from __future__ import annotations

from collections.abc import Iterable

_LONGEST = 40
_SHORTEST = 4
_ALIKE = 0.86
"""Of `difflib`: one letter wrong in a key of seven, two in one of fourteen."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The key that is the same but for case, blanks and signs, a letter or two, or two that changed places; or None."""
    if len(name) > _LONGEST:
        return None
    keys = {_bare(key): key for key in known}
    bare = _bare(name)
    if bare in keys:
        return keys[bare]
    if swapped := next((key for key in keys if _is_swapped(bare, key)), None):
        return keys[swapped]
    from difflib import get_close_matches  # noqa: PLC0415  # wanted only where something is wrong

    near = get_close_matches(bare, keys, 1, _ALIKE)
    return keys[near[0]] if near else None


def _bare(name: str) -> str:
    return "".join(sign for sign in name.casefold() if sign.isalnum())


def _is_swapped(one: str, other: str) -> bool:
    """Whether two letters that stand side by side changed places."""
    if len(one) != len(other) or len(one) < _SHORTEST:
        return False
    odd = [at for at, (left, right) in enumerate(zip(one, other, strict=True)) if left != right]
    return len(odd) == 2 and odd[1] == odd[0] + 1 and one[odd[0]] == other[odd[1]] and one[odd[1]] == other[odd[0]]
