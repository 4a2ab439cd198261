"""Where a key may go, which keys there are, and that none is ever seen."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeltui.domain.key import HeldKey
from modeltui.errors import InvalidValueError, ProviderError, RefusedError
from modeltui.providers.auth import Gate, Target, gate_of
from modeltui.providers.clock import SYSTEM_CLOCK
from modeltui.providers.provider import Provider, provider_of
from modeltui.providers.secrets import Secret, find_key
from unit.providers.loopback import FakeTime

NO_WORDS = (
    "",
    " ",
    "Token ",
    " Token",
    "To ken",
    "Token\t",
    "Token\r\nX-Evil: 1",
    "Token\n",
    "Tökén",
    'T"',
    "A,B",
    "x" * 41,
)

GOOD = Target("https", "api.example.com", 443, has_userinfo=False)


def document(**changes: Any) -> dict[str, Any]:
    return {
        "schema": 1,
        "id": "example",
        "name": "Example",
        "base_url": "https://api.example.com/v1",
        "hosts": ["api.example.com", "eu.example.com:8443"],
        "auth": {"scheme": "bearer", "env": ["EXAMPLE_KEY", "EXAMPLE_OTHER"], "env_allow": ["EXAMPLE_KEY_*"]},
        **changes,
    }


def gate(time: FakeTime, **auth: Any) -> Gate:
    provider = provider_of(document(**({"auth": auth} if auth else {})))
    return gate_of(provider, {}, {"EXAMPLE_KEY": "k1", "EXAMPLE_SECRET": "s1"}.get, time.clock)


@pytest.mark.parametrize("target", [GOOD, Target("https", "eu.example.com", 8443, has_userinfo=False)])
def test_the_key_goes_to_listed_places(time: FakeTime, target: Target) -> None:
    assert gate(time).pass_through(target) == {"authorization": "Bearer k1"}


@pytest.mark.parametrize(
    "target",
    [
        GOOD._replace(scheme="http"),
        GOOD._replace(scheme="ftp"),
        GOOD._replace(host="api.example.com.evil.org"),
        GOOD._replace(host="api.example.com."),
        GOOD._replace(host="example.com"),
        GOOD._replace(host="xapi.example.com"),
        GOOD._replace(host="eu.example.com"),
        GOOD._replace(port=8443),
        GOOD._replace(port=80),
        GOOD._replace(has_userinfo=True),
        GOOD._replace(host="127.0.0.1", scheme="http", port=80),
        GOOD._replace(host=""),
    ],
)
def test_and_nowhere_else(time: FakeTime, target: Target) -> None:
    with pytest.raises(ProviderError, match="nothing was sent there") as raised:
        gate(time).pass_through(target)
    assert "k1" not in str(raised.value)


def test_a_provider_without_key_is_still_bound_to_its_hosts(time: FakeTime) -> None:
    open_gate = gate(time, scheme="none")
    assert open_gate.pass_through(GOOD) == {}
    with pytest.raises(ProviderError):
        open_gate.pass_through(GOOD._replace(host="elsewhere.org"))


@pytest.mark.parametrize(
    ("auth", "expected"),
    [
        ({"scheme": "bearer"}, {"authorization": "Bearer k1"}),
        ({"scheme": "key"}, {"authorization": "Key k1"}),
        ({"scheme": "prefixed", "prefix": "Token"}, {"authorization": "Token k1"}),
        ({"scheme": "header", "header": "X-Api-Key"}, {"x-api-key": "k1"}),
    ],
)
def test_each_scheme_has_its_header(time: FakeTime, auth: dict[str, Any], expected: dict[str, str]) -> None:
    assert gate(time, **auth, env=["EXAMPLE_KEY"]).pass_through(GOOD) == expected


@given(st.text(max_size=45))
def test_a_word_before_the_key_is_one_word_or_refused(word: str) -> None:
    auth = {"scheme": "prefixed", "prefix": word, "env": ["EXAMPLE_KEY"]}
    try:
        provider = provider_of(document(auth=auth))
    except InvalidValueError:
        return
    shown = gate_of(provider, {}, {"EXAMPLE_KEY": "k1"}.get, SYSTEM_CLOCK).pass_through(GOOD)["authorization"]
    assert shown.isascii()
    assert shown.isprintable()
    assert shown.split(" ") == [word, "k1"]


def test_a_signed_token_names_the_issuer_and_expires(time: FakeTime) -> None:
    header = gate(time, scheme="jwt_hs256", env=["EXAMPLE_KEY"], secret_env=["EXAMPLE_SECRET"], lifetime_s=60)
    token = header.pass_through(GOOD)["authorization"].removeprefix("Bearer ")
    signed, _, signature = token.rpartition(".")
    first, claims = (json.loads(base64.urlsafe_b64decode(part + "==")) for part in signed.split("."))
    now = int(time.clock.now().timestamp())
    assert first == {"alg": "HS256", "typ": "JWT"}
    assert claims == {"iss": "k1", "exp": now + 60, "nbf": now - 5}
    expected = hmac.new(b"s1", signed.encode(), hashlib.sha256).digest()
    assert base64.urlsafe_b64decode(signature + "==") == expected


def test_names_of_the_model_come_first_and_the_first_that_is_set_wins() -> None:
    provider = provider_of(document())
    known = {"EXAMPLE_KEY_TEAM": "team", "EXAMPLE_OTHER": "other"}
    assert find_key(provider, {"keys": ["EXAMPLE_KEY_TEAM"]}, known.get).reveal() == "team"
    assert find_key(provider, {"keys": ["EXAMPLE_KEY_NONE"]}, known.get).reveal() == "other"
    assert find_key(provider, {}, known.get).reveal() == "other"


@pytest.mark.parametrize("name", ["HOME", "OPENAI_API_KEY", "EXAMPLE_KE", "example_key_team", "EXAMPLE_KEY", "*"])
def test_a_model_cannot_make_another_secret_travel(name: str) -> None:
    asked: list[str] = []

    def source(key: str) -> str | None:
        asked.append(key)
        return "a secret"

    provider = provider_of(document(auth={"scheme": "bearer", "env": [], "env_allow": ["EXAMPLE_KEY_*"]}))
    with pytest.raises(RefusedError, match="does not allow"):
        find_key(provider, {"keys": [name]}, source)
    assert asked == []


@pytest.mark.parametrize("pattern", ["*", "?*", "A*", "ABC*", "[A-Z]*"])
def test_a_pattern_that_allows_nearly_everything_allows_nothing(pattern: str) -> None:
    provider = provider_of(document(auth={"scheme": "bearer", "env": [], "env_allow": [pattern]}))
    with pytest.raises(RefusedError):
        find_key(provider, {"keys": ["ABC_SECRET"]}, lambda _: "a secret")


def test_a_missing_key_names_the_variables() -> None:
    with pytest.raises(ProviderError, match="EXAMPLE_KEY or EXAMPLE_OTHER is not set") as raised:
        find_key(provider_of(document()), {}, lambda _: "  ")
    assert raised.value.hint == "export EXAMPLE_KEY=… or `modeltui keys set example`"


def test_a_key_that_would_break_a_header_is_refused_without_being_shown() -> None:
    with pytest.raises(ProviderError) as raised:
        find_key(provider_of(document()), {}, lambda _: "se cret\r\nhost: evil")
    assert "cret" not in str(raised.value)


def test_a_key_that_is_kept_for_another_provider_is_not_there() -> None:
    kept = {"EXAMPLE_KEY": HeldKey("k1", "keys.env", "other")}
    with pytest.raises(ProviderError, match=r"EXAMPLE_KEY in keys\.env is for other alone"):
        find_key(provider_of(document()), {}, kept.get)
    kept["EXAMPLE_OTHER"] = HeldKey("k2", "keys.env", "example")
    assert find_key(provider_of(document()), {}, kept.get).reveal() == "k2"


def test_a_key_goes_only_where_it_was_kept_for_whatever_the_file_says_now(time: FakeTime) -> None:
    kept = HeldKey("k1", "keys.env", "example", frozenset({("eu.example.com", 8443)}))
    found = gate_of(provider_of(document()), {}, lambda _: kept, time.clock)
    assert found.pass_through(Target("https", "eu.example.com", 8443, has_userinfo=False))
    with pytest.raises(ProviderError, match="kept for other hosts") as raised:
        found.pass_through(GOOD)
    assert "k1" not in f"{raised.value} {raised.value.hint}"


def test_a_loopback_provider_gets_no_real_key() -> None:
    local = {"base_url": "http://127.0.0.1:9000", "hosts": ["127.0.0.1:9000"], "loopback": True}
    auth = {"scheme": "bearer", "env": ["REPLICATE_API_TOKEN"]}
    with pytest.raises(RefusedError, match="loopback"):
        find_key(provider_of(document(**local, auth=auth)), {}, lambda _: "real")


def test_a_secret_is_in_no_text() -> None:
    secret = Secret("hunter2")
    assert "hunter2" not in f"{secret} {secret!r} {[secret]} {replace(secret)!r}"


def test_an_echoed_key_is_blotted_out(time: FakeTime) -> None:
    assert gate(time).scrub("bad key k1!") == "bad key ***!"


@pytest.mark.parametrize(
    "changes",
    [
        {"base_url": "http://api.example.com"},
        {"base_url": "https://user@api.example.com"},
        {"base_url": "https://api.example.com/?x=1"},
        {"base_url": "https://api.example.com/#a"},
        {"base_url": "https://other.example.com"},
        {"base_url": "https://api.example.com:444"},
        {"base_url": "ftp://api.example.com"},
        {"hosts": ["*.example.com", "api.example.com"]},
        {"hosts": ["https://api.example.com"]},
        {"hosts": ["api.example.com", "127.0.0.1"]},
        {"hosts": ["api.example.com", "localhost:80"]},
        {"hosts": []},
        {"hosts": "api.example.com"},
        {"loopback": True},
        {"loopback": "yes"},
        {"auth": {"scheme": "basic"}},
        {"auth": {"scheme": "header"}},
        {"auth": {"scheme": "prefixed"}},
        *({"auth": {"scheme": "prefixed", "prefix": word}} for word in NO_WORDS),
        {"headers": {"Host": "evil"}},
        {"headers": {"Authorization": "Bearer x"}},
        {"headers": {"x-note": "a\nb: c"}},
        {"headers": {"x note": "a"}},
        {"transport": "carrier pigeon"},
        {"errors": {"throttled": "429"}},
    ],
)
def test_a_provider_file_that_is_not_safe_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError):
        provider_of(document(**changes))


def test_shipped_providers_can_all_be_read() -> None:
    import tomllib

    from unit.providers.loopback import CATALOG

    files = sorted((CATALOG / "providers").glob("*.toml"))
    providers: list[Provider] = [provider_of(tomllib.loads(file.read_text(encoding="utf-8"))) for file in files]
    assert [provider.id for provider in providers] == [file.stem for file in files]
    assert len(providers) >= 17
