"""Hostile runs that are about where a request goes, with what in it: points 1 to 4, and 6."""

from __future__ import annotations

from typing import Any, Final

from hostile.run_world import OTHER, SECRET, Case, World
from hostile.wild import A

PICTURE: Final = A({"url": "{media}/a.png"})
FOLLOWED: Final[dict[str, Any]] = {
    "request": {"save": {"task_id": "id", "where": "where"}},
    "poll": {
        "url": "${saved.where}", "status": "state", "success": ["done"], "pending": ["busy"], "failure": ["bad"],
        "interval_s": 5, "timeout_s": 30,
    },
}  # fmt: skip
POLLED: Final[dict[str, Any]] = {
    "request": {"save": {"task_id": "id"}},
    "poll": {key: value for key, value in FOLLOWED["poll"].items() if key != "url"}
    | {"path": "/jobs/${saved.task_id}"},
}
KEPT: Final = {"inputs": {"image": {"type": "image"}}, "request": {"body": {"image": "${inputs.image}"}}}
UPLOAD: Final[dict[str, Any]] = {
    **KEPT,
    "before": [
        {"input": "image", "path": "/slot", "body": {"name": "${file.name}"}, "save": {"put": "put", "get": "get"}},
        {"input": "image", "method": "PUT", "url": "${saved.put}", "encoding": "bytes", "body": "${file.bytes}",
         "use": "${saved.get}"},
    ],
}  # fmt: skip
DATA_URL: Final = "data:image/png;base64,iVBORw0KGgo="

_URLS: Final = {
    "userinfo that looks like the host": "https://api.example.com:443@evil.example/jobs",
    "userinfo before the own host": "https://user:pw@api.example.com/jobs",
    "a backslash before an at sign": "https://api.example.com\\@evil.example/",
    "the host in the fragment": "https://evil.example#@api.example.com/",
    "the host in the query": "https://evil.example?@api.example.com/",
    "the host as a subdomain of another": "https://api.example.com.evil.example/",
    "a host that ends like ours": "https://evilapi.example.com/",
    "a trailing dot": "https://api.example.com./jobs",
    "a Cyrillic letter": "https://аpi.example.com/jobs",
    "a circled letter": "https://ⓐpi.example.com/jobs",
    "punycode that looks alike": "https://xn--pi-7kc.example.com/jobs",
    "another port": "https://api.example.com:8443/jobs",
    "a port that wraps round": "https://api.example.com:65979/jobs",
    "a negative port": "https://api.example.com:-443/jobs",
    "http in place of https": "http://api.example.com/jobs",
    "no scheme": "//evil.example/jobs",
    "no scheme, own host": "//api.example.com/jobs",
    "slashes that lean": "https:\\\\evil.example\\jobs",
    "a tab in the host": "https://api.example.com\t.evil.example/",
    "a header behind the host": "https://api.example.com/\r\nHost: evil.example",
    "an encoded dot": "https://api.example.com%2eevil.example/",
    "an encoded nothing": "https://api.example.com%00.evil.example/",
    "an address for the name": "https://[::ffff:93.184.216.34]/jobs",
    "a number for the name": "https://1572395042/jobs",
    "half an address": "https://[::1/jobs",
    "a file": "file:///etc/passwd",
    "another protocol": "gopher://api.example.com/jobs",
    "half a character": "https://evil\ud800.example.com/",
    "a long host": f"https://{'a' * 70_000}.example/",
}
_FORBIDDEN: Final = (
    "Authorization", "authorization ", "Cookie", "Host", "Content-Length", "Transfer-Encoding", "Connection",
    "Forwarded", "X-Forwarded-Host", "X-Original-URL", "Proxy-Authorization", "True-Client-IP", "X\r\nAuthorization",
)  # fmt: skip
_INSIDE: Final = (
    "10.0.0.1", "127.0.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "::1", "::ffff:10.0.0.1",
    "64:ff9b::a9fe:a9fe", "2002:a00:1::", "fe80::1", "fd00::1", "no address",
)  # fmt: skip
_MOVES: Final = {
    "to who is not listed": "{evil}/x",
    "to another scheme": "file:///etc/passwd",
    "without a scheme": "//{evil_host}/x",
    "to half an address": "http://[evil",
    "by userinfo": "http://{media_host}@{evil_host}/x",
    "to no port": "http://{media_host}:99999999/x",
    "with a backslash": "{evil}\\@{media_host}/x",
}


