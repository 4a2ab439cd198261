"""Runs among hostile providers, servers, answers and files, from the command line to the wire and back.

The key goes nowhere but to its provider, nothing outside the job's folder changes, and no key is said or kept.
"""

from __future__ import annotations

import json
import re
from urllib.parse import urlsplit

import pytest

from hostile import run_answers, run_cases
from hostile.run_world import (
    KEY,
    Case,
    World,
    check_requests,
    check_secrets,
    check_tree,
    environment,
    make,
    on_the_web,
    servers,
    tree,
)
from hostile.wild import Wild

CASES = [*run_cases.CASES, *run_answers.CASES]


def run(world: World, case: Case, wild: dict[str, Wild]) -> None:
    if case.is_web:
        world.names |= {
            name: text
            for each in ("api", "media", "evil")
            for name, text in (
                (each, f"https://{each}.example.com"),
                (f"{each}_host", f"{each}.example.com"),
            )
        }
    environment(world, case, world.patch)
    servers(world, case, wild)
    if case.is_web:
        on_the_web(world, case, world.patch)
    make(world, case)
    case.plant(world)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_hostile_run(world: World, case: Case, wild: dict[str, Wild]) -> None:
    run(world, case, wild)
    before = tree(world.home)
    words = [f"-i={name}={world.filled(value)}" for name, value in case.inputs.items()]
    ran = world.line("run", KEY, "--yes", "--format", "json", *words, *world.filled(case.words))
    assert ran.code == case.code, ran.err
    assert re.search(case.says, ran.err), ran.err
    listed = world.line("jobs", "--format", "json")
    states = [row["state"] for row in json.loads(listed.out)]
    assert states == ([] if case.state is None else [case.state]), ran.err
    shown = [world.line("jobs", "show", json.loads(listed.out)[0]["id"])] if states else []
    check_requests(world, case)
    check_tree(before, tree(world.home), frozenset(before))
    keeps = "config/modeltui/keys.env"
    check_secrets(world, ran, listed, *shown, but="/result-" if case.holds_key else keeps)
    for seen in world.media:
        assert not seen.address or urlsplit(f"//{seen.address}").hostname == "93.184.216.34"


def test_there_are_enough_and_every_point_has_its_own() -> None:
    assert len(CASES) >= 45
    assert {case.point for case in CASES} >= {1, 2, 3, 4, 5, 6, 8, 9}
    assert len({str(case) for case in CASES}) == len(CASES)
