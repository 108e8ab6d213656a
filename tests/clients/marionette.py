"""Marionette: how programs of the Mozilla family let themselves be driven, over a socket of loopback.

A message is a JSON list, its length in octets and a colon in front of it: `[0, id, command, parameters]` there,
`[1, id, error, result]` back.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

__all__ = ["Marionette", "driving"]


class Marionette:
    """One session with a program's own window; scripts run with all its rights."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._numbers = count(1)

    async def ask(self, command: str, **parameters: Any) -> Any:
        """Give one command. Raises `RuntimeError` with what the program says if it cannot be done."""
        message = json.dumps([0, next(self._numbers), command, parameters]).encode()
        self._writer.write(b"%d:%b" % (len(message), message))
        _, _, error, result = await self.hear()
        if error:
            raise RuntimeError(error["message"])
        return result

    async def run(self, script: str, *arguments: Any) -> Any:
        """Run the body of an asynchronous function in the program; what it returns."""
        body = f"const done = arguments[arguments.length - 1]; (async (...given) => {{ {script} }})(...arguments)"
        found = await self.ask(
            "WebDriver:ExecuteAsyncScript",
            script=f"{body}.then((value) => done([value, null]), (error) => done([null, `${{error}}`]));",
            args=arguments,
            newSandbox=True,
        )
        value, error = found["value"]
        if error:
            raise RuntimeError(error)
        return value

    async def hear(self) -> Any:
        """The next message."""
        length = await self._reader.readuntil(b":")
        return json.loads(await self._reader.readexactly(int(length[:-1])))


@asynccontextmanager
async def driving(port: int) -> AsyncIterator[Marionette]:
    """Drive the program that listens at this port of loopback."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        program = Marionette(reader, writer)
        await program.hear()  # it says first who it is
        await program.ask("WebDriver:NewSession")
        await program.ask("Marionette:SetContext", value="chrome")
        yield program
    finally:
        writer.close()
        await writer.wait_closed()
