"""The shape of `models/<content_type>/<slug>.toml`, and of a preset, from which such files are made."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from annotated_types import MinLen
from pydantic import Field

from modeltui.domain.schema.cost import Cost
from modeltui.domain.schema.inputs import Input, Rule
from modeltui.domain.schema.kinds import (
    ContentType,
    Count,
    EnvNames,
    FileName,
    InputName,
    Key,
    Name,
    ProviderId,
    SchemaVersion,
    Text,
    Texts,
    Uid,
)
from modeltui.domain.schema.metadata import Category, Limits, LockTable, Modalities, RolloutTable, Status, Timing
from modeltui.domain.schema.request import Call, Poll, Request, Result, Step
from modeltui.domain.schema.table import Table
from modeltui.domain.schema.upstream import UpstreamTable


class Identity(Table):
    """What every model file must say."""

    schema_version: Annotated[SchemaVersion, Field(alias="schema")]
    """Version of this format."""
    uid: Uid
    """Unique, and never changed: history, jobs and statistics hang on it."""
    model_id: Text
    """The provider's own id; several models may share one."""
    name: Text
    """What people call it."""
    provider: ProviderId
    """File name of the provider, without `.toml`."""
    content_type: ContentType
    """What it turns into what. Equals the folder."""


class ModelBody(Table):
    """All that is not identity."""

    description: Text | None = None
    """What the model is good for, in our own words."""
    version: Text | None = None
    """Of the model, as its maker counts."""
    family: Text | None = None
    """Models of one make, such as Veo."""
    variant: Text | None = None
    """Which one of its family, such as 3.1 Fast."""
    order: Count | None = None
    """Place within the family, from 0."""
    group: Name | None = None
    """A group of our own, such as video."""
    category: Category | None = None
    """What it costs the user."""
    logo: FileName | None = None
    """File name of the picture that applications show."""
    active: bool | None = None
    """Offered to users. False where absent."""
    default: bool | None = None
    """The one of its content type that is used unasked. At most one; false where absent."""
    premium: bool | None = None
    """Needs a paid plan. False where absent."""
    internal: bool | None = None
    """Not shown to users. False where absent."""
    status: Status | None = None
    """Where it is in its life."""
    tags: Texts | None = None
    """Words to filter by."""
    keys: EnvNames | None = None
    """Names of keys that are tried before the provider's own; only those that its `env_allow` permits."""
    released_on: date | None = None
    """Day since when the provider offers it."""
    deprecated_on: date | None = None
    """Day since when the provider advises against it."""
    retires_on: date | None = None
    """Last day, as the provider announced it."""
    replaced_by: Key | None = None
    """Key of the model to use instead."""
    verified_on: date | None = None
    """Day on which the contract below was last checked."""
    source: Text | None = None
    """Where it was checked."""
    lock: LockTable | None = None
    rollout: RolloutTable | None = None
    timing: Timing | None = None
    limits: Limits | None = None
    modalities: Modalities | None = None
    capabilities: Annotated[dict[Name, bool], MinLen(1)] | None = None
    """What the model can do, by name: `reasoning = true`."""
    inputs: dict[InputName, Input] | None = None
    """What it takes, in the order of the form."""
    rules: list[Rule] | None = None
    """What one input forbids or requires of another."""
    before: list[Step] | None = None
    """Calls before the request, in this order: uploads of files that it names by URL."""
    request: Request | None = None
    poll: Poll | None = None
    result: Result | None = None
    cancel: Call | None = None
    cost: Cost | None = None
    upstream: UpstreamTable | None = None


class ModelFile(ModelBody, Identity):
    """One model, all of it."""


class Preset(Table):
    """What `new --from` offers."""

    name: Text
    """One line."""
    description: Text | None = None
    """For which models it is a start."""
    ask: Texts | None = None
    """Fields whose value is only an example: `new` asks for them."""


class PresetFile(ModelBody):
    """A model file without identity, and what it is a start for."""

    schema_version: Annotated[SchemaVersion, Field(alias="schema")]
    """Version of this format."""
    preset: Preset
    model_id: Text | None = None
    """The provider's own id."""
    name: Text | None = None
    """What people call it."""
    provider: ProviderId | None = None
    """File name of the provider, without `.toml`."""
    content_type: ContentType | None = None
    """What it turns into what."""