def _where() -> list[Case]:
    return [
        Case(name=f"poll: {name}", point=1, model=FOLLOWED, is_web=True, most_asked=1,
             state="uncertain" if name == "a long host" else "failed",
             api={"/run": A({"id": "7", "where": url})},
             says="nothing was sent there|is not a URL|no host that could|could be kept")
        for name, url in _URLS.items()
    ]  # fmt: skip


def _places() -> list[Case]:
    return [
        Case(name="poll at another server", point=1, model=FOLLOWED, most_asked=1,
             api={"/run": A({"id": "7", "where": "{evil}/x"})}, says="nothing was sent there"),
        Case(name="a path that looks like a host stays a path", point=1, model=FOLLOWED, asks=r"/run|/\\.*",
             api={"/run": A({"id": "7", "where": "/\\{evil_host}/x"})}, says="no such thing"),
        Case(name="fetch at another server", point=1, state="uncertain", most_asked=1,
             model={"request": {"save": {"where": "where"}}, "result": {"fetch": {"url": "${saved.where}"}}},
             api={"/run": A({"where": "{evil}/x"})}, says="nothing was sent there"),
        Case(name="an upload to another server", point=1, model=UPLOAD, inputs={"image": DATA_URL}, most_asked=1,
             api={"/slot": A({"put": "{evil}/x", "get": "{media}/y"})}, says="nothing was sent there"),
        Case(name="an upload to the metadata of a cloud", point=4, model=UPLOAD, inputs={"image": DATA_URL},
             is_web=True, addresses={"media.example.com": [["169.254.169.254"]]}, most_asked=1,
             api={"/slot": A({"put": "https://media.example.com/x", "get": "y"})}, says="not on the open internet"),
        Case(name="an upload to a media host has no key", point=1, model=UPLOAD, inputs={"image": DATA_URL},
             api={"/slot": A({"put": "{media}/x?signature={key}", "get": "{media}/y"}), "/run": PICTURE},
             code=0, state="succeeded"),
        Case(name="an upload URL by userinfo of the own host", point=1, model=UPLOAD, inputs={"image": DATA_URL},
             api={"/slot": A({"put": "http://{api_host}@{evil_host}/x", "get": "y"})}, most_asked=1,
             says="nothing was sent there"),
        Case(name="an upload is redirected", point=4, model=UPLOAD, inputs={"image": DATA_URL}, most_asked=1,
             api={"/slot": A({"put": "{media}/x", "get": "y"})}, media=A({}, 307, {"location": "{evil}/x"}),
             says="answered 307"),
        Case(name="a base that is not among the hosts", point=1, state=None, code=1, most_asked=0,
             provider={"bases": {"upload": "{evil}"}}, says="must hold the host of bases.upload"),
        Case(name="a base that no file has", point=1, most_asked=0, inputs={"image": DATA_URL},
             model={**KEPT, "before": [{"input": "image", "base": "gone", "path": "/x", "save": {"u": "u"},
                                        "body": {"a": "${file.base64}"}, "use": "${saved.u}"}]}, says="no bases.gone"),
        Case(name="a key that is kept for another provider", point=3, state=None, code=4, most_asked=0,
             plant=lambda world: _keep(world, "other"), says="for other alone"),
        Case(name="a key that is kept for another host", point=1, code=4, most_asked=0,
             plant=lambda world: _keep(world, "loop api.elsewhere.example"), says="kept for other hosts"),
        Case(name="a file of keys that others can read", point=3, state=None, code=1, most_asked=0,
             plant=lambda world: _keep(world, "loop", 0o644), says="others can read"),
        Case(name="a loopback provider with a real key", point=6, state=None, code=1, most_asked=0,
             provider={"auth": {"env": ["KIE_AI_API_KEY"]}}, says="real key of another"),
        Case(name="http without loopback", point=6, state=None, code=1, most_asked=0, provider={"loopback": False},
             says="must be https|must be this machine"),
        Case(name="loopback with a host elsewhere", point=6, state=None, code=1, most_asked=0,
             provider={"hosts": ["{api_host}", "evil.example"]}, says="must be this machine"),
        Case(name="a base URL with userinfo", point=1, state=None, code=1, most_asked=0,
             provider={"base_url": "http://{api_host}@{evil_host}"}, says="without user, query or fragment"),
    ]  # fmt: skip


def _keep(world: World, bound: str, mode: int = 0o600) -> None:
    """In a file of keys, and no longer in the environment."""
    world.forget("LOOPBACK_KEY")
    path = world.home / "config" / "modeltui" / "keys.env"
    path.parent.mkdir(parents=True)
    path.write_text(f"# modeltui: {bound}\nLOOPBACK_KEY={SECRET}\n", encoding="utf-8")
    path.chmod(mode)


