"""Hostile runs that are about what comes back: points 4, 5, 8 and 9, and keys that are echoed."""

from __future__ import annotations

import gzip
import struct
import zlib
from collections.abc import Iterable
from typing import Any, Final

from hostile.run_cases import DATA_URL, FOLLOWED, PICTURE, POLLED, UPLOAD
from hostile.run_world import SECRET, Case, World
from hostile.wild import A, Wild
from unit.providers.loopback import PNG

_HEAD: Final = b"HTTP/1.1 200 OK\r\nconnection: close\r\n"
_DONE: Final = A({"state": "done", "url": "{media}/a.png"})
_BOMB: Final = gzip.compress(PNG + bytes(64 << 20))
_WELL: Final[dict[str, Any]] = {"code": 0, "state": "succeeded"}
_SMALL: Final = {"max_bytes": 100_000}
_LATER: Final = (
    "9" * 400, "-5", "NaN", "inf", "1e400", "Mon, 01 Jan 99999999999999999999 00:00:00 GMT",
    "Mon, 01 Jan 2020 00:00:00 +99999999999999999999", "Fri, 31 Dec 9999 23:59:59 -2359", "\x01",
)  # fmt: skip
_ESCAPES: Final = "\x1b]0;evil\x07\x1b[2J\u202e\u2066\x9b31m\x00\x7f\u2028evil"


def _endless(wild: Wild) -> Iterable[bytes]:
    yield _HEAD + b"transfer-encoding: chunked\r\n\r\n"
    while not wild.is_closing.is_set():
        yield b"10000\r\n" + bytes(65536) + b"\r\n"


def _endless_json(wild: Wild) -> Iterable[bytes]:
    yield _HEAD + b'content-type: application/json\r\n\r\n{"url": "'
    while not wild.is_closing.is_set():
        yield b"x" * 65536


def _drip(wild: Wild) -> Iterable[bytes]:
    yield _HEAD + b"content-length: 1000000\r\n\r\n"
    while not wild.is_closing.wait(0.01):
        yield b"x"


def _raw(*pieces: bytes) -> A:
    return A(raw=lambda _: pieces)


def _packed(content: bytes, how: str) -> A:
    return A(content, headers={"content-encoding": how})


def _boxes() -> bytes:
    """A film whose boxes are inside each other 5,000 deep."""
    head = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2"
    return head + b"".join(((5_000 - at) * 8).to_bytes(4, "big") + b"moov" for at in range(5_000))


def _downloads() -> list[Case]:
    def file(name: str, media: A, **more: Any) -> Case:
        return Case(name=name, point=5, **{"api": {"/run": PICTURE}, "media": media, "limits": _SMALL, **more})

    return [
        file("a download without end", A(raw=_endless), says="larger than 100,000 bytes"),
        file("a download larger than it may be", A(PNG + bytes(200_000)), says="larger than 100,000 bytes"),
        file("a length that promises more", _raw(_HEAD + b"content-length: 99999\r\n\r\n" + PNG),
             says="connection broke"),
        file("two lengths", _raw(_HEAD + b"content-length: 5\r\ncontent-length: 500\r\n\r\n" + PNG), says="broke"),
        file("a length below nothing", _raw(_HEAD + b"content-length: -5\r\n\r\n" + PNG), says="broke"),
        file("a length and chunks", _raw(_HEAD + b"content-length: 4\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"),
             says="broke"),
        file("headers without end", _raw(_HEAD + b"x: y\r\n" * 50_000 + b"\r\n"), says="broke"),
        file("no HTTP at all", _raw(b"220 ready\r\n" * 9), says="broke"),
        file("a drip", A(raw=_drip), limits={"timeout_s": 0.1}, says="in time"),
        file("a packed bomb", _packed(_BOMB, "gzip"), says="larger than 100,000 bytes"),
        file("a bomb packed twice", _packed(gzip.compress(_BOMB), "gzip, gzip"), says="nobody asked for"),
        file("a bomb packed otherwise", _packed(b"\x00", "br"), says="nobody asked for"),
        file("half a packed file", _packed(gzip.compress(PNG)[:-9], "gzip"), says="not whole"),
        file("packed nonsense", _packed(PNG, "gzip"), says="damaged"),
        file("packed, and right", _packed(gzip.compress(PNG), "gzip"), **_WELL),
        file("packed without a header", _packed(zlib.compress(PNG)[2:-4], "deflate"), **_WELL),
        file("names that lead elsewhere", A(PNG,
             headers={"content-disposition": 'attachment; filename="../../evil.sh"'}),
             api={"/run": A({"url": "{media}/..%2f..%2f.bashrc?x=/etc/passwd"})}, **_WELL),
        file("a page in place of a picture", A(b"<!DOCTYPE html><script>x</script>",
             headers={"content-type": "image/png"}),
             says="text/html where image/png was promised"),
        file("a program in place of a picture", A(b"\x7fELF" + bytes(99), headers={"content-type": "image/png"}),
             **_WELL),
        file("boxes inside each other", A(_boxes()), model={"result": {"media": "video/mp4"}}, limits={}, **_WELL),
        file("a GIF of blocks without end", A(b"GIF89a\1\0\1\0\0\0\0," + bytes(10) + b"\1\1" * 40_000), **_WELL),
        file("a sound that says escapes", A(_wav(_ESCAPES.encode())), **_WELL,
             model={"result": {"media": "audio/wav"}}),
        file("a link in place of all jobs", A(PNG), plant=_state_elsewhere, state=None, code=1, most_media=0,
             says="nothing was sent"),
        file("an expired link", A(b"<Error/>", 403), says="may have expired"),
        file("a link planted in the folder", A(PNG), words=("--out", "{out}"), plant=_planted, **_WELL),
        file("a pipe in place of the folder", A(PNG), words=("--out", "{out}/pipe"), plant=_planted,
             state=None, code=1, most_asked=0, most_media=0, says="nothing was sent"),
        *(
            file(f"a download later: {text[:30]!r}", A(b"", 503, {"retry-after": text}), most_media=5)
            for text in _LATER if text.isprintable()
        ),
        file("a result inside the answer", A(PNG), state="uncertain",
             api={"/run": A({"url": "data:text/html;x=../../y,<html>evil"})},
             says="text/html where image/png"),
        file("65 results", A(PNG), state="uncertain", api={"/run": A({"url": ["{media}/a"] * 65})}, most_media=0,
             says="at most 64"),
        file("a result that is a table", A(PNG), state="uncertain", api={"/run": A({"url": {"a": 1}})}, most_media=0,
             says="text was expected"),
    ]  # fmt: skip


