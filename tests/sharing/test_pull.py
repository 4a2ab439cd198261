"""Two clones of one catalogue, through the command line: nobody's work is lost, and both come to the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.small import model_text, write
from modeltui.bootstrap import open_workspace
from modeltui.config import load_settings
from modeltui.errors import ConflictError
from modeltui.history.git import Git
from sharing.clones import Clone, cloned, git, make_hub


def _same(ann: Clone, bob: Clone) -> None:
    assert ann.git("rev-parse", "HEAD") == bob.git("rev-parse", "HEAD")
    assert ann.git("rev-parse", "HEAD^{tree}") == bob.git("rev-parse", "HEAD^{tree}")
    assert ann.is_clean()
    assert bob.is_clean()


def test_both_people_s_work_is_in_both_clones_in_the_end(ann: Clone, bob: Clone) -> None:
    ann.apply("chat/a", "cost.base=1", reason="cheaper")
    bob.apply("chat/a", "order=9", reason="later")
    bob.apply("chat/b", "name=Bob's")
    ann.push()
    refused = bob("push", "--yes")
    assert (refused.code, "modeltui pull" in refused.err) == (3, True)
    shown = bob.done("pull", "--dry-run")
    assert 'chat/a  cost.base: "60" → "1"' in shown.out
    assert "cheaper" in shown.out
    assert bob.text("chat/a").count('base = "60"') == 1, "a dry run changes nothing"
    bob.pull()
    bob.push()
    ann.apply("chat/c", "order=5")
    ann.pull()
    ann.push()
    bob.pull()
    _same(ann, bob)
    for clone in (ann, bob):
        assert 'base = "1"' in clone.text("chat/a")
        assert "order = 9" in clone.text("chat/a")
        assert 'name = "Bob\'s"' in clone.text("chat/b")
        assert "order = 5" in clone.text("chat/c")
        assert clone.done("history", "--verify").code == 0
        assert clone.done("check", "--format", "json").code == 0


def test_a_long_value_is_cut_in_text_and_whole_in_json(ann: Clone, bob: Clone) -> None:
    ann.apply("chat/a", f"description={'x' * 900}")
    ann.push()
    said = bob("pull", "--dry-run")
    assert max(map(len, said.out.splitlines())) < 300
    [change] = bob("pull", "--dry-run", "--format", "json").json["changes"]
    assert change["new"] == "x" * 900


def test_nothing_to_pull_and_nothing_to_push_is_said(ann: Clone) -> None:
    assert "nothing comes in from origin/main" in ann.pull().err
    assert "nothing goes out to origin/main" in ann.done("push", "--yes").err


def test_the_same_field_is_a_conflict_and_changes_nothing(ann: Clone, bob: Clone) -> None:
    ann.apply("chat/a", "cost.base=1", "order=4")
    ann.push()
    bob.apply("chat/a", "cost.base=2", "order=4")
    before = bob.text("chat/a"), bob.git("rev-parse", "HEAD")
    said = bob("pull", "--yes", "--format", "json")
    assert said.code == 3
    assert said.json["conflicts"] == [
        {"key": "chat/a", "field": "cost.base", "why": None, "base": "60", "ours": "2", "theirs": "1"}
    ]
    assert (bob.text("chat/a"), bob.git("rev-parse", "HEAD")) == before
    assert "! chat/a  cost.base" in bob("pull", "--yes").out


@pytest.mark.parametrize(
    ("words", "value"),
    [
        (("--take", "ours"), "2"),
        (("--take", "theirs"), "1"),
        (("--theirs", "chat/a.cost.base"), "1"),
        (("--ours", "chat/a.cost"), "2"),
        (("--theirs", "chat/a", "--take", "ours"), "1"),
    ],
)
def test_a_conflict_is_decided_by_a_word(ann: Clone, bob: Clone, words: tuple[str, ...], value: str) -> None:
    ann.apply("chat/a", "cost.base=1")
    ann.push()
    bob.apply("chat/a", "cost.base=2", "order=8")
    bob.pull(*words)
    bob.push()
    ann.pull()
    _same(ann, bob)
    assert f'base = "{value}"' in ann.text("chat/a")
    assert "order = 8" in ann.text("chat/a")


def test_a_word_for_what_is_not_in_conflict_is_wrong_use(ann: Clone, bob: Clone) -> None:
    ann.apply("chat/a", "cost.base=1")
    ann.push()
    said = bob("pull", "--yes", "--ours", "chat/b")
    assert (said.code, "chat/b is not in conflict" in said.err) == (2, True)


def test_edits_by_hand_are_named_and_kept(ann: Clone, bob: Clone) -> None:
    ann.apply("chat/a", "order=4")
    ann.push()
    bob.path("chat/a").write_text(bob.text("chat/a") + "# mine\n")
    bob.path("chat/b").write_text(bob.text("chat/b") + "# mine\n")
    said = bob("pull", "--yes")
    assert said.code == 1
    assert "catalog/models/chat/a.toml" in said.err
    assert "chat/b" not in said.err, "what the pull leaves alone is in nobody's way"
    bob.git("checkout", "--", "catalog/models/chat/a.toml")
    bob.pull()
    assert bob.text("chat/b").endswith("# mine\n")
    assert "order = 4" in bob.text("chat/a")


def test_a_file_that_git_does_not_know_is_not_overwritten(ann: Clone, bob: Clone) -> None:
    text = model_text("chat/new", "New")
    write(ann.path("chat/new"), text)
    ann.git("add", "-A")
    ann.git("commit", "-qm", "new")
    ann.push()
    write(bob.path("chat/new"), "mine = true\n")
    assert "models/chat/new.toml" in bob("pull", "--yes").err
    assert bob.text("chat/new") == "mine = true\n"
    bob.path("chat/new").unlink()
    bob.pull()
    assert bob.text("chat/new") == text


def test_pending_changes_are_moved_to_the_new_files(ann: Clone, bob: Clone) -> None:
    ann.apply("chat/a", "cost.base=1", "order=4")
    ann.apply("chat/b", "order=7")
    ann.push()
    bob.done("set", "chat/a", "name=Mine")
    bob.done("set", "chat/b", "order=8")
    bob.done("set", "chat/c", "order=9")
    said = bob.pull("--format", "json")
    assert said.json["rebased"] == ["chat/a"]
    assert [each["key"] for each in said.json["stale"]] == ["chat/b"]
    pending = {each["key"]: each for each in bob.done("pending", "--format", "json").json}
    assert pending.keys() == {"chat/a", "chat/b", "chat/c"}
    assert bob.done("conflicts", "--format", "json").json[0]["fields"][0] == {
        "field": "order", "base": 2, "theirs": 7, "mine": 8, "state": "conflict"
    }  # fmt: skip
    bob.done("rebase", "chat/b", "--mine")
    bob.done("apply", "--yes")
    assert "order = 8" in bob.text("chat/b")
    assert 'name = "Mine"' in bob.text("chat/a")
    assert 'base = "1"' in bob.text("chat/a")


def test_removed_there_and_changed_here_asks(ann: Clone, bob: Clone) -> None:
    ann.git("rm", "-q", "catalog/models/chat/a.toml")
    ann.git("commit", "-qm", "gone")
    ann.push()
    bob.apply("chat/a", "order=4")
    [conflict] = bob("pull", "--yes", "--format", "json").json["conflicts"]
    assert (conflict["key"], conflict["field"], conflict["theirs"]) == ("chat/a", None, None)
    assert conflict["why"] == "changed here, and removed there"
    bob.pull("--theirs", "chat/a")
    assert not bob.path("chat/a").exists()
    bob.push()
    ann.pull()
    _same(ann, bob)


def test_removed_here_and_changed_there_asks(ann: Clone, bob: Clone) -> None:
    bob.git("rm", "-q", "catalog/models/chat/a.toml")
    bob.git("commit", "-qm", "gone")
    ann.apply("chat/a", "order=4")
    ann.push()
    assert bob("pull", "--yes").code == 3
    bob.pull("--take", "theirs")
    assert "order = 4" in bob.text("chat/a")


@pytest.mark.parametrize("is_moved_there", [True, False])
def test_a_model_under_another_key_takes_the_other_side_s_fields(ann: Clone, bob: Clone, is_moved_there: bool) -> None:
    mover, editor = (ann, bob) if is_moved_there else (bob, ann)
    mover.git("mv", "catalog/models/chat/a.toml", "catalog/models/chat/moved.toml")
    mover.git("commit", "-qm", "moved")
    editor.apply("chat/a", "order=4")
    ann.push()
    bob.pull()
    assert "order = 4" in bob.text("chat/moved")
    assert not bob.path("chat/a").exists()
    bob.push()
    ann.pull()
    _same(ann, bob)


def test_moved_to_two_places_asks(ann: Clone, bob: Clone) -> None:
    for clone, name in ((ann, "one"), (bob, "two")):
        clone.git("mv", "catalog/models/chat/a.toml", f"catalog/models/chat/{name}.toml")
        clone.git("commit", "-qm", "moved")
    ann.push()
    assert "moved here to chat/two, and there to chat/one" in bob("pull", "--yes").out
    bob.pull("--take", "theirs")
    assert bob.path("chat/one").exists()
    assert not bob.path("chat/two").exists()


def test_settings_providers_and_files_beside_the_catalogue_come_too(ann: Clone, bob: Clone) -> None:
    for clone, old, new in ((ann, "one", "ONE"), (bob, "three", "THREE")):
        readme = clone.tree / "README.md"
        readme.write_text(readme.read_text().replace(old, new))
        clone.git("commit", "-qam", "readme")
    write(ann.root / "catalog.toml", (ann.root / "catalog.toml").read_text() + '\n[units]\ncredits_per_usd = "7"\n')
    provider = ann.root / "providers" / "kie_ai.toml"
    provider.write_text(provider.read_text().replace("KIE.ai", "KIE"))
    (ann.tree / "tool.sh").write_text("#!/bin/sh\n")
    (ann.tree / "tool.sh").chmod(0o755)
    ann.git("add", "-A")
    ann.git("commit", "-qm", "settings")
    ann.push()
    said = bob.pull("--format", "json").json
    assert {change["key"] for change in said["changes"]} == {"catalog.toml", "providers/kie_ai.toml"}
    assert set(said["others"]) == {"README.md", "tool.sh"}
    assert (bob.tree / "README.md").read_text() == "ONE\ntwo\nTHREE\n"
    assert 'credits_per_usd = "7"' in (bob.root / "catalog.toml").read_text()
    assert (bob.tree / "tool.sh").stat().st_mode & 0o111
    bob.push()
    ann.pull()
    _same(ann, bob)


def test_the_catalogue_may_be_the_whole_repository(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hub = make_hub(tmp_path, ".")
    ann, bob = (cloned(hub, tmp_path / name, capsys, ".") for name in ("ann", "bob"))
    ann.apply("chat/a", "order=4")
    ann.push()
    bob.apply("chat/a", "name=B")
    bob.pull()
    bob.push()
    ann.pull()
    _same(ann, bob)


# What git has to be like


def test_clear_words_where_there_is_nothing_to_pull_from(ann: Clone, tmp_path: Path) -> None:
    assert "there is no remote 'nowhere'" in ann("pull", "--remote", "nowhere").err
    assert "origin has no branch none" in ann("pull", "--branch", "none").err
    assert ann("pull", "--branch", "-x").code == 2
    ann.git("remote", "remove", "origin")
    assert "follows nothing" in ann("pull").err
    ann.git("checkout", "-q", "--detach")
    assert "HEAD is detached" in ann("pull").err
    assert "HEAD is detached" in ann("push", "--yes").err


def test_histories_without_a_common_commit_are_refused(ann: Clone, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    hub = make_hub(other)
    git(hub, "config", "user.name", "x")
    ann.git("remote", "add", "other", str(hub))
    git(other / "first", "commit", "-q", "--amend", "-m", "another beginning")
    git(other / "first", "push", "-qf", str(hub), "HEAD:main")
    said = ann("pull", "--remote", "other", "--yes")
    assert (said.code, "no commit in common" in said.err) == (3, True)


def test_a_shallow_clone_says_so(ann: Clone, hub: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ann.apply("chat/a", "order=4")
    ann.push()
    shallow = cloned(hub, tmp_path / "shallow", capsys, "catalog", "--depth=1")
    shallow.git("checkout", "-q", "--orphan", "alone")
    shallow.git("commit", "-qm", "alone")
    said = shallow("pull", "--branch", "main", "--yes")
    assert (said.code, "shallow" in said.err) == (3, True)


def test_a_merge_under_way_is_left_alone(ann: Clone, bob: Clone) -> None:
    ann.apply("chat/a", "order=4")
    ann.push()
    (bob.tree / ".git" / "MERGE_HEAD").write_text(bob.git("rev-parse", "HEAD") + "\n")
    said = bob("pull", "--yes")
    assert (said.code, "a merge is under way" in said.err) == (1, True)


def test_a_password_in_a_url_is_never_shown(ann: Clone, tmp_path: Path) -> None:
    ann.git("config", "branch.main.remote", "https://user:s3cret@host.example/x")
    assert "s3cret" not in ann("pull").err
    ann.git("config", "branch.main.remote", "origin")
    ann.git("remote", "set-url", "origin", f"file://user:s3cret@localhost{tmp_path}/none.git")
    for words in (("pull",), ("push", "--yes")):
        said = ann(*words)
        assert said.code == 1
        assert "s3cret" not in said.out + said.err


def test_a_hook_that_refuses_is_told_in_a_line(ann: Clone, hub: Path) -> None:
    hook = hub / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\nprintf 'not \\033[31mtoday' >&2\nexit 1\n")
    hook.chmod(0o755)
    ann.apply("chat/a", "order=4")
    said = ann("push", "--yes")
    assert said.code == 1
    assert "pre-receive hook declined" in said.err
    assert "\033" not in said.err


# What others may send


def test_nobody_writes_our_state(ann: Clone, bob: Clone) -> None:
    write(ann.root / ".modeltui" / "journal", "modeltui-journal 1\n")
    ann.git("add", "-f", "catalog/.modeltui/journal")
    ann.git("commit", "-qm", "planted")
    ann.git("push", "-q")
    said = bob("pull", "--yes")
    assert (said.code, "catalog/.modeltui/journal" in said.err) == (1, True)
    assert not (bob.root / ".modeltui" / "journal").exists()


def test_a_link_in_the_place_of_a_model_is_not_followed(ann: Clone, bob: Clone, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret = 1\n")
    ann.path("chat/a").unlink()
    ann.path("chat/a").symlink_to(tmp_path / "secret")
    ann.git("commit", "-qam", "link")
    ann.push()
    bob.pull()
    assert bob.path("chat/a").is_symlink()
    assert (tmp_path / "secret").read_text() == "secret = 1\n"
    assert bob.done("list", "--format", "json").code == 0
    ann.path("chat/a").unlink()
    ann.path("chat/a").write_text(ann.git("show", "HEAD~:catalog/models/chat/a.toml") + "\n")
    ann.git("commit", "-qam", "no link")
    ann.push()
    bob.pull()
    assert not bob.path("chat/a").is_symlink()
    _same(ann, bob)


def test_what_others_wrote_is_escaped(ann: Clone, bob: Clone) -> None:
    ann.path("chat/a").write_text(ann.text("chat/a").replace('name = "Model 1"', 'name = "\\u001b[31mred"'))
    ann.git("commit", "-qam", "a \033]52;c;eA==\007 subject")
    ann.push()
    said = bob.pull()
    assert "\033" not in said.out + said.err
    assert "red" in said.out


def test_broken_files_come_in_and_go_out(ann: Clone, bob: Clone) -> None:
    ann.path("chat/a").write_text('name = "odd\n')
    ann.git("commit", "-qam", "broken")
    ann.push()
    bob.pull()
    assert bob.text("chat/a") == 'name = "odd\n'
    ann.git("checkout", "-q", "HEAD~", "--", ".")
    ann.git("commit", "-qam", "mended")
    ann.push()
    bob.pull()
    _same(ann, bob)


# Who may, and how it is recorded


def test_read_only_and_roles_hold(ann: Clone, bob: Clone) -> None:
    ann.apply("chat/a", "order=4")
    ann.push()
    assert "read-only" in bob("--read-only", "pull", "--yes").err
    assert "read-only" in bob("--read-only", "push", "--yes").err
    assert "order = 1" in bob.text("chat/a")
    settings = bob.root / "catalog.toml"
    settings.write_text('schema = 1\n\n[policy.roles]\nadmin = ["nobody-here"]\n')
    bob.git("commit", "-qam", "roles")
    assert bob("pull", "--yes").code == 1
    assert bob("push", "--yes").code == 1


def test_a_pull_is_in_the_history_and_the_audit_log(ann: Clone, bob: Clone) -> None:
    ann.apply("chat/a", "order=4", reason="why not")
    ann.push()
    bob.apply("chat/b", "order=5")
    bob.pull()
    said = bob.done("history", "--format", "json").json
    [record] = [each for each in said if each["reason"] == "pull origin/main"]
    assert record["changes"] == [{"key": "chat/a", "field": "order", "old": 1, "new": 4}]
    assert record["commit"] == bob.git("rev-parse", "HEAD")
    assert any(each["reason"] == "why not" for each in said)
    assert [each["what"] for each in bob.done("history", "--audit", "--format", "json").json] == ["pull", "apply"]
    bob.done("rollback", record["id"])
    bob.done("apply", "--yes")
    assert "order = 1" in bob.text("chat/a")


def test_pending_changes_do_not_go_out_and_that_is_said(ann: Clone, hub: Path) -> None:
    ann.apply("chat/a", "order=4")
    ann.done("set", "chat/b", "order=9")
    assert "pending changes of 1 model stay here" in ann.done("push", "--yes").err
    assert "order = 9" not in git(hub, "show", "main:catalog/models/chat/b.toml")


def test_something_committed_between_the_look_and_the_pull_is_noticed(
    ann: Clone, bob: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann.apply("chat/a", "order=4")
    ann.push()
    bob.apply("chat/b", "order=5")
    run = Git.run

    def first_commits(self: Git, *arguments: str, **given: object) -> bytes:
        if arguments[0] == "fast-import":
            monkeypatch.setattr(Git, "run", run)
            (bob.tree / "README.md").write_text("mine\n")
            bob.git("commit", "-qam", "meanwhile")
        return run(self, *arguments, **given)  # type: ignore[arg-type]

    monkeypatch.setattr(Git, "run", first_commits)
    said = bob("pull", "--yes")
    assert (said.code, "committed here meanwhile" in said.err) == (3, True)
    assert "modeltui" not in bob.git("for-each-ref")
    assert "order = 1" in bob.text("chat/a")
    bob.pull()
    assert "order = 4" in bob.text("chat/a")
    assert bob.is_clean()


def test_a_branch_that_cannot_move_yet_is_moved_later(ann: Clone, bob: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    ann.apply("chat/a", "order=4")
    (ann.tree / "README.md").write_text("theirs\n")
    ann.git("commit", "-qam", "readme")
    ann.push()
    bob.apply("chat/a", "name=Mine")
    lock, run, head = bob.tree / ".git" / "index.lock", Git.run, bob.git("rev-parse", "HEAD")

    def taken(self: Git, *arguments: str, **given: object) -> bytes:
        if arguments[0] == "update-index":
            lock.touch()
        return run(self, *arguments, **given)  # type: ignore[arg-type]

    monkeypatch.setattr(Git, "run", taken)
    said = bob.pull()
    assert "history pending" in said.err
    assert bob.git("rev-parse", "HEAD") == head
    assert "order = 4" in bob.text("chat/a")
    assert bob("pull", "--yes").code == 1, "another git is busy, for all that is known"
    monkeypatch.setattr(Git, "run", run)
    lock.unlink()
    bob.pull()
    assert bob.is_clean()
    assert (bob.tree / "README.md").read_text() == "theirs\n"
    bob.push()
    ann.pull()
    _same(ann, bob)


def test_a_branch_that_went_elsewhere_meanwhile_is_merged_again(
    ann: Clone, bob: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann.apply("chat/a", "order=4")
    ann.push()
    bob.apply("chat/a", "name=Mine")
    run = Git.run

    def elsewhere(self: Git, *arguments: str, **given: object) -> bytes:
        if arguments[:2] == ("merge-base", "--is-ancestor"):
            monkeypatch.setattr(Git, "run", run)
            bob.git("commit", "-q", "--allow-empty", "-m", "quicker")
        return run(self, *arguments, **given)  # type: ignore[arg-type]

    monkeypatch.setattr(Git, "run", elsewhere)
    bob.pull()
    assert bob.is_clean()
    assert "order = 4" in bob.text("chat/a")
    bob.pull()
    bob.push()
    ann.pull()
    _same(ann, bob)


def test_a_commit_of_which_a_merge_took_nothing_goes_out_and_is_shown(ann: Clone, bob: Clone) -> None:
    ann.apply("chat/a", "cost.base=1")
    ann.push()
    bob.apply("chat/a", "cost.base=2", reason="in vain")
    bob.pull("--take", "theirs")
    assert "in vain" in bob.done("push", "--dry-run").out


def test_a_merge_does_not_tell_again_what_its_parents_told(ann: Clone, bob: Clone) -> None:
    ann.apply("chat/a", "cost.base=1", reason="hers")
    ann.push()
    bob.apply("chat/a", "order=9", reason="his")
    bob.pull()
    [commit] = bob.done("push", "--dry-run", "--format", "json").json["commits"]
    assert (commit["reason"], [each["field"] for each in commit["changes"]]) == ("his", ["order"])
    bob.push()
    assert [each["reason"] for each in ann.pull("--format", "json").json["commits"]] == ["his"]
    told = ann.done("history", "--format", "json").json
    assert sorted(each["reason"] for each in told) == ["first", "hers", "his", "pull origin/main"]


def test_what_a_merge_by_hand_made_itself_is_told(ann: Clone, bob: Clone) -> None:
    ann.apply("chat/a", "cost.base=1")
    ann.push()
    bob.apply("chat/a", "order=9")
    bob.git("fetch", "-q")
    bob.git("merge", "-q", "--no-commit", "origin/main")
    bob.path("chat/a").write_text(bob.text("chat/a").replace('name = "Model 1"', 'name = "By hand"'))
    bob.git("commit", "-qam", "merged")
    told = bob.done("push", "--dry-run", "--format", "json").json["commits"]
    [merged] = [each for each in told if each["reason"] == "merged"]
    assert [(each["field"], each["new"]) for each in merged["changes"]] == [("name", "By hand")]
    bob.path("chat/a").write_text("broken = \n")
    bob.git("commit", "-q", "--amend", "-am", "merged")
    told = bob.done("push", "--dry-run", "--format", "json").json["commits"]
    assert "merged" in [each["reason"] for each in told]


def test_two_defaults_that_come_together_are_told(ann: Clone, bob: Clone) -> None:
    ann.apply("chat/a", "default=true")
    ann.push()
    bob.apply("chat/b", "default=true")
    assert "chat has another default" in bob.pull().err
    assert "another default" not in ann.pull().err


def test_a_push_that_somebody_was_quicker_than_is_refused(ann: Clone, bob: Clone) -> None:
    ann.apply("chat/a", "order=4")
    bob.apply("chat/b", "order=5")
    service = open_workspace(load_settings(str(bob.root))).pushing
    plan = service.preview()
    ann.push()
    with pytest.raises(ConflictError, match="commits that are not here"):
        service.push(plan)


def test_a_branch_that_is_not_there_yet_is_made_and_followed(ann: Clone, hub: Path) -> None:
    ann.git("switch", "-qc", "try")
    ann.apply("chat/a", "order=4")
    assert "which is new" in ann.done("push", "--yes").err
    assert git(hub, "rev-parse", "try") == ann.git("rev-parse", "HEAD")
    assert ann.git("rev-parse", "--abbrev-ref", "try@{upstream}") == "origin/try"
    assert "nothing comes in from origin/try" in ann.pull().err


def test_a_tree_of_others_is_neither_pulled_nor_pushed(ann: Clone) -> None:
    for words in (("pull", "--dry-run"), ("push", "--dry-run")):
        said = ann("--as", "models.dev", *words)
        assert (said.code, "read only" in said.err) == (1, True)
