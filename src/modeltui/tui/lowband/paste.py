"""A pasted text, without what Textual's parser would take for keys."""

from __future__ import annotations

from typing import Final

_ESC: Final = "\x1b"
_START: Final = "\x1b[200~"
_END: Final = "\x1b[201~"


class PasteGuard:
    """Leaves ESC out of what is pasted: the parser gives what follows one as keys, and keys are orders.

    Called with the text that comes, piece by piece; returns what the parser is to be fed.
    """

    def __init__(self) -> None:
        self._is_pasting = False
        self._begun = ""
        """Outside a paste: the end of the last piece, which may be the start of what begins one. In it: what is held
        back, since it may be the start of what ends it."""

    def __call__(self, text: str) -> str:
        fed = ""
        while text:
            piece, text = self._pasted(text) if self._is_pasting else self._typed(text)
            fed += piece
        return fed

    def forget(self) -> None:
        """Nothing followed in time: an ESC that came was the key."""
        if not self._is_pasting:
            self._begun = ""

    def _typed(self, text: str) -> tuple[str, str]:
        """What is to be fed, and the rest: what was pasted."""
        came = self._begun + text
        at = came.find(_START)
        if at < 0:
            self._begun = _begun(came, _START)
            return text, ""
        end = at + len(_START) - len(self._begun)
        self._is_pasting, self._begun = True, ""
        return text[:end], text[end:]

    def _pasted(self, text: str) -> tuple[str, str]:
        """What is to be fed, and the rest: what was typed after it."""
        came = self._begun + text
        pasted, end, rest = came.partition(_END)
        if end:
            self._is_pasting, self._begun = False, ""
        else:
            self._begun = _begun(came, _END)
            pasted = came.removesuffix(self._begun)
        return pasted.replace(_ESC, "") + end, rest


def _begun(text: str, sequence: str) -> str:
    """The longest end of `text` that `sequence` begins with, without being all of it."""
    return next((begun for size in range(len(sequence) - 1, 0, -1) if text.endswith(begun := sequence[:size])), "")