def _wav(comment: bytes) -> bytes:
    """A sound that says something about itself."""
    info = b"INFOICMT" + len(comment).to_bytes(4, "little") + comment
    chunks = b"fmt " + struct.pack("<I2H2I2H", 16, 1, 1, 8000, 16000, 2, 16) + b"data" + struct.pack("<I", 0)
    chunks += b"LIST" + len(info).to_bytes(4, "little") + info
    return b"RIFF" + (4 + len(chunks)).to_bytes(4, "little") + b"WAVE" + chunks


def _state_elsewhere(world: World) -> None:
    (world.root / ".modeltui").mkdir()
    (world.root / ".modeltui" / "jobs").symlink_to(world.home / "outside")


def _planted(world: World) -> None:
    """In the folder that the results go to: a link to a file, a link to a folder, a result of before, a pipe."""
    out = world.home / "mine"
    out.mkdir()
    (out / "result-1.png").symlink_to(world.home / "outside" / "victim.txt")
    (out / "result-2.png").symlink_to(world.home / "outside" / "not-there.txt")
    (out / "result-3.png").write_bytes(b"of before")
    (out / "pipe").write_bytes(b"")


def _answers() -> list[Case]:
    deep = b'{"a":' * 100_000 + b"1" + b"}" * 100_000
    return [
        Case(name="an answer without end", point=5, state="uncertain",
             api={"/run": A(raw=_endless_json)}, max_answer=1 << 20,
             says="larger than 1,048,576 bytes"),
        Case(name="an answer that is a bomb", point=5, state="uncertain",
             api={"/run": _packed(_BOMB, "gzip")}, max_answer=1 << 20,
             says="larger than 1,048,576 bytes"),
        Case(name="an answer that drips", point=8, api={"/run": A(raw=_drip)}, state="uncertain", most_asked=1,
             model={"request": {"timeout_s": 0.2}}, says="may have been taken, and billed"),
        Case(name="an answer of 100,000 levels", point=5, state="uncertain",
             api={"/run": A(deep)}, says="no result|holds"),
        Case(name="a number of 6,000 digits", point=5, state="uncertain",
             api={"/run": A(b'{"url": ' + b"9" * 6000 + b"}")},
             says="no result"),
        Case(name="a price beyond all", point=5, **_WELL, model={"result": {"cost": "cost", "cost_factor": "1000"}},
             api={"/run": A({"url": "{media}/a.png", "cost": "9e999999"})}),
        Case(name="a price of many digits", point=5, **_WELL, model={"result": {"cost": "cost"}},
             api={"/run": A({"url": "{media}/a.png", "cost": "1e-999999"})}),
        Case(name="escapes in an error", point=5, api={"/run": A({"error": {"message": _ESCAPES}}, 400)}, says="evil"),
        Case(name="escapes in a status", point=9, model=POLLED, says="no result within 30 s.*evil",
             api={"/run": A({"id": "7"}), "/jobs/7": A({"state": _ESCAPES})}),
        Case(name="escapes in an id", point=5, model=POLLED, api={"/run": A({"id": _ESCAPES})}, says="no such thing"),
        Case(name="escapes in a text", point=5, api={"/run": A({"url": _ESCAPES})}, **_WELL,
             model={"result": {"kind": "text", "media": None}}),
        *(
            Case(name=f"the status {status!r}", point=9, model=POLLED, says="no result within 30 s", most_asked=9,
                 api={"/run": A({"id": "7"}), "/jobs/7": A({"state": status})})
            for status in ("DONE", "done ", ["done"], {"done": "done"}, None, True, 1, "x" * 100_000)
        ),
        Case(name="a poll that is told to wait for ever", point=8, model=POLLED, says="no result within 30 s",
             most_asked=3,
             api={"/run": A({"id": "7"}), "/jobs/7": A({"state": "busy"}, headers={"retry-after": "9" * 400})}),
        Case(name="an upload that is told to wait for ever", point=8, model=UPLOAD, inputs={"image": DATA_URL},
             api={"/slot": A({}, 503, {"retry-after": "9" * 400})}, most_asked=1, says="answered 503"),
        *(
            Case(name=f"the submit later: {text[:30]!r}", point=8, most_asked=5,
                 api={"/run": A({}, 429, {"retry-after": text})}, says="answered 429")
            for text in _LATER if text.isprintable()
        ),
        Case(name="a server in trouble", point=8, api={"/run": A({}, 503)}, state="uncertain", most_asked=1,
             says="billed"),
        Case(name="a cut connection", point=8, api={"/run": _raw()}, state="uncertain", most_asked=1, says="billed"),
        Case(name="no money", point=8, api={"/run": A({}, 402)}, most_asked=1, says="credit"),
    ]  # fmt: skip


