"""Crashing at a chosen point: the process ends, as if its power had gone, at the Nth thing that could matter.

Things that matter are a statement that writes, a commit (before it and behind it), octets said to the relay, and octets
heard from it. All threads end at once, nothing is flushed, nobody is told.
"""

import os
import sys
import threading
from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from sqlalchemy import Engine, event
from sqlalchemy.engine.default import DefaultDialect

from service.delivery.dialogue import Dialogue

__all__ = ["CRASHED", "crash_at"]

CRASHED: Final = 99
"""The exit status of a process that met its point."""

_WRITING: Final = ("INSERT", "UPDATE", "DELETE", "WITH", "CREATE", "ALTER", "DROP")


def crash_at(number: int) -> None:
    """Let this process end at its point `number`, counted from 1."""
    turn = threading.Lock()
    passed = 0

    def pass_point(name: str) -> None:
        nonlocal passed
        with turn:
            passed += 1
            if passed == number:
                sys.stderr.write(f"crash {number}: {name}\n")
                sys.stderr.flush()
                os._exit(CRASHED)

    def look_at(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.lstrip().upper().startswith(_WRITING):
            pass_point(f"before {' '.join(statement.split()[:3])}")

    event.listen(Engine, "before_cursor_execute", look_at)
    _surround(
        DefaultDialect,
        "do_commit",
        before=lambda: pass_point("before commit"),
        after=lambda: pass_point("after commit"),
    )
    _surround(Dialogue, "say", after=lambda: pass_point("after saying"))
    _surround(Dialogue, "data_received", before=lambda: pass_point("before hearing"))


def _surround(
    kind: type, name: str, *, before: Callable[[], None] = lambda: None, after: Callable[[], None] = lambda: None
) -> None:
    usual = getattr(kind, name)

    @wraps(usual)
    def surrounded(*arguments: Any) -> Any:
        before()
        result = usual(*arguments)
        after()
        return result

    setattr(kind, name, surrounded)
