"""The stage: an installation whose one reminder is due to many people, the relay that takes it, and time at will."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final, Protocol

from sqlalchemy import Connection, func, insert, select, text, update

from service.clock import SystemClock
from service.settings.values import Settings
from service.store import ledger
from service.store.census import take_census
from service.store.ledger import OPEN, Delivery, DeliveryState
from service.store.participants import State, key_of
from service.store.tables import deliveries, leases, participants
from tests.store.conftest import make_pattern
from tests.torture.lives import Life, Lives
from tests.torture.sink import Sink
from tests.torture.verdict import Verdict, judge
from tests.whole.installation import SLUG, free_port, install, running

__all__ = ["Judge", "Stage", "install_before", "let_time_pass", "set_stage"]

_LONG_AGO: Final = datetime(2020, 1, 1, tzinfo=UTC)
_ROUNDS: Final = 6
"""More rounds than a delivery can be in doubt, twice."""


class Judge(Protocol):
    """Whoever takes the mails at `port` and knows who got how many, under which Message-IDs."""

    @property
    def port(self) -> int: ...

    @property
    def accepted(self) -> Counter[str]: ...

    @property
    def copies(self) -> int: ...

    @property
    def messages(self) -> Mapping[str, AbstractSet[str]]: ...

    async def reach(self, total: int, *, within: float = 60.0) -> None: ...


@dataclass(slots=True)
class Stage:
    """`people` who are owed one reminder each, the processes that send it and the judge who takes it.

    `environment` is what every process finds there besides.
    """

    settings: Settings
    sink: Judge
    lives: Lives
    people: int = 0
    environment: dict[str, str] = field(default_factory=dict)

    async def invite(self, more: int) -> None:
        """More confirmed participants, who came long before the reminder fell due."""
        newcomers = range(self.people, self.people + more)
        self.people += more
        with running(self.settings) as store:
            await store.database.write(partial(_invite, newcomers=newcomers))

    async def serve(self) -> Life:
        """`studybell serve`, at a port of its own, so that several may serve at once."""
        return await self.run("serve", environment={"STUDYBELL_HTTP__PORT": str(free_port())})

    async def run(
        self, command: str, *, environment: dict[str, str] | None = None, twist: str = "", by: object = None
    ) -> Life:
        """A life of this installation; `twist` names a function that is called in it first, with `by`."""
        config = str(self.settings.folder / "studybell.toml")
        environment = self.environment | (environment or {})
        return await self.lives.bear(command, "--config", config, environment=environment, twist=twist, twisted_by=[by])

    async def finish(self) -> Verdict:
        """When nobody lives any more: let time pass and whatever is owed be sent, until nothing is; the verdict."""
        with running(self.settings) as store:
            for _ in range(_ROUNDS):
                await store.database.write(let_time_pass)
                async with asyncio.timeout(120 + self.people / 50):
                    assert await (await self.run("send")).end() == 0
                rows = await store.database.read(ledger.list_all)
                if not {row.state for row in rows} & set(OPEN):
                    break
            census = await store.database.read(take_census)
        assert census.is_lawful, f"the ledger broke its law: {census}"
        assert len(rows) == self.people, "some were never owed their mail"
        return judge(rows, self.sink.accepted, self.sink.messages)

    async def count_doubtful(self) -> int:
        """How many people are listed as in doubt, or were."""
        doubtful = select(func.count()).where(deliveries.c.doubts > 0)
        with running(self.settings) as store:
            return await store.database.read(lambda connection: int(connection.execute(doubtful).scalar_one()))

    async def pass_time(self) -> None:
        """See `let_time_pass`."""
        with running(self.settings) as store:
            await store.database.write(let_time_pass)

    async def rows(self) -> list[Delivery]:
        """The ledger."""
        with running(self.settings) as store:
            return await store.database.read(ledger.list_all)


@asynccontextmanager
async def set_stage(
    folder: Path, lives: Lives, people: int, *, database: str = "", doubtful: str = "resend", latency: float = 0.001
) -> AsyncIterator[Stage]:
    """An installation in a new `folder` on a fresh database, empty for SQLite. See `Sink`."""
    async with Sink(latency=latency) as sink:
        yield await install_before(sink, folder, lives, people, database=database, doubtful=doubtful)


async def install_before(
    judge: Judge, folder: Path, lives: Lives, people: int, *, database: str = "", doubtful: str = "resend"
) -> Stage:
    """The same for a judge of one's own."""
    folder.mkdir()  # noqa: ASYNC240
    starts = SystemClock().now() + timedelta(minutes=50)
    settings = install(folder, smtp_port=judge.port, starts=starts, database=database, doubtful=doubtful)
    if not database:
        settings.data_dir.mkdir()
        (settings.data_dir / "studybell.db").write_bytes(make_pattern())
    stage = Stage(settings, judge, lives)
    await stage.invite(people)
    return stage


def let_time_pass(connection: Connection) -> None:
    """As if leases that nobody renews had run out, and every rest were over. What somebody is writing is left alone."""
    held = deliveries.c.owner != ""
    resting = (deliveries.c.state == DeliveryState.PLANNED) & (deliveries.c.next_at > SystemClock().now())
    for whom, values in ((held, {"leased_until": 0.0}), (resting, {"next_at": _LONG_AGO})):
        free = select(deliveries.c.id).where(whom).with_for_update(skip_locked=True)
        connection.execute(update(deliveries).where(deliveries.c.id.in_(free)).values(**values))
    connection.execute(update(leases).values(held_until=0.0))


def _invite(connection: Connection, newcomers: Sequence[int]) -> None:
    names = [f"reader{number}@example.org" for number in newcomers]
    common = {"series": SLUG, "language": "en", "timezone": "UTC", "state": State.CONFIRMED}
    dates = {"created_at": _LONG_AGO, "since": _LONG_AGO}
    rows = [{"address": name, "address_key": key_of(name), **common, **dates} for name in names]
    if rows:
        connection.execute(insert(participants), rows)
    if connection.dialect.name == "postgresql":
        connection.execute(text("ANALYZE participants"))
