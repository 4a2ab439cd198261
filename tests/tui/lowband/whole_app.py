"""The real console on a terminal, with keys and questions that come over a socket, answered when all is at rest."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from traceback import format_exc

from textual.pilot import Pilot

from modeltui.bootstrap import open_workspace
from modeltui.tui.app import ConsoleApp
from modeltui.tui.ending import Ending
from modeltui.tui.lowband.sender import Sender
from tui.driver import Console, settings_for

_LOOK_EVERY_S = 0.002
_DEADLINE_S = 60
_TOLD_FOR_S = 600


async def _until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _DEADLINE_S
    while not is_so():
        assert time.monotonic() < deadline
        await asyncio.sleep(_LOOK_EVERY_S)


class Session:
    """One console, told what to do in lines of JSON: a word and its arguments."""

    def __init__(self, root: Path, *, is_lowband: bool) -> None:
        settings = settings_for(root, lowband=is_lowband, term="tmux-256color", tmux=True)
        self.app = ConsoleApp(settings, partial(open_workspace, settings))
        self.app.lasts_s = dict.fromkeys(self.app.lasts_s, _TOLD_FOR_S)
        self.console = Console(self.app, Pilot(self.app), [])

    async def serve(self, socket: str) -> None:
        # as in the shell: else a SIGCONT that another thread is given does not wake the loop
        Ending(lambda code: self.app.exit(return_code=code)).listen(asyncio.get_running_loop())
        server = await asyncio.start_unix_server(self._talk, socket)
        async with server:
            await self.app.run_async()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        count = 0
        while line := await reader.readline():
            word, *arguments = json.loads(line)
            try:
                with self.app._context():
                    await getattr(self, f"do_{word}")(*arguments)
                    await self._rest()
            except Exception:  # noqa: BLE001  # the test is to say it
                writer.write(f"{json.dumps(format_exc())}\n".encode())
                return
            count += 1
            assert self.app._driver is not None
            self.app._driver.write(f"\x1b]2;{count} done\x07")
            writer.write(f"{count}\n".encode())
            await writer.drain()

    async def _rest(self) -> None:
        """Until nothing is to be drawn or sent."""
        await self.console.settle()
        await _until(lambda: self.app._lowband is None or self.app._lowband._due is None)

    async def do_rest(self) -> None:
        """Until a table is shown."""
        await _until(lambda: self.app._driver is not None and self.app.snapshot is not None)

    async def do_press(self, *keys: str) -> None:
        for key in keys:
            await self.console.press(key)

    async def do_size(self, width: int, height: int) -> None:
        await _until(lambda: tuple(self.app.screen.outer_size) == (width, height))

    async def do_stock(self) -> None:
        """Textual draws all of the screen, its way."""
        self._sender.is_at_work = False
        assert self.app._driver is not None
        self.app._driver.write("\x1b[r\x1b[m\x1b[2J")
        self.app.screen.refresh(layout=True)

    async def do_back(self) -> None:
        """The terminal shows what it showed before: what is known of it holds on, but for cursor and pen."""
        self._sender.is_at_work = True
        output = self._sender._output
        output._is_unknown = False
        output._shadow.at = output._shadow.pen = None

    @property
    def _sender(self) -> Sender:
        assert self.app._lowband is not None
        return self.app._lowband


if __name__ == "__main__":
    asyncio.run(Session(Path(sys.argv[1]), is_lowband=sys.argv[2] == "lowband").serve(sys.argv[3]))
