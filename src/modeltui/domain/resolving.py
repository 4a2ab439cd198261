"""Which model of a content type a caller gets: one that is rolled out to them, else the default, else any.

A rollout that arrives at 100 % stays before the default: whoever had the model at 50 % has it then too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from typing import TypeAlias

from msgspec import Struct

from modeltui.domain.catalog import Catalog
from modeltui.domain.model import Model
from modeltui.domain.rollout import Rollout

RolloutIn: TypeAlias = Callable[[Catalog, Model], Rollout | None]
"""What the file of a model says; None where it has no `[rollout]`."""


class _Offer(Struct, frozen=True):
    model: Model
    rollout: Rollout | None

    def is_for(self, caller_id: str) -> bool:
        return self.rollout is None or self.rollout.has(caller_id)


class _Offers(Struct, frozen=True):
    """The active models of one content type, each kind in the order in which they are tried."""

    partly: tuple[_Offer, ...]
    """Rolled out to a part of the callers, but for the default."""
    fully: tuple[_Offer, ...]
    """Rolled out to everybody, but for the default: their rollout is at its end, and not over."""
    default: tuple[_Offer, ...]
    """One, or none."""
    open: tuple[_Offer, ...]
    """Without a rollout."""

    def __iter__(self) -> Iterator[_Offer]:
        return chain(self.partly, self.fully, self.default, self.open)


class Resolver:
    """For one catalogue as it was read: its rows are gone through once, however many callers there are."""

    def __init__(self, catalog: Catalog, rollout: RolloutIn) -> None:
        self.catalog = catalog
        self._offers = _by_type(catalog, rollout)

    def resolve(self, content_type: str, caller_id: str, accepts: Callable[[Model], bool]) -> Model | None:
        """The first that the caller is in and that is accepted; None where there is none."""
        for offer in self._offers.get(content_type, ()):
            if offer.is_for(caller_id) and accepts(offer.model):
                return offer.model
        return None


def _by_type(catalog: Catalog, rollout: RolloutIn) -> Mapping[str, _Offers]:
    found: dict[str, list[Model]] = {}
    for model in catalog.models.values():
        if model.active and not model.is_broken and model.content_type is not None:
            found.setdefault(model.content_type, []).append(model)
    return {
        content_type: _offers([_Offer(model, rollout(catalog, model)) for model in sorted(models, key=_place)])
        for content_type, models in found.items()
    }


def _place(model: Model) -> tuple[bool, int, str]:
    """By `order`, then by key; without an order, behind those that have one."""
    return model.order is None, model.order or 0, model.key


def _offers(offers: list[_Offer]) -> _Offers:
    by_key = sorted(offers, key=lambda offer: offer.model.key)
    default = next((offer for offer in by_key if offer.model.default), None)
    others = [offer for offer in offers if offer is not default]
    return _Offers(
        partly=tuple(each for each in others if each.rollout is not None and not each.rollout.is_for_all),
        fully=tuple(each for each in others if each.rollout is not None and each.rollout.is_for_all),
        default=() if default is None else (default,),
        open=tuple(each for each in others if each.rollout is None),
    )
