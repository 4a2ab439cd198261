"""The bytes of an answer that came packed, piece by piece, so that none is large however well it was packed."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Iterator
from typing import Final

from modeltui.domain.text import safe
from modeltui.errors import ProviderError
from modeltui.providers.faults import LostError

ACCEPTED: Final = "gzip, deflate"
"""What calls say that they take; downloads take `identity`."""
_PIECE: Final = 1 << 20
_WINDOWS: Final = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}


async def unpacked(chunks: AsyncIterator[bytes], encoding: str) -> AsyncIterator[bytes]:
    """In pieces of at most 1 MiB, or as they came where nothing is packed. `encoding`: the header content-encoding.

    Raises ProviderError for what was packed otherwise, or several times; LostError for what is damaged or not whole.
    """
    packing = encoding.strip().casefold()
    if packing in ("", "identity"):
        async for chunk in chunks:
            yield chunk
        return
    if packing not in _WINDOWS:
        raise ProviderError(f"the answer is packed as {safe(packing)[:80]!r}, which nobody asked for")
    unpacking = zlib.decompressobj(_WINDOWS[packing])
    is_first = True
    async for chunk in chunks:
        if is_first and packing == "deflate" and chunk[:1] and chunk[0] & 0x0F != zlib.DEFLATED:
            unpacking = zlib.decompressobj(-zlib.MAX_WBITS)  # some leave out the zlib header
        is_first = is_first and not chunk
        for piece in _pieces(unpacking, chunk):
            yield piece
        if unpacking.eof:
            return
    raise LostError("the connection broke: the packed answer is not whole")


def _pieces(unpacking: zlib._Decompress, chunk: bytes) -> Iterator[bytes]:
    try:
        while chunk and not unpacking.eof:
            yield unpacking.decompress(chunk, _PIECE)
            chunk = unpacking.unconsumed_tail
    except zlib.error as error:
        raise LostError("the connection broke: the packed answer is damaged") from error
