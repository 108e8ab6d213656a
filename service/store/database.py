"""The database: one writer thread that commits in groups, and readers beside it.

A unit of work is a function of a connection. Units that wait for the writer at the same time share one transaction,
each in a savepoint of its own, and so one flush to the disk: the commit is durable before any of them is answered.
"""

import asyncio
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError

from service.remediable import Remediable

__all__ = ["Database", "DatabaseTrouble"]

_GROUP: Final = 64
_READERS: Final = 4
_BUSY_SECONDS: Final = 10
_HALF_OPEN_FOUND: Final = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
"""A server that vanished without a word is missed within half a minute; without this, in hours."""
_ASLEEP: Final = timedelta(seconds=30)
"""How long a process may do nothing within a transaction, asleep or its machine gone, before others need not wait for
what it has locked."""

T = TypeVar("T")
Work = Callable[[Connection], T]


class DatabaseTrouble(Remediable):
    """The database is locked, full or away: the message says which and what to do. Nothing of the work was kept."""


class Database:
    """An open database. `url` is a `postgresql://` address, or empty for SQLite in `file`.

    Call `close` when done; work that already waits is finished first.
    """

    def __init__(self, file: Path, url: str = "") -> None:
        self.is_sqlite: Final = not url
        if self.is_sqlite:
            file.parent.mkdir(parents=True, exist_ok=True)
            self.name = str(file)
            self._writer, self._reader = _sqlite(file, "IMMEDIATE"), _sqlite(file, "DEFERRED")
        else:
            address = make_url(url).set(drivername="postgresql+psycopg")
            self.name = address.render_as_string(hide_password=True)
            options: dict[str, Any] = {"pool_pre_ping": True, "connect_args": _HALF_OPEN_FOUND}
            self._writer = create_engine(address, pool_size=1, max_overflow=0, **options)
            self._reader = create_engine(address, pool_size=_READERS, **options)
            event.listen(self._writer, "connect", _let_sleepers_go)
        self._waiting: queue.SimpleQueue[tuple[Work[Any], Future[Any]] | None] = queue.SimpleQueue()
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="reader")
        self._thread = threading.Thread(target=self._write_groups, name="writer", daemon=True)
        self._thread.start()

    async def write(self, work: Work[T]) -> T:
        """Run `work` on the writer; when this returns, its changes are on the disk.

        Raises `DatabaseTrouble` if the database refuses, and whatever `work` raises.
        """
        return await asyncio.wrap_future(self.submit(work))

    def submit(self, work: Work[T]) -> Future[T]:
        """`write` for callers outside an event loop."""
        future: Future[T] = Future()
        self._waiting.put((work, future))
        return future

    async def read(self, work: Work[T]) -> T:
        """Run `work` on a reader, in a snapshot of its own. Raises `DatabaseTrouble`."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, work)

    def close(self) -> None:
        """Finish what waits and let go of the database."""
        self._waiting.put(None)
        self._thread.join()
        self._readers.shutdown()
        self._writer.dispose()
        self._reader.dispose()

    def _read(self, work: Work[T]) -> T:
        try:
            with self._reader.begin() as connection:
                return work(connection)
        except DBAPIError as error:
            raise self._explain(error) from error

    def _write_groups(self) -> None:
        open_for_work = True
        while open_for_work:
            group = [self._waiting.get()]
            while len(group) < _GROUP and not self._waiting.empty():
                group.append(self._waiting.get())
            open_for_work = None not in group
            wanted = [unit for unit in group if unit is not None and unit[1].set_running_or_notify_cancel()]
            if wanted:
                self._commit(wanted)

    def _commit(self, group: list[tuple[Work[Any], Future[Any]]]) -> None:
        """Run the units in one transaction. Trouble with it is every unit's: nothing of any was kept."""
        try:
            with self._writer.begin() as connection:
                attempt = self._attempt_alone if self.is_sqlite and len(group) == 1 else self._attempt
                outcomes = [attempt(connection, work) for work, _ in group]
        except Exception as error:  # whatever happens to a group, the writer lives on
            for _, future in group:
                future.set_exception(self._explain(error) if isinstance(error, DBAPIError) else error)
            return
        for (_, future), (result, failure) in zip(group, outcomes, strict=True):
            if failure is None:
                future.set_result(result)
            else:
                future.set_exception(failure)

    def _attempt_alone(self, connection: Connection, work: Work[Any]) -> tuple[Any, None]:
        """Run one unit that has SQLite's transaction for itself and needs no savepoint.

        Raises what `work` raises, and if the database has given up the transaction meanwhile.
        """
        result = work(connection)
        driver: Any = connection.connection.dbapi_connection
        if not driver.in_transaction:  # a commit would say nothing about it
            raise DatabaseTrouble(f"the database {self.name} gave up what was written; check that its disk is not full")
        return result, None

    def _attempt(self, connection: Connection, work: Work[Any]) -> tuple[Any, Exception | None]:
        """Run one unit in a savepoint.

        Raises if the savepoint can be neither kept nor rolled back: then the database has given up the transaction,
        as SQLite does when the disk is full, or the session has ended; what the units before have written is gone, too.
        """
        savepoint = connection.begin_nested()
        try:
            result = work(connection)
        except Exception as error:
            if connection.invalidated:  # the session is gone, and with it the whole transaction
                raise
            try:
                savepoint.rollback()
            except DBAPIError as gone:  # then what the work has met is why
                raise (error if isinstance(error, DBAPIError) else gone) from None
            return None, self._explain(error) if isinstance(error, DBAPIError) else error
        savepoint.commit()
        return result, None

    def _explain(self, error: DBAPIError) -> DatabaseTrouble:
        cause = str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else type(error.orig).__name__
        advice = {
            "locked": "another program holds it; close that program, or wait and try again",
            "full": "the disk is full; free some space and studybell goes on by itself",
            "I/O error": "look at the disk and the room on it; studybell goes on by itself",
            "readonly": "it cannot be written; check the owner and rights of the file and its folder",
            "unable to open": "check that the folder of data_dir exists and may be written",
            "malformed": "the file is damaged; restore a backup with `studybell restore FILE`",
        }
        what_to_do = next((text for word, text in advice.items() if word in cause), "check that it is running")
        return DatabaseTrouble(f"the database {self.name} refused: {cause}; {what_to_do}")


def _let_sleepers_go(connection: Any, _record: object) -> None:
    connection.execute(f"SET idle_in_transaction_session_timeout = {round(_ASLEEP.total_seconds() * 1000)}")
    connection.commit()


def _sqlite(file: Path, begin: str) -> Engine:
    engine = create_engine(
        f"sqlite:///{file}",
        pool_size=1 if begin == "IMMEDIATE" else _READERS,
        connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        # The driver must not open transactions on its own: a read that turns into a write ignores busy_timeout.
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def open_transaction(connection: Connection) -> None:
        connection.exec_driver_sql(f"BEGIN {begin}")

    return engine