def _expressions() -> list[Case]:
    quoted, copied = "@", "@"
    for _ in range(22):
        quoted = f"to_string([{quoted}])"
    for _ in range(20):
        copied = f"[{copied},{copied}]" if len(copied) < 140 else copied
    bad = {
        "that doubles at every level": quoted,
        "that copies": copied,
        "that joins by itself": "join(to_string(@), keys(@))",
        "that is long": "a" * 301,
        "that is deep": "[" * 290,
        "that is none": "a[?b==`1",
    }
    odd = ("sum(url)", "sort_by(@, &url)", "max_by(url, &x)", "length(missing)", "join(',', missing)", "abs(url)")
    return [
        *(
            Case(name=f"a JMESPath {name}", point=5, state=None, code=1, most_asked=0,
                 model={"result": {"select": text}},
                 says="JMESPath|too often|joins with")
            for name, text in bad.items()
        ),
        *(
            Case(name=f"a function on what it does not fit: {text}", point=5, state="uncertain",
                 model={"result": {"select": text}}, api={"/run": PICTURE}, says="does not fit the provider's answer")
            for text in odd
        ),
    ]  # fmt: skip


def _echoes() -> list[Case]:
    at_the_cut = "x" * (2048 - 12) + SECRET
    return [
        Case(name="an error that echoes the key", point=1, says=r"bad key \*\*\*",
             api={"/run": A({"error": {"message": "bad key {key}"}}, 401)}),
        Case(name="an error cut in the middle of the key", point=1, says="xxx",
             api={"/run": A({"error": {"message": at_the_cut}}, 400)}),
        Case(name="a page cut in the middle of the key", point=1, api={"/run": A(at_the_cut.encode(), 400)},
             says="xxx"),
        Case(name="the key as a URL writes it", point=1, says="answered 400",
             api={"/run": A({"error": {"message": "?key=sk-Vw7%2FuR2%2BzQ9xJ4mN8bL3"}}, 400)}),
        Case(name="the key as JSON may write it", point=1, says="answered 400",
             api={"/run": A(b'{"error": "sk-Vw7\\/uR2+zQ9xJ4mN8bL3"}', 400)}),
        Case(name="an id that is the key", point=1, model=POLLED, api={"/run": A({"id": "{key}"})},
             says="no such thing"),
        Case(name="a status that is the key", point=1, model=POLLED, says=r"no result.*\*\*\*",
             api={"/run": A({"id": "7"}), "/jobs/7": A({"state": "{key}"})}),
        Case(name="a text that is the key", point=1, model={"result": {"kind": "text", "media": None}},
             api={"/run": A({"url": "your key is {key}"})}, **_WELL),
        Case(name="a result's URL with the key", point=1, api={"/run": A({"url": "{media}/a.png?key={key}"})}, **_WELL),
        Case(name="a status URL with the key", point=1, model=FOLLOWED, says="no such thing",
             api={"/run": A({"id": "7", "where": "{api}/jobs?key={key}"})}),
        Case(name="a header that echoes the key", point=1, says=r"answered 200: \*\*\*",
             provider={"errors": {"failed_headers": {"x-failed": ["***"]}, "message": None}},
             api={"/run": A({"url": "{media}/a.png"}, headers={"x-failed": "{key}"})}),
        Case(name="a redirect with the key in it", point=4, api={"/run": PICTURE}, says="not known to keep",
             media=A(b"", 302, {"location": "{evil}/?key=none"})),
        Case(name="a file with the key is the provider's own bytes", point=5, holds_key=True,
             model={"result": {"authorized": True, "media": "text/plain"}}, **_WELL,
             api={"/run": A({"url": "{api}/file"}), "/file": A(b"your key is " + SECRET.encode())}),
    ]  # fmt: skip


CASES: Final = [*_downloads(), *_answers(), *_expressions(), *_echoes()]
