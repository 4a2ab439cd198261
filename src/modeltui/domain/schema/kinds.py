"""What single values look like: a price, a moment, a name, a list without repeats."""

from __future__ import annotations

import re
from typing import Annotated, Any, TypeAlias

from annotated_types import Ge, Gt, Le, MinLen
from msgspec import Struct
from pydantic import AfterValidator, AwareDatetime, StringConstraints
from pydantic.types import AllowInfNan

from modeltui.domain.document import same, shown
from modeltui.domain.price import LONGEST as LONGEST_PRICE
from modeltui.domain.schema.fatal import SCHEMA_VERSION
from modeltui.domain.schema.table import custom


class Kind(Struct, frozen=True):
    """How the values of a field are called in findings and forms."""

    name: str
    expected: str
    """What a finding asks for, with an example."""

    @property
    def examples(self) -> list[str]:
        """Values that `expected` names behind `such as`."""
        named = self.expected.partition("such as ")[2]
        return [each.strip('"') for each in named.split(" or ")] if named else []


class Unit(Struct, frozen=True):
    """What a number counts, such as `s` or `MB`."""

    name: str


_NAME = "[a-z][a-z0-9]*(?:[_-][a-z0-9]+)*"
_PRICE = r"(?:0|[1-9][0-9]*)(?:\.[0-9]+)?"


def matching(pattern: str) -> StringConstraints:
    """The whole text matches."""
    return StringConstraints(pattern=rf"^(?:{pattern})$")


def is_price(text: str) -> bool:
    """Whether a text is a price as files write it: digits, without sign or exponent, and not too many of them."""
    return len(text) <= LONGEST_PRICE and re.fullmatch(_PRICE, text) is not None


def _short_enough(text: str) -> str:
    if len(text) > LONGEST_PRICE:
        says = f"has {len(text):,} characters, and a price at most {LONGEST_PRICE}"
        raise custom("bad-value", says, "write fewer digits")
    return text


def _supported(version: int) -> int:
    if version != SCHEMA_VERSION:
        hint = "use a modeltui of the same age as the catalogue"
        raise custom("unsupported-schema", f"is {version}, and this modeltui reads {SCHEMA_VERSION}", hint)
    return version


SchemaVersion: TypeAlias = Annotated[int, AfterValidator(_supported), Kind("version", str(SCHEMA_VERSION))]
Text: TypeAlias = Annotated[str, StringConstraints(pattern=r"\S"), Kind("text", "text that is not blank")]
Uid: TypeAlias = Annotated[str, matching("[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"), Kind("uid", "a UUID")]
Name: TypeAlias = Annotated[str, matching(_NAME), Kind("name", "a name in lower case, such as web_search")]
ContentType: TypeAlias = Annotated[
    str, matching(_NAME), Kind("content type", "a name in lower case, such as prompt_to_video")
]
ProviderId: TypeAlias = Annotated[
    str, matching(_NAME), Kind("provider", "the file name of a provider without .toml, such as kie_ai")
]
Key: TypeAlias = Annotated[
    str, matching("[^/\\\\]+/[^/\\\\]+"), Kind("key", "the key of a model, such as prompt_to_video/veo-3")
]
FileName: TypeAlias = Annotated[
    str, matching("[A-Za-z0-9_-][A-Za-z0-9._-]*"), Kind("file name", "the name of a file, such as veo.svg")
]
Digest: TypeAlias = Annotated[str, matching("sha256:[0-9a-f]{64}"), Kind("digest", "sha256: and 64 hex digits")]
MediaType: TypeAlias = Annotated[
    str,
    matching("(?:image|video|audio|text|application)/[a-z0-9.+-]+"),
    Kind("media type", "a media type, such as video/mp4"),
]
Price: TypeAlias = Annotated[
    str, matching(_PRICE), AfterValidator(_short_enough), Kind("price", 'a price in quotes, such as "0.25"')
]
Currency: TypeAlias = Annotated[str, matching("credits|[A-Z]{3}"), Kind("currency", "credits or a code such as USD")]
Rounding: TypeAlias = Annotated[
    str, matching("(?:half_up|half_even|up|down|up_binary):[0-9]"), Kind("rounding", "a rounding, such as half_up:2")
]
EnvName: TypeAlias = Annotated[
    str, matching("[A-Z][A-Z0-9_]*"), Kind("key name", "the name of an environment variable, such as KIE_AI_API_KEY")
]
EnvPattern: TypeAlias = Annotated[
    str,
    matching(r"[A-Z][A-Z0-9_]*|[A-Z][A-Z0-9_]{3,}\*"),
    Kind("key pattern", "a name, or at least 4 letters of one and then *, such as KIE_AI_API_KEY_*"),
]
InputName: TypeAlias = Annotated[
    str, matching("[A-Za-z_][A-Za-z0-9_]*"), Kind("input name", "letters, digits and _, not beginning with a digit")
]
ItemField: TypeAlias = Annotated[
    str,
    matching(r"[A-Za-z_][A-Za-z0-9_]*\[\]\.[A-Za-z_][A-Za-z0-9_]*"),
    Kind("item field", "a field of the items of a list, such as shots[].duration"),
]
DottedPath: TypeAlias = Annotated[
    str, matching(r"[^.\s]+(?:\.[^.\s]+)*"), Kind("path", "a path with dots, such as data.resultJson")
]
Code: TypeAlias = Annotated[str, matching(r"\S+"), Kind("code", 'a code in quotes, such as "429"')]

Count: TypeAlias = Annotated[int, Ge(0)]
AtLeastOne: TypeAlias = Annotated[int, Ge(1)]
Number: TypeAlias = Annotated[float, AllowInfNan(False)]
Positive: TypeAlias = Annotated[float, AllowInfNan(False), Gt(0)]
NotNegative: TypeAlias = Annotated[float, AllowInfNan(False), Ge(0)]
Percent: TypeAlias = Annotated[float, AllowInfNan(False), Ge(0), Le(100), Unit("%")]
Wait: TypeAlias = Annotated[float, AllowInfNan(False), Ge(0), Le(86_400), Unit("s")]
Interval: TypeAlias = Annotated[float, AllowInfNan(False), Gt(0), Le(86_400), Unit("s")]
Moment: TypeAlias = Annotated[
    AwareDatetime, Kind("moment", "a date and time with offset, such as 2026-11-20T10:00:00Z")
]


def no_repeats(values: list[Any]) -> list[Any]:
    for position, value in enumerate(values):
        if any(same(value, earlier) for earlier in values[:position]):
            raise custom("repeated-value", f"holds {shown(value)} twice", "keep one of them")
    return values


Texts: TypeAlias = Annotated[list[Text], AfterValidator(no_repeats)]
SomeTexts: TypeAlias = Annotated[list[Text], MinLen(1), AfterValidator(no_repeats)]
Values: TypeAlias = Annotated[list[Any], AfterValidator(no_repeats)]
SomeValues: TypeAlias = Annotated[list[Any], MinLen(1), AfterValidator(no_repeats)]
InputNames: TypeAlias = Annotated[list[InputName], MinLen(1), AfterValidator(no_repeats)]
EnvNames: TypeAlias = Annotated[list[EnvName], AfterValidator(no_repeats)]
EnvPatterns: TypeAlias = Annotated[list[EnvPattern], AfterValidator(no_repeats)]
Codes: TypeAlias = Annotated[list[Code], AfterValidator(no_repeats)]
