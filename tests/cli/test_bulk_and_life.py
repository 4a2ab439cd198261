"""`tag`, `scale`, `--dry-run`, `default`, `deprecate`, `restore` and `remove`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from cli.small import BROKEN, FLUX, KLING, VEO, Line


def pending(modeltui: Line) -> dict[str, dict[str, Any]]:
    """New values by field, by model; None where the whole file goes."""
    return {
        row["key"]: {change["field"]: change["new"] for change in row["changes"]}
        for row in modeltui("pending", "--format", "json").json
    }


def test_tags_in_and_out_with_a_minus(modeltui: Line) -> None:
    ran = modeltui("tag", "provider:kie_ai", "+new one", "-fast")
    assert ran.code == 0
    assert "2 models queued, 1 skipped" in ran.err
    assert "skipped prompt_to_video/veo: Veo 3.1 is locked by alice (in production)" in ran.err
    assert pending(modeltui) == {KLING: {"tags": ["new one"]}, FLUX: {"tags": ["new one"]}}
    assert modeltui("tag", "key:*", "plain").code == 2
    assert modeltui("tag", "key:*", "--odd").code == 2


def test_prices_times_a_factor(modeltui: Line) -> None:
    assert modeltui("scale", "-lock:yes", "cost.base", "1.1").code == 2
    assert modeltui("scale", "--round", "up:1", "--", "-lock:yes provider:kie_ai", "cost", "1.11").code == 0
    assert pending(modeltui) == {KLING: {"cost.base": "31.7"}, FLUX: {"cost.base": "5.6"}}
    assert modeltui("scale", KLING, "cost.multipliers", "2").code == 2
    assert modeltui("scale", KLING, "cost", "0").code == 2


def test_a_dry_run_shows_what_would_be(modeltui: Line) -> None:
    ran = modeltui("set", "provider:kie_ai", "status=beta", "--unset", "family", "--dry-run")
    assert ran.code == 0
    assert ran.out == (
        f'~ {FLUX}\n    status: "active" → "beta"\n    family: "Flux" → –\n'
        f'~ {KLING}\n    status: "active" → "beta"\n    family: "Kling" → –\n'
    )
    assert "2 models would change, 1 skipped (1 locked); nothing was queued" in ran.err
    assert pending(modeltui) == {}
    assert (
        modeltui("set", KLING, "active=true", "--dry-run")
        .err.strip()
        .endswith("0 models would change, 1 already so; nothing was queued")
    )
    assert modeltui("set", VEO, "active=false", "--dry-run").code == 1
    assert modeltui("tag", FLUX, "+a", "--dry-run").out == f'~ {FLUX}\n    tags: ["fast"] → ["fast", "a"]\n'


def test_the_default_goes_over_unless_the_old_one_is_locked(modeltui: Line) -> None:
    ran = modeltui("default", KLING)
    assert ran.code == 1
    assert "Veo 3.1 is locked by alice" in ran.err
    assert pending(modeltui) == {}
    assert "is not active" in modeltui("default", FLUX).err
    modeltui("enable", FLUX)
    assert modeltui("default", FLUX).code == 0
    assert pending(modeltui) == {FLUX: {"active": True, "default": True}}


def test_deprecated_removed_and_restored(modeltui: Line) -> None:
    today = datetime.now().astimezone().date().isoformat()
    assert modeltui("deprecate", KLING, "--on", "2026-01-31", "--replaced-by", VEO).code == 0
    assert pending(modeltui)[KLING] == {"status": "deprecated", "deprecated_on": "2026-01-31", "replaced_by": VEO}
    assert modeltui("restore", KLING).code == 0
    assert pending(modeltui) == {}
    assert modeltui("remove", KLING).code == 0
    after = pending(modeltui)[KLING]
    assert after == {"active": False, "status": "deprecated", "deprecated_on": after["deprecated_on"]}
    assert after["deprecated_on"] >= today
    modeltui("apply", "--yes")
    assert modeltui("restore", KLING).code == 0
    assert pending(modeltui)[KLING] == {"active": True, "status": "active", "deprecated_on": None}


@pytest.mark.parametrize("day", ["2026-02-30", "tomorrow", "2026-1-1"])
def test_what_is_no_day(modeltui: Line, day: str) -> None:
    assert modeltui("deprecate", KLING, "--on", day).code == 2


def test_files_go_only_when_nothing_needs_them(modeltui: Line) -> None:
    modeltui("set", FLUX, f"replaced_by={KLING}")
    ran = modeltui("remove", "type:prompt_to_video", "--hard")
    assert ran.code == 1
    assert "Kling 2.6 is still needed: it takes the place of prompt_to_image/flux" in ran.err
    assert "Veo 3.1 is" in ran.err
    modeltui("undo")
    dry = modeltui("remove", KLING, "--hard", "--dry-run")
    assert (dry.code, dry.out) == (0, f"- {KLING}\n")
    assert modeltui("remove", KLING, "--hard").code == 0
    assert modeltui("apply", "--yes").code == 0
    assert not modeltui.file(KLING).exists()
    assert modeltui("remove", BROKEN, "--hard").code == 1


def test_a_new_model_is_removed_by_not_making_it(modeltui: Line) -> None:
    modeltui("duplicate", KLING)
    assert modeltui("remove", f"{KLING}-copy").code == 0
    assert pending(modeltui) == {}
