"""Codes of how models, defaults, days and providers fit together."""

from __future__ import annotations

from typing import Final

from modeltui.domain.rules.codes.code import Code

CATALOG: Final = {
    "several-defaults": Code(
        "error",
        "More than one model of a content type says default = true.",
        "Applications that ask for the default would take either.",
        "Keep one, and write default = false in the others.",
        "`prompt_to_video/veo` and `prompt_to_video/kling` both say `default = true`.",
    ),
    "inactive-default": Code(
        "warning",
        "The default of a content type is switched off.",
        "Applications that ask for the default get nothing.",
        "Enable it, or make an active model the default.",
        "default = true\nactive = false",
        "default = true\nactive = true",
    ),
    "no-default": Code(
        "warning",
        "A content type has active models, and none of them is the default.",
        "Applications that name no model get none.",
        "Write default = true in one of its active models.",
        "active = true\ndefault = false",
        "active = true\ndefault = true",
    ),
    "default-in-part": Code(
        "warning",
        "The active default of a content type is rolled out to a part of the callers only.",
        "The default is what callers get who are not in any rollout; who is out here too gets another model, or none.",
        "Make it 100 % (`modeltui rollout KEY 100`), or let another model be the default while this one is rolled out.",
        "active = true\ndefault = true\n\n[rollout]\npercent = 10",
        "active = true\ndefault = true\n\n[rollout]\npercent = 100",
    ),
    "before-default": Code(
        "warning",
        "An active model is at 100 % of its rollout, and another one is the default.",
        "Everybody gets the model that is rolled out, so the one that says it is the default is not.",
        "End the rollout: `modeltui default KEY`. If the other one is meant, take `[rollout]` out of this file.",
        "`chat/new` is active and says `percent = 100` in `[rollout]`, and `chat/old` says `default = true`.",
    ),
    "retired-active": Code(
        "warning",
        "The provider announced a last day, it has passed, and the model is still offered.",
        "Runs will fail.",
        "Disable the model: `modeltui disable KEY`. Correct the day where the provider gave a later one.",
        "active = true\ndefault = true\nretires_on = 2026-01-31",
        "active = false\nretires_on = 2026-01-31",
    ),
    "retires-soon": Code(
        "note",
        "The provider's last day for an active model is at most 30 days away.",
        "Whoever uses it has that long to go to another one.",
        "Choose what takes its place, write it as replaced_by, and disable the model in time.",
        "A model says `retires_on = 2026-12-01`, and today is 2026-11-20.",
    ),
    "deprecated-active": Code(
        "warning",
        "The model is deprecated, by its status or by its day, and is still offered to users.",
        "The provider advises against it, and new users begin with it nevertheless.",
        "Disable it when nobody needs it any longer; where the day is wrong, correct it.",
        'active = true\ndefault = true\nstatus = "deprecated"',
        'active = false\nstatus = "deprecated"',
    ),
    "dates-reversed": Code(
        "error",
        "The days of a model are in an order that cannot be: released after it was deprecated or retired, or "
        "deprecated after it retired.",
        "One of the days is wrong, and what hangs on it (alerts, filters, the calendar) is wrong as well.",
        "Look at the provider's page, and correct the day.",
        "released_on = 2026-03-01\nretires_on = 2025-03-01",
        "released_on = 2025-03-01\nretires_on = 2026-03-01",
    ),
    "replaced-by-missing": Code(
        "error",
        "replaced_by names a model that is not in the catalogue, or the model itself.",
        "Whoever follows it finds nothing.",
        "Write the key of a model: content type, slash, file name without .toml.",
        'replaced_by = "chat/none-such"',
        'replaced_by = "chat/b"',
    ),
    "provider-missing": Code(
        "error",
        "The model names a provider that has no file in providers/.",
        "Without it nobody knows where its requests may go, and which key they carry.",
        "Correct the name, or write the provider's file.",
        'provider = "kie-ai"',
        'provider = "kie_ai"',
        fix="Writes the one provider whose name differs only in case, or in - for _.",
    ),
    "key-not-allowed": Code(
        "error",
        "The model asks for a key that its provider file does not allow.",
        "A model file can name a key only among those, so that no edit of a model can send another secret of the "
        "environment.",
        "Name one of the allowed keys; or an operator adds it to auth.env_allow of the provider file.",
        'keys = ["DATABASE_PASSWORD"]',
        'keys = ["KIE_AI_API_KEY_VIDEO"]',
    ),
}

LOCKS: Final = {
    "lock-broken": Code(
        "error",
        "The file is locked, and its bytes are not those that were locked: somebody edited it by hand.",
        "A lock promises that what runs in production is what was approved.",
        "`modeltui drift` shows what changed: `drift --restore` takes it back, `drift --relock` locks it as it is.",
        "A locked model got another price in an editor.",
    ),
    "lock-lost": Code(
        "error",
        "The history says that the model is locked, and its file has not that lock: somebody took it away by hand.",
        "A lock that went unsaid protects nothing, so an apply refuses to edit such a model.",
        "Lock it anew with `modeltui lock`; to accept it, apply that and then an unlock; both are recorded.",
        "The table [lock] was deleted in an editor, and the price changed.",
    ),
    "lock-without-digest": Code(
        "note",
        "The lock was written without a digest of the file.",
        "An edit by hand cannot be noticed.",
        "Unlock the model and lock it again, or lock it anew: `modeltui drift KEY --relock`.",
        "Somebody wrote `[lock]` and `locked = true` by hand.",
    ),
    "lock-form": Code(
        "warning",
        "The lock is written in another way than as a table [lock] of its own.",
        "It holds, and an unlock has to rewrite more than the lines of a table.",
        "Write the header [lock] on a line of its own, and its keys below it.",
        "`lock = { locked = true }` among the other fields.",
    ),
}
