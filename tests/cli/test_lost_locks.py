"""`drift`, `check` and `apply` on a model whose lock went away by hand."""

from __future__ import annotations

from cli.small import KLING, Line


def test_a_lock_that_went_away_is_in_drift_and_check_and_holds_an_apply(modeltui: Line) -> None:
    assert modeltui("lock", KLING, "--reason", "live").code == 0
    assert modeltui("apply", "--yes").code == 0
    assert modeltui("drift").err == "every lock holds\n"
    path = modeltui.file(KLING)
    head, _, rest = path.read_text().partition("[lock]")
    path.write_text(head + rest[rest.index("\n[") + 1 :] if "\n[" in rest else head)

    ran = modeltui("drift")
    assert ran.code == 1
    assert ran.err == "1 lock lost behind our back\n"
    line, hint = ran.out.splitlines()
    assert line.startswith(f"models/{KLING}.toml: locked by ")
    assert line.endswith(" (live), and its lock was taken away by hand")
    assert "`modeltui lock`" in hint
    [row] = modeltui("drift", KLING, "--format", "json").json
    assert (row["key"], row["what"], row["reason"], row["changes"]) == (KLING, "unlocked", "live", [])
    assert "[lock-lost]" in modeltui("check").out

    modeltui("set", KLING, "order=9")
    refused = modeltui("apply", "--yes")
    assert (refused.code, refused.out) == (1, "")
    assert f"error: {KLING}: locked by " in refused.err
    modeltui("discard", "--all")
    modeltui("lock", KLING, "--reason", "again")
    assert modeltui("apply", "--yes").code == 0
    assert modeltui("drift").code == 0
