"""What a JSON text holds, as a tree that opens where one looks."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.widgets import Tree
from textual.widgets.tree import TreeNode

from modeltui.domain.text import safe
from modeltui.tui.present.media import leaf_text, parts_of

_MOST_PARTS: Final = 1_000
"""Of one node."""
_OPEN_PARTS: Final = 12
"""A node with more of them starts folded."""
_OPEN_DEPTH: Final = 3


class JsonTree(Tree[Any]):
    """A node gets its parts when it is opened first."""

    BINDING_GROUP_TITLE = "Tree"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", show=False),
        Binding("k", "cursor_up", show=False),
        Binding("space,enter", "toggle_node", "Open or fold", id="tree.toggle", show=False),
        Binding("asterisk", "toggle_expand_all", "Open or fold all beside it", id="tree.all", show=False),
    ]
    DEFAULT_CSS = """
    JsonTree {
        background: transparent;
        scrollbar-size: 0 1;
        &:focus { background: transparent; background-tint: transparent; }
        & > .tree--cursor { background: $cursor-dim; text-style: none; color: $foreground; }
        &:focus > .tree--cursor { background: $cursor; text-style: none; color: $foreground; }
        & > .tree--guides, & > .tree--guides-hover, & > .tree--guides-selected { color: $faint; }
        &:ansi:focus > .tree--cursor { text-style: reverse; }
    }
    """

    def __init__(self, value: Any) -> None:
        super().__init__(Text(leaf_text(value)), value)
        self.guide_depth = 2

    def on_mount(self) -> None:
        self._open(self.root, 1)

    def _open(self, node: TreeNode[Any], depth: int) -> None:
        self._fill(node)
        node.expand()
        for child in node.children:
            if child.allow_expand and depth < _OPEN_DEPTH and len(parts_of(child.data)) <= _OPEN_PARTS:
                self._open(child, depth + 1)

    def on_tree_node_expanded(self, event: Tree.NodeExpanded[Any]) -> None:
        event.stop()
        self._fill(event.node)

    def _fill(self, node: TreeNode[Any]) -> None:
        if node.children:
            return
        parts = parts_of(node.data)
        for name, value in parts[:_MOST_PARTS]:
            has_parts = bool(parts_of(value))
            node.add(Text.assemble((f"{safe(name)} ", "bold"), leaf_text(value)), value, allow_expand=has_parts)
        if len(parts) > _MOST_PARTS:
            node.add_leaf(Text(f"… and {len(parts) - _MOST_PARTS:,} more", style="dim"))
