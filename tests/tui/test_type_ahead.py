"""What is typed before the catalogue is read is meant for what comes, in its order."""

from __future__ import annotations

import threading
from functools import partial
from pathlib import Path

from textual.message import Message

from modeltui.bootstrap import open_workspace
from modeltui.services.workspace import Workspace
from modeltui.tui.app import ConsoleApp
from tui.driver import Console, settings_for


async def test_keys_typed_at_the_start_wait_for_the_table(root: Path) -> None:
    may_open = threading.Event()
    settings = settings_for(root)

    def slowly() -> Workspace:
        may_open.wait(20)
        return open_workspace(settings)

    app = ConsoleApp(settings, partial(slowly))
    messages: list[Message] = []
    async with app.run_test(size=(112, 26), message_hook=messages.append) as pilot:
        console = Console(app, pilot, messages)
        for key in "/aurora\nt":
            console._send({"\n": "enter"}.get(key, key))
        await pilot.pause()
        may_open.set()
        await console.until(lambda: app.snapshot is not None)
        await console.settle()
        assert console.query == "aurora"
        assert console.pending == ["prompt_to_image/aurora"]
        assert console.notices == []
