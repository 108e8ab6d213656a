"""A process that is killed: when the relay has `accepted` a mail and the journal was told, but the ledger could not be;
or while it is `writing` a mail.

`python -m tests.delivery.journal_victim FOLDER DATABASE accepted|writing`
"""

import asyncio
import os
import signal
import sys
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from service.delivery.clerk import enter
from service.delivery.journal import Accepted, Journal
from service.store.database import Database, DatabaseTrouble
from tests.delivery.office import Office, Relay


class FullDatabase(Database):
    """Takes everything but the news of what became of a mail."""

    async def write(self, work: Any) -> Any:
        if isinstance(work, partial) and work.func is enter and work.keywords["settled"]:
            raise DatabaseTrouble("the disk is full")
        return await super().write(work)


class LastWords(Journal):
    """Lets nobody live who has written it."""

    def note(self, accepted: Iterable[Accepted]) -> None:
        super().note(accepted)
        die()


def die(*_: object) -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("still alive")


async def deliver(folder: Path, address: str, last_deed: str) -> None:
    office = Office(FullDatabase(folder / "studybell.db", address), folder)
    courier = office.employ(Relay())
    if last_deed == "writing":
        courier._composer.compose = die  # type: ignore[method-assign, assignment]
    else:
        courier.close()
        courier._clerk._journal = LastWords(folder, courier._owner)
    await courier.recover(alone=True)
    await courier.deliver_due()


if __name__ == "__main__":
    asyncio.run(deliver(Path(sys.argv[1]), *sys.argv[2:]))
