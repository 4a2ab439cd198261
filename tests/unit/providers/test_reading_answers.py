"""What is made of an answer: codes, waits, expressions, results."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from modeltui.domain.call import Cost
from modeltui.errors import InvalidValueError, ProviderError
from modeltui.providers.contract import contract_of
from modeltui.providers.data_url import decode_base64, parse_data_url
from modeltui.providers.expression import as_text, compiled, is_set, search
from modeltui.providers.http import Answer
from modeltui.providers.provider import Errors
from modeltui.providers.replies import Reply, Verdict, judge, with_data
from modeltui.providers.results import Inline, Remote, outcome_of
from modeltui.providers.retry import backoff, retry_after, wait_text

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "text", "seconds"),
    [
        ({"retry-after": "12"}, "", 12),
        ({"retry-after": " 1.5 "}, "", 1.5),
        ({"retry-after-ms": "250", "retry-after": "9"}, "", 0.25),
        ({"retry-after": "Fri, 20 Nov 2026 10:01:00 GMT"}, "", 60),
        ({"retry-after": "Fri, 20 Nov 2026 09:00:00 GMT"}, "", 0),
        ({"retry-after": "soon"}, "", None),
        ({"retry-after": "-5"}, "", None),
        ({"retry-after": "1e9"}, "", None),
        ({}, "Your rate limit resets in ~30s.", 30),
        ({}, "try again in 2.5 seconds", 2.5),
        ({}, "30 states", None),
        ({}, "", None),
    ],
)
def test_retry_after(headers: dict[str, str], text: str, seconds: float | None) -> None:
    assert retry_after(headers, text, NOW) == seconds


def test_waits_grow_to_a_minute_and_are_never_shorter_than_asked() -> None:
    assert [backoff(tries) for tries in (1, 2, 3, 7, 50)] == [1, 2, 4, 60, 60]
    assert backoff(1, 90) == 90
    assert backoff(3, 0.1) == 4


def verdict(status: int, body: Any = None, **errors: Any) -> Verdict:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return judge(Answer(status, {"content-type": "application/json"}, content), Errors(**errors), NOW).verdict


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (200, Verdict.ACCEPTED),
        (202, Verdict.ACCEPTED),
        (301, Verdict.REFUSED),
        (400, Verdict.REFUSED),
        (402, Verdict.REFUSED),
        (404, Verdict.UNSEEN),
        (408, Verdict.TRANSIENT),
        (409, Verdict.REFUSED),
        (429, Verdict.THROTTLED),
        (500, Verdict.TRANSIENT),
        (529, Verdict.TRANSIENT),
    ],
)
def test_what_a_status_means(status: int, expected: Verdict) -> None:
    assert verdict(status, {}) is expected


def test_what_a_code_of_its_own_means() -> None:
    own = {"failed": "code != `200`", "code": "code"}
    assert verdict(200, {"code": 200}, **own) is Verdict.ACCEPTED
    assert verdict(200, {"code": 429}, **own) is Verdict.THROTTLED
    assert verdict(200, {"code": 500}, **own) is Verdict.TRANSIENT
    assert verdict(200, {"code": 501}, **own, refused=frozenset({"501"})) is Verdict.REFUSED
    assert verdict(200, {"code": "x"}, **own, money=frozenset({"x"})) is Verdict.REFUSED
    assert verdict(200, [], **own) is Verdict.REFUSED


@pytest.mark.parametrize("body", [b"", b"{", b"[" * 100_000, b"\xff\xfe", b"null", b'"text"', b"12"])
def test_no_body_breaks_the_reading(body: bytes) -> None:
    reply = judge(Answer(500, {}, body), Errors(message="a.b", code="c[0]"), NOW)
    assert reply.verdict is Verdict.TRANSIENT
    assert reply.error().message.startswith("answered 500: ")


def test_an_excerpt_is_short_and_safe() -> None:
    reply = judge(Answer(400, {}, b"\x1b]0;evil\x07" + b"x" * 10_000), Errors(), NOW)
    assert len(reply.error().message) < 2_200
    assert "\x1b" not in reply.error().message


@pytest.mark.parametrize(
    "expression",
    [
        "a" * 301,
        "a.",
        "[",
        "a || ",
        "foo(",
        "(" * 150 + ")" * 150,
        "nosuch(@) |",
        "nosuch(@)",
        " | ".join(["[@,@]"] * 40),
        "[@,@,@,@]|" * 6 + "@",
    ],
)
def test_expressions_that_are_refused(expression: str) -> None:
    with pytest.raises(InvalidValueError):
        compiled(expression)


@pytest.mark.parametrize(
    "expression", ["keys(a)", "sum(@)", "max_by(@, &a)", "join(',', @)", "sort(@)", "to_number(@).x.abs(@)"]
)
def test_expressions_that_do_not_fit_the_answer_say_so(expression: str) -> None:
    with pytest.raises(ProviderError, match=re.escape(expression)):
        search(expression, {"a": [{"b": "c"}]})


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), ("x", "x"), (2, "2"), (2.5, "2.5"), (True, "true"), (False, "false"), (["a"], '["a"]')],
)
def test_values_as_the_lists_of_a_file_write_them(value: Any, text: str) -> None:
    assert as_text(value) == text


@pytest.mark.parametrize(
    ("value", "expected"),
    [(None, False), (False, False), ("", False), ([], False), ({}, False), (0, True), ("no", True), ([0], True)],
)
def test_what_counts_as_set(value: Any, expected: bool) -> None:
    assert is_set(value) is expected


def reply(data: Any, body: bytes = b"") -> Reply:
    return Reply(Verdict.ACCEPTED, 200, body, data)


def outcome(kind: str, data: Any, body: bytes = b"", **more: Any) -> Any:
    select = {} if kind in ("bytes", "json") else {"select": "out"}
    document = {"request": {"path": "/x"}, "result": {"kind": kind, **select, **more}}
    return outcome_of(contract_of(document).result, reply(data, body))


def test_results_of_each_kind() -> None:
    assert outcome("url", {"out": ["https://a/1", None, "", ["https://a/2"]]}).items == (
        Remote("https://a/1"),
        Remote("https://a/2"),
    )
    assert outcome("url", {"out": "data:image/png;base64,AAAA"}).items == (Inline(b"\0\0\0", "image/png"),)
    assert outcome("base64", {"out": ["AAAA", "_-8"]}, media="image/png").items[1] == Inline(b"\xff\xef", "image/png")
    assert outcome("data_url", {"out": "data:text/plain,a%20b"}).items == (Inline(b"a b", "text/plain"),)
    assert outcome("bytes", None, b"RIFF", media="audio/wav").items == (Inline(b"RIFF", "audio/wav"),)
    assert outcome("text", {"out": ["one", "two"]}).text == "one\n\ntwo"
    assert json.loads(outcome("json", {"a": 1}).items[0].content) == {"a": 1}
    assert outcome("url", {"out": []}).items == ()
    assert outcome("url", None).items == ()


@pytest.mark.parametrize(
    ("kind", "found"), [("url", {"url": "x"}), ("url", 7), ("data_url", "https://a"), ("base64", "%")]
)
def test_results_that_are_not_what_the_file_says(kind: str, found: Any) -> None:
    with pytest.raises(ProviderError):
        outcome(kind, {"out": found})


def test_more_results_than_anybody_wants_are_refused() -> None:
    with pytest.raises(ProviderError, match="65 results"):
        outcome("url", {"out": ["https://a"] * 65})


@pytest.mark.parametrize(
    ("cost", "amount"),
    [
        (0.0013, "0.0013"),
        (2, "2"),
        ("0.40", "0.40"),
        (None, None),
        ("free", None),
        (True, None),
        (-1, None),
        ("NaN", None),
    ],
)
def test_the_cost_that_a_provider_tells(cost: Any, amount: str | None) -> None:
    found = outcome("url", {"out": "https://a", "cost": cost}, cost="cost", cost_currency="USD").cost
    assert found == (None if amount is None else Cost(Decimal(amount), "USD"))


def test_json_inside_a_string_is_read_where_the_file_says_so() -> None:
    data = {"data": {"resultJson": '{"urls": ["a"]}', "other": '{"b": 1}', "broken": "{"}}
    parsed = with_data(reply(data), ("data.resultJson", "data.broken", "data.none", "data.resultJson.urls")).data
    assert parsed == {"data": {"resultJson": {"urls": ["a"]}, "other": '{"b": 1}', "broken": "{"}}
    assert isinstance(data["data"]["resultJson"], str)


def test_data_urls() -> None:
    assert parse_data_url("https://a") is None
    assert parse_data_url("data:IMAGE/PNG;name=a.png;base64,AAAA") == ("image/png", b"\0\0\0")
    assert decode_base64("AA\nAA") == b"\0\0\0"
    for bad in ("A", "%%", "ä"):
        with pytest.raises(ProviderError):
            decode_base64(bad)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(1, "1 s"), (119, "119 s"), (121, "3 min"), (7199, "120 min"), (7201, "3 h"), (86_400, "a day or more")],
)
def test_a_wait_is_told_in_a_unit_that_fits(seconds: float, text: str) -> None:
    assert wait_text(seconds) == text


def test_where_a_redirect_points_is_told_without_its_control_characters() -> None:
    found = judge(Answer(307, {"location": "https://x/\x1b[2J" + "y" * 9000}, b""), Errors(), NOW).error()
    assert "https://x/" in found.message
    assert "\x1b" not in found.message
    assert len(found.message) < 500
