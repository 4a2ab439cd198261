"""Snapshots of public registries, in whichever form they come: a file, packed or not, an archive, a folder."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias, get_args

from modeltui.domain.exchange import litellm, models_dev, models_dev_json
from modeltui.domain.exchange.listing import Listing
from modeltui.domain.exchange.row import Refused, Skipped
from modeltui.errors import UsageError
from modeltui.storage.archives import unzipped
from modeltui.storage.outside import Tree, is_folder, read_outside, tree_in, tree_of

RegistryForm: TypeAlias = Literal["models.dev", "litellm"]
FORMS: Final[tuple[RegistryForm, ...]] = get_args(RegistryForm)

Item: TypeAlias = Listing | Refused | Skipped

_MARKS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
"""What stands before a text; of the last two the reader of JSON says that they are no UTF-8."""


def items_of(form: RegistryForm, path: str, content: bytes | None = None) -> list[Item]:
    """What a snapshot lists. `content`: what it holds where it was read already; `path` is how it is called then.

    Raises UsageError where it cannot be read as this registry at all.
    """
    if content is None and form == "models.dev" and is_folder(path):
        return _in_tree(tree_of(path))
    content = unzipped(read_outside(path) if content is None else content, path)
    if _begins(content) == b"<":
        raise UsageError(f"{path} is a page for a browser, and no snapshot", hint="name the file itself, as raw")
    if form == "litellm":
        return list(litellm.listings(content))
    if _begins(content) in (b"{", b"[") or content.startswith(_MARKS):
        return [*models_dev_json.listings(content)]
    return _in_tree(tree_in(content, path))


def _in_tree(tree: Tree) -> list[Item]:
    faults = (Refused(name, None, reason) for name, reason in tree.faults.items())
    return [*models_dev.listings(tree.documents), *faults]


def _begins(content: bytes) -> bytes:
    return content[:4096].removeprefix(_MARKS[0]).lstrip()[:1]
