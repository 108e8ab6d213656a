"""A backup: one file that holds the database and the installation's secret, and can be trusted.

The secret belongs to it: without it every link in every mail ever sent would be dead. So nobody but its owner may read
the file (mode 0600). Settings and schedules are not in it; they are the organiser's own files.
"""

import os
import sqlite3
import tarfile
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from sqlalchemy import Connection

from service.remediable import Remediable
from service.store.census import Census, take_census
from service.store.database import Database
from service.store.home import DATABASE, SECRET, leave_home
from service.store.schema import upgrade

__all__ = ["Damaged", "examine", "pack", "unpack"]


class Damaged(Remediable):
    """A file is no backup, or not a whole one, or its ledger does not add up; the message says which."""


def pack(database: Path, secret: Path, archive: Path) -> Census:
    """Write a backup of the SQLite `database` beside a service that may be running; what is in its ledger.

    An older backup of the same name is replaced, once the new one was examined and is on the disk. Raises `Damaged`.
    """
    with TemporaryDirectory(dir=archive.absolute().parent, prefix=".studybell-") as folder:
        copy, draft = Path(folder, DATABASE), Path(folder, "archive")
        with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
        census = _examine_file(copy, "the database")
        with _create(draft) as stream:
            with tarfile.open(fileobj=stream, mode="w") as tar:
                for file, name in ((copy, DATABASE), (secret, SECRET)):
                    tar.add(file, name)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(archive)
    _sync(archive.absolute().parent)
    return census


def unpack(archive: Path, folder: Path) -> Census:
    """Lay a backup's files out in an empty `folder`, with the present schema and at home nowhere.

    Raises `Damaged`, `NewerSchema`, and OSError if the archive cannot be read.
    """
    try:
        with tarfile.open(archive) as tar:
            for name in (DATABASE, SECRET):
                member = tar.extractfile(name)
                if member is None:
                    raise KeyError(name)
                with _create(Path(folder, name)) as file:
                    file.write(member.read())
    except (tarfile.TarError, KeyError, EOFError):
        raise Damaged(f"{archive} is no backup that `studybell backup` wrote, or not a whole one") from None
    copy = Path(folder, DATABASE)
    census = _examine_file(copy, str(archive))
    database = Database(copy)
    try:
        database.submit(upgrade).result()
        database.submit(leave_home).result()
    finally:
        database.close()
    return census


def examine(connection: Connection) -> Census:
    """Look at every page and every row of an SQLite database; nothing is changed. Raises `Damaged`."""
    found = connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
    if found != ["ok"]:
        raise Damaged(f"the database is damaged: {found[0]}")
    savepoint = connection.begin_nested()
    try:
        upgrade(connection)  # the tables of an older studybell are counted as the present one knows them
        return take_census(connection)
    finally:
        savepoint.rollback()


def _examine_file(file: Path, name: str) -> Census:
    database = Database(file)
    try:
        census = database.submit(examine).result()
    finally:
        database.close()
    if not census.is_lawful:
        raise Damaged(f"the ledger in {name} does not add up: {'; '.join(census.flaws)}")
    return census


def _create(file: Path) -> BinaryIO:
    """A new file that only its owner may read."""
    return os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _sync(folder: Path) -> None:
    """Make sure that a new name in a folder survives a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
