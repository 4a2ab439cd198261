"""New models: from presets, and as copies."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest

from modeltui.bootstrap import open_workspace
from modeltui.config import Settings
from modeltui.domain.change import Action
from modeltui.domain.rules.files import check_model
from modeltui.errors import InvalidValueError, NotFoundError, RefusedError
from modeltui.services.presets import PresetService
from modeltui.services.starting import sample_catalog
from modeltui.services.workspace import Workspace

SHIPPED = PresetService(sample_catalog()).presets()

_PRESET = """\
# made by hand
schema = 1
provider = "sandbox"  # ours
active = true
default = true

# what it is for
[preset]
name = "Hand-made"
ask = ["request.path"]

[inputs.prompt]
type = "string"  # the one input
required = true

[request]
path = "/NAME"

[request.body]
prompt = "${inputs.prompt}"

[result]
kind = "text"
select = "text"

[cost]
currency = "credits"
base = "1"
"""


def write_preset(root: Path, name: str, text: str) -> None:
    (root / "presets").mkdir(exist_ok=True)
    (root / "presets" / f"{name}.toml").write_text(text)


def test_every_shipped_preset_makes_a_sound_model(tmp_path: Path, settings_for: Callable[[str], Settings]) -> None:
    workspace = open_workspace(settings_for("alice"))
    root = Path(workspace.root)
    for file in (Path(sample_catalog()) / "providers").glob("*.toml"):
        (root / "providers" / file.name).write_bytes(file.read_bytes())
    workspace.catalog.reload()
    for preset in SHIPPED:
        key = f"{preset.content_type or 'chat'}/of-{preset.id}"
        draft = workspace.creating.from_preset(preset, key, [("name", "A"), ("model_id", "a-1")])
        assert check_model(draft.path, draft.document) == [], preset.id
        assert draft.document["active"] is False
        assert (draft.document["name"], draft.document["model_id"]) == ("A", "a-1")
        assert list(draft.document)[:2] == ["schema", "uid"]
        workspace.creating.create(draft)
    assert len(workspace.catalog.snapshot().plan.files) == len(SHIPPED)
    assert not workspace.catalog.snapshot().plan.problems
    workspace.applying.apply("presets")
    assert [finding for finding in workspace.catalog.check() if "/of-" in finding.path] == []


def test_there_is_a_preset_for_every_provider() -> None:
    providers = {file.stem for file in (Path(sample_catalog()) / "providers").glob("*.toml")}
    older = {"anthropic_2023"}
    assert providers - older == {preset.provider for preset in SHIPPED}


def test_the_text_is_that_of_the_preset_with_its_comments(workspace: Workspace, root: Path) -> None:
    write_preset(root, "hand", _PRESET)
    preset = workspace.presets.find("hand")
    assert (preset.origin, preset.content_type, preset.name) == ("catalogue", None, "Hand-made")
    draft = workspace.creating.from_preset(preset, "chat/my-own", [("request.path", "/mine"), ("tags", '["a"]')])
    uid = UUID(draft.document["uid"])
    assert uid.version == 4
    assert draft.text.startswith(
        f'# made by hand\nschema = 1\nuid = "{uid}"\nmodel_id = "my-own"\nname = "My Own"\n'
        'provider = "sandbox"  # ours\ncontent_type = "chat"\nactive = true\ndefault = false\n'
    )
    assert 'type = "string"  # the one input' in draft.text
    assert 'path = "/mine"' in draft.text
    assert "preset" not in draft.document
    assert draft.warnings == ("model_id was not said; 'my-own' is a guess from the key",)


def test_what_is_still_an_example_is_said(workspace: Workspace, root: Path) -> None:
    write_preset(root, "hand", _PRESET)
    draft = workspace.creating.from_preset(workspace.presets.find("hand"), "chat/x", [("model_id", "x")])
    assert draft.warnings == ('`request.path` is still that of the preset: "/NAME"',)


def test_a_preset_of_the_catalogue_goes_before_a_shipped_one(workspace: Workspace, root: Path) -> None:
    assert workspace.presets.find("sandbox-image").origin == "shipped"
    write_preset(root, "sandbox-image", _PRESET)
    assert workspace.presets.find("sandbox-image").origin == "catalogue"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('schema = 1\n[preset]\nname = "A"\nprices = 1\n', "`preset.prices`"),
        ("schema = \n", "a value is missing"),
        ('schema = 1\nuid = "x"\n[preset]\nname = "A"\n', "`uid`"),
    ],
)
def test_a_broken_preset_is_listed_with_its_fault(workspace: Workspace, root: Path, text: str, said: str) -> None:
    write_preset(root, "bad", text)
    preset = workspace.presets.find("bad")
    assert preset.fault is not None
    assert said in preset.fault
    with pytest.raises(RefusedError, match="preset bad"):
        workspace.creating.from_preset(preset, "chat/x")


def test_a_preset_of_a_provider_that_is_not_here_is_refused(workspace: Workspace) -> None:
    with pytest.raises(RefusedError, match="no providers/kie_ai"):
        workspace.creating.from_preset(workspace.presets.find("kie-jobs"), "prompt_to_image/x")


def test_no_such_preset(workspace: Workspace) -> None:
    with pytest.raises(NotFoundError, match="no preset") as caught:
        workspace.presets.find("sandbox-imag")
    assert caught.value.hint == "did you mean sandbox-image?"


@pytest.mark.parametrize("key", ["chat", "Chat/x", "chat/X", "chat/a b", "chat/a/b", "/a", "chat/", "../a", "chat/ä"])
def test_what_is_no_key_is_refused(workspace: Workspace, key: str) -> None:
    with pytest.raises(RefusedError, match="is no key for a new model"):
        workspace.creating.copy("chat/a", key)


def test_a_key_that_is_taken_is_refused_with_a_free_one(workspace: Workspace, root: Path) -> None:
    model = (root / "models" / "chat" / "a.toml").read_text()
    (root / "models" / "chat" / "BIG.toml").write_text(re.sub('uid = ".{8}', 'uid = "00000000', model))
    workspace.catalog.reload()
    with pytest.raises(RefusedError, match="there is a model chat/BIG already") as caught:
        workspace.creating.copy("chat/a", "chat/big")
    assert "chat/big-2" in (caught.value.hint or "")


def test_a_key_that_somebody_else_is_about_to_take_is_refused(
    workspace: Workspace, settings_for: Callable[[str], Settings]
) -> None:
    other = open_workspace(settings_for("bob"))
    other.creating.create(other.creating.copy("chat/a"))
    with pytest.raises(RefusedError, match="bob is about to make a model chat/a-copy"):
        workspace.creating.copy("chat/b", "chat/a-copy")
    assert workspace.creating.copy_key("chat/a") == "chat/a-copy-2"


@pytest.mark.parametrize(
    ("assignment", "said"),
    [
        (("uid", "00000000-0000-4000-8000-000000000000"), "`uid` never changes"),
        (("content_type", "embedding"), "`content_type` never changes"),
        (("lock.locked", "true"), "a lock is not set as a field"),
        (("default", "true"), "a new model is no default"),
        (("active", "perhaps"), "`active` takes"),
        (("provider", "nobody"), "there is no providers/nobody.toml"),
        (("nonsense", "1"), "nonsense"),
        (("request.body.seed", "${inputs.seed}"), "names seed, which is no input"),
    ],
)
def test_what_would_be_no_sound_file_is_refused(
    workspace: Workspace, root: Path, assignment: tuple[str, str], said: str
) -> None:
    write_preset(root, "hand", _PRESET)
    with pytest.raises(RefusedError) as caught:
        workspace.creating.from_preset(workspace.presets.find("hand"), "chat/x", [assignment])
    assert said in caught.value.message


def test_a_copy_is_neither_locked_nor_default_nor_active(workspace: Workspace) -> None:
    draft = workspace.creating.copy("chat/held")
    source = workspace.catalog.source("chat/held")
    assert draft.key == "chat/held-copy"
    assert draft.document["name"] == "Model HELD (Copy)"
    assert draft.document["active"] is False
    assert draft.document["uid"] not in source
    assert "lock" not in draft.document
    assert "# kept" in draft.text
    assert workspace.creating.copy("chat/a").document["default"] is False


def test_a_copy_has_what_is_pending(workspace: Workspace) -> None:
    workspace.changes.set_text(["chat/b"], [("tags", '["new"]')])
    draft = workspace.creating.copy("chat/b", "embedding/b")
    assert draft.document["tags"] == ["new"]
    assert draft.document["content_type"] == "embedding"


def test_the_second_copy_has_another_key(workspace: Workspace) -> None:
    for expected in ("chat/a-copy", "chat/a-copy-2", "chat/a-copy-3"):
        draft = workspace.creating.copy("chat/a")
        assert draft.key == expected
        workspace.creating.create(draft)
    assert workspace.creating.copy("chat/a-copy-2").key == "chat/a-copy-4"


def test_a_new_model_is_a_row_one_undo_and_a_file(workspace: Workspace, root: Path) -> None:
    draft = workspace.creating.copy("chat/a")
    outcome = workspace.creating.create(draft)
    assert outcome.changed == (draft.key,)
    assert outcome.snapshot.plan.files[draft.key].action is Action.CREATE
    assert outcome.snapshot.shown.models[draft.key].name == "Model A (Copy)"
    assert workspace.catalog.source(draft.key) == draft.text
    assert workspace.changes.undo().shown.models.keys() == outcome.snapshot.catalog.models.keys()
    workspace.changes.redo()
    workspace.applying.apply("why")
    assert (root / draft.path).read_text() == draft.text


def test_the_text_of_a_draft_is_with_its_later_edits(workspace: Workspace) -> None:
    draft = workspace.creating.copy("chat/a")
    workspace.creating.create(draft)
    workspace.changes.set_text([draft.key], [("model_id", "mine")])
    assert 'model_id = "mine"' in workspace.catalog.source(draft.key)


def test_a_draft_whose_key_was_taken_meanwhile_is_refused(workspace: Workspace) -> None:
    draft = workspace.creating.copy("chat/a")
    workspace.creating.create(draft)
    with pytest.raises(RefusedError, match="already"):
        workspace.creating.create(draft)


def test_a_broken_model_cannot_be_copied(workspace: Workspace, root: Path) -> None:
    (root / "models" / "chat" / "torn.toml").write_text("name = \n")
    workspace.catalog.reload()
    with pytest.raises(Exception, match="torn"):
        workspace.creating.copy("chat/torn")


def test_a_copy_of_a_file_with_a_fault_is_refused(workspace: Workspace, root: Path) -> None:
    path = root / "models" / "chat" / "c.toml"
    path.write_text(path.read_text().replace('status = "active"', 'status = "odd"'))
    workspace.catalog.reload()
    with pytest.raises(InvalidValueError, match="status"):
        workspace.creating.copy("chat/c")


@pytest.mark.parametrize("is_pending", [True, False])
def test_a_copy_is_in_no_rollout_and_that_is_said(workspace: Workspace, root: Path, is_pending: bool) -> None:
    file = root / "models/chat/b.toml"
    before = workspace.creating.copy("chat/b", uid="3f0c2a9e-5a53-4d0c-9a51-2f6a4c1d0009")
    if is_pending:
        workspace.changes.set_text(["chat/b"], [("rollout.percent", "0.5"), ("rollout.allow", '["ann"]')])
    else:
        file.write_text(f'{file.read_text()}\n[rollout]\npercent = 0.5\nsalt = "x"\nallow = ["ann"]\n')
        workspace.catalog.reload()
    draft = workspace.creating.copy("chat/b", uid="3f0c2a9e-5a53-4d0c-9a51-2f6a4c1d0009")
    assert draft.text == before.text
    assert before.warnings == ()
    assert draft.warnings == (
        "the rollout of Model B (0.5 %) is not copied: everybody gets the copy once it is active",
    )