def _headers() -> list[Case]:
    named = [
        Case(name=f"the header {name!r}", point=2, state=None, code=1, most_asked=0,
             model={"request": {"headers": {name: "evil"}}}, says="header")
        for name in _FORBIDDEN
    ]  # fmt: skip
    return [
        *named,
        Case(name="the provider's own header", point=2, state=None, code=1, most_asked=0, says="may not set the header",
             provider={"auth": {"scheme": "header", "header": "X-Key"}},
             model={"request": {"headers": {"x-KEY": "evil"}}}),
        Case(name="a line break in a header's value", point=2, state=None, code=1, most_asked=0,
             model={"request": {"headers": {"x-a": "${inputs.prompt}"}}},
             inputs={"prompt": "a\r\nAuthorization: Bearer evil"}, says="cannot be sent in a header"),
        Case(name="a letter that no header has", point=2, state=None, code=1, most_asked=0,
             model={"request": {"headers": {"x-a": "${inputs.prompt}"}}}, inputs={"prompt": "\u010d\u010a"},
             says="cannot be sent in a header"),
        Case(name="a line break in what was saved", point=2, most_asked=1, api={"/run": A({"id": "a\r\nCookie: b"})},
             model={**POLLED, "poll": {**POLLED["poll"], "headers": {"x-a": "${saved.task_id}"}}},
             says="cannot be sent"),
        Case(name="a forbidden header after the submit", point=2, most_asked=1, api={"/run": A({"id": "7"})},
             model={**POLLED, "poll": {**POLLED["poll"], "headers": {"Host": "{evil_host}"}}},
             says="may not set the header"),
        Case(name="line breaks in the query", point=2, code=0, state="succeeded", api={"/run": PICTURE},
             model={"request": {"query": {"q": "${inputs.prompt}"}}}, inputs={"prompt": "a b\r\nHost: evil&key=1#"},
             asks=r"/run\?q=a\+b%0D%0AHost%3A\+evil%26key%3D1%23"),
        Case(name="cookies are not kept", point=2, code=0, state="succeeded", model=POLLED,
             api={"/run": A({"id": "7"}, headers={"set-cookie": "session={key}; Path=/"}),
                  "/jobs/7": A({"state": "done", "url": "{media}/a.png"})}),
    ]  # fmt: skip


def _placeholders() -> list[Case]:
    wrong = [
        Case(name=f"the placeholder {text}", point=3, state=None, code=1, most_asked=0,
             model={"request": {"body": {"prompt": text}}}, says="placeholder")
        for text in ("${env.KIE_AI_API_KEY}", "${secrets.key}", "${auth.key}", "${provider.auth}", "${os.environ}")
    ]  # fmt: skip
    literal = [
        Case(name=f"an input that says {text}", point=3, code=0, state="succeeded", api={"/run": PICTURE},
             inputs={"prompt": text}, sends=text)
        for text in ("${env.KIE_AI_API_KEY}", "${saved.task_id}", "$${x}", "$each", '{"$when": "${inputs.prompt}"}')
    ]  # fmt: skip
    in_path = [
        Case(name=f"the path part {text!r}", point=3, code=code, state="failed" if code == 4 else None,
             model={"request": {"path": "/v1/${inputs.prompt}/x"}}, inputs={"prompt": text}, asks=asks, says=says)
        for text, code, asks, says in (
            ("../../admin", 4, "/v1/..%2F..%2Fadmin/x", "no such"), ("..", 1, "nothing", "path"),
            ("%2e%2e", 4, "/v1/%252e%252e/x", "no such"), ("a?b#c", 4, "/v1/a%3Fb%23c/x", "no such"),
            ("@{evil_host}", 4, "/v1/%40.*/x", "no such"), ("a\r\nHost: b", 4, "/v1/a%0D%0AHost%3A%20b/x", "no such"),
        )
    ]  # fmt: skip
    saved = {**POLLED, "poll": {**POLLED["poll"], "path": "/${+saved.task_id}"}}
    with_slashes = [
        Case(name=f"the saved path {text!r}", point=3, model=saved, api={"/run": A({"id": text})}, most_asked=1,
             says="nothing that could stand|not a path|out of itself")
        for text in ("a/../../b", "/{evil_host}/x", "../b", "a//b", "a/./b")
    ]  # fmt: skip
    return [
        *wrong, *literal, *in_path, *with_slashes,
        Case(name="a saved path whose parts are encoded", point=3, model=saved, asks="/run|/a/%252e%252e/b%3Fc",
             api={"/run": A({"id": "a/%2e%2e/b?c"})}, says="no such thing"),
        Case(name="an id that climbs", point=3, model=POLLED, api={"/run": A({"id": ".."})}, most_asked=1,
             says="nothing that could stand"),
        Case(name="saved text that is a placeholder", point=3, code=0, state="succeeded", asks="/run|/jobs/%24%7B.*",
             model=POLLED, api={"/run": A({"id": "${inputs.prompt}"}),
                                "/jobs/%24%7Binputs.prompt%7D": A({"state": "done", "url": "{media}/a.png"})}),
        Case(name="the name of another provider's key", point=3, state=None, code=1, most_asked=0,
             model={"keys": ["KIE_AI_API_KEY"]}, is_web=True, says="does not allow"),
        Case(name="a pattern that allows any key", point=3, state=None, code=1, most_asked=0, is_web=True,
             model={"keys": ["KIE_AI_API_KEY"]}, provider={"auth": {"env_allow": ["*"]}}, says="does not allow"),
        Case(name="a key with a line break", point=3, state=None, code=4, most_asked=0,
             plant=lambda world: world.set("LOOPBACK_KEY", f"{OTHER}\r\nx: y"), says="no header can carry"),
    ]  # fmt: skip


