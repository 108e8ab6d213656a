"""The zygote: a process that has imported the whole service, and forks a life of it in milliseconds.

Killing thousands of processes is a matter of minutes only if none of them pays for the interpreter's start. A life runs
the real command with its real arguments; what it does differently is one optional `twist`, called first.

Orders come as lines of JSON on standard input, each is answered by a line of JSON.
"""

import gc
import json
import os
import random
import signal
import sys
import traceback
from contextlib import suppress
from importlib import import_module
from typing import Any, Final
from unittest.mock import patch

from service.messages.template import TemplateSet
from service.resources import TEMPLATES, read_texts

_NEEDED: Final = (
    "alembic.command",
    "babel.numbers",
    "encodings.ascii",
    "encodings.unicode_escape",
    "encodings.utf_8_sig",
    "psycopg",
    "sqlalchemy.dialects.postgresql.psycopg",
    "sqlalchemy.dialects.sqlite",
    "sqlite3",
    "service.app.service",
    "service.cli.main",
    "service.cli.serving",
    "service.web.server",
    "tests.torture.crashing",
    "uvicorn.lifespan.off",
    "uvicorn.protocols.http.httptools_impl",
    "uvloop",
)


def main() -> None:
    """Obey until standard input ends; whoever then still lives is killed."""
    for module in _NEEDED:
        import_module(module)
    _compile_templates()
    gc.freeze()  # so that the collector of a life does not copy every page
    alive: set[int] = set()
    for line in sys.stdin.buffer:
        order = json.loads(line)
        answer = _reap(order["reap"], alive) if "reap" in order else _bear(order, alive)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    for pid in alive:
        os.kill(pid, signal.SIGKILL)


def _compile_templates() -> None:
    """Compile the templates of the mails for all lives to come, as most of a life's work would be that."""
    texts = read_texts(TEMPLATES / "email")
    compiled = TemplateSet(texts, overrides=texts)  # overrides are compiled when they are read
    patch("service.messages.stationery.TemplateSet", return_value=compiled).start()


def _reap(pid: int, alive: set[int]) -> int | None:
    """The exit status of a life (negative: the signal that ended it), None as long as it lasts."""
    ended, status = os.waitpid(pid, os.WNOHANG)
    alive -= {ended}
    return os.waitstatus_to_exitcode(status) if ended else None


def _bear(order: dict[str, Any], alive: set[int]) -> int:
    pid = os.fork()
    if not pid:
        _live(order)
    alive.add(pid)
    return pid


def _live(order: dict[str, Any]) -> None:
    """Run one command to its end. Never returns."""
    status = 70
    try:
        _turn_to(order["log"])
        os.environ.update(order["environment"])
        random.seed()
        if order["twist"]:
            module, _, name = order["twist"].partition(":")
            getattr(import_module(module), name)(*order["twisted_by"])
        sys.argv = ["studybell", *order["arguments"]]
        import_module("service.cli.main").main()
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        with suppress(OSError):
            sys.stderr.flush()
        os._exit(status)


def _turn_to(log: str) -> None:
    """Make `log` the output, and nothing the input: those of the zygote are not for its children."""
    for path, flags, number in ((os.devnull, os.O_RDONLY, 0), (log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 1)):
        opened = os.open(path, flags, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    os.dup2(1, 2)


if __name__ == "__main__":
    main()
