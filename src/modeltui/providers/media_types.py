"""What a file is by its first bytes, never by what its sender says."""

from __future__ import annotations

import re

HEAD = 64
"""So many bytes are enough."""

EXTENSIONS = {
    "application/json": "json",
    "application/octet-stream": "bin",
    "application/pdf": "pdf",
    "application/zip": "zip",
    "audio/aac": "aac",
    "audio/flac": "flac",
    "audio/mp4": "m4a",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
    "audio/wav": "wav",
    "image/avif": "avif",
    "image/gif": "gif",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/svg+xml": "svg",
    "image/tiff": "tiff",
    "image/webp": "webp",
    "model/gltf-binary": "glb",
    "text/html": "html",
    "text/plain": "txt",
    "text/xml": "xml",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "video/webm": "webm",
    "video/x-msvideo": "avi",
}
UNKNOWN = "application/octet-stream"

_STARTS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"\x1a\x45\xdf\xa3", "video/webm"),
    (b"ID3", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
    (b"glTF", "model/gltf-binary"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
)
_RIFF = {b"WAVE": "audio/wav", b"WEBP": "image/webp", b"AVI ": "video/x-msvideo"}
_BRANDS = {
    b"avif": "image/avif",
    b"avis": "image/avif",
    b"M4A ": "audio/mp4",
    b"M4B ": "audio/mp4",
    b"qt  ": "video/quicktime",
}
_MARKUP = (
    (re.compile(rb"\s*(?:<!doctype html|<html|<head|<body)", re.IGNORECASE), "text/html"),
    (re.compile(rb"\s*<svg\b", re.IGNORECASE), "image/svg+xml"),
    (re.compile(rb"\s*<\?xml\b"), "text/xml"),
    (re.compile(rb"\s*[\[{]\s*[\"\[{\]}]"), "application/json"),
)


def sniff(head: bytes) -> str:
    """The media type; UNKNOWN where the bytes do not tell."""
    for start, media_type in _STARTS:
        if head.startswith(start):
            return media_type
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12], UNKNOWN)
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "video/mp4")
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        return _mpeg_audio(head[1])
    return next((media_type for pattern, media_type in _MARKUP if pattern.match(head)), UNKNOWN)


def extension(media_type: str) -> str:
    return EXTENSIONS.get(media_type, "bin")


def is_text(media_type: str) -> bool:
    """Whether this is what an error page is made of."""
    return media_type.startswith("text/") or media_type == "application/json"


def _mpeg_audio(second: int) -> str:
    layer = second & 0x06
    return "audio/aac" if layer == 0 else "audio/mpeg"