def _moved() -> list[Case]:
    downloads = [
        Case(name=f"a download is redirected {name}", point=4, api={"/run": PICTURE},
             media=A(b"", 302, {"location": to}),
             says="not known to keep|no URL|[Ii]nvalid URL|no host that")
        for name, to in _MOVES.items()
    ]  # fmt: skip
    inside = [
        Case(name=f"a download from {address}", point=4, is_web=True, api={"/run": PICTURE}, most_media=0,
             addresses={"media.example.com": [["93.184.216.34", address]]}, says="not on the open internet")
        for address in _INSIDE
    ]  # fmt: skip
    return [
        *downloads, *inside,
        Case(name="the submit is redirected", point=4, most_asked=1,
             api={"/run": A({}, 302, {"location": "{evil}/x"})}, says="answered 302"),
        Case(name="the submit is redirected with its body", point=4, most_asked=1,
             api={"/run": A({}, 308, {"location": "{api}/elsewhere"})}, says="answered 308"),
        Case(name="a poll is redirected", point=4, most_asked=2, model=POLLED, says="answered 307",
             api={"/run": A({"id": "7"}), "/jobs/7": A({}, 307, {"location": "{evil}/x"})}),
        Case(name="redirects without end", point=4, api={"/run": PICTURE}, media=A(b"", 301, {"location": "/again"}),
             says="more than 3 times", most_media=4),
        Case(name="the name leads inside at the second look", point=4, is_web=True, api={"/run": PICTURE}, code=0,
             state="succeeded", addresses={"media.example.com": [["93.184.216.34"], ["127.0.0.1"]]}, most_media=1),
        Case(name="the name leads inside at the next try", point=4, is_web=True, api={"/run": PICTURE},
             addresses={"media.example.com": [["93.184.216.34"], ["127.0.0.1"]]}, media=A(b"", 503), most_media=1,
             says="not on the open internet"),
        Case(name="a redirect from https to http", point=4, is_web=True, api={"/run": PICTURE}, most_media=1,
             media=A(b"", 302, {"location": "http://media.example.com/x"}), says="not known to keep"),
        Case(name="a result at a number for an address", point=4, is_web=True,
             api={"/run": A({"url": "https://2130706433/"})},
             most_media=0, says="not known to keep"),
        Case(name="a result behind a user's name", point=4, is_web=True, most_media=0, says="not known to keep",
             api={"/run": A({"url": "https://user:pw@media.example.com/x"})}),
        Case(name="a host that only ends like the listed", point=4, is_web=True, most_media=0,
             provider={"media_hosts": ["*.example.com"]}, says="not known to keep",
             api={"/run": A({"url": "https://evilexample.com/x"})}),
        Case(name="the key stays behind at a redirect", point=4, code=0, state="succeeded",
             model={"result": {"authorized": True}}, api={"/run": A({"url": "{api}/file"}),
                                                          "/file": A(b"", 302, {"location": "{media}/a.png"})}),
        Case(name="a download with the key from a media host", point=4, model={"result": {"authorized": True}},
             api={"/run": PICTURE}, most_media=0, says="nothing was sent there"),
    ]  # fmt: skip


CASES: Final = [*_where(), *_places(), *_headers(), *_placeholders(), *_moved()]
