"""Resuming: after a restart the last good versions are published before anything is read, and nothing is done twice."""

import hashlib
from dataclasses import replace
from datetime import datetime, time
from functools import partial
from zoneinfo import ZoneInfo

import pytest

from service.schedule.cadence import Cadence
from service.sources.reading import Reading
from service.store import revisions
from service.store.database import Database
from service.store.revisions import Stored
from service.worker.documents import Documents
from service.worker.refreshing import Refresher
from service.worker.understanding import Watched, understand

NOW = datetime(2024, 1, 25, 12, tzinfo=ZoneInfo("Asia/Seoul"))
DOCUMENT = "| Date | Topic |\n|---|---|\n| 2024-01-27 | Scaling laws |\n| 2024-02-03 | Chains |\n"


class Page:
    """A source that holds one text, which it tells once."""

    name = "season.md"

    def __init__(self, text: str = DOCUMENT) -> None:
        self.text = text

    def is_at_rest(self) -> bool:
        return not self.text

    async def read(self) -> Reading | None:
        text, self.text = self.text, ""
        return Reading(text, hashlib.sha256(text.encode()).hexdigest()) if text else None


class Process:
    """A process that follows the series `one` and `two`."""

    def __init__(self, database: Database, grounds: str = "settings", text: str = DOCUMENT) -> None:
        self.published: list[tuple[str, Stored]] = []
        self.refreshers = [self._employ(slug, database, grounds, text) for slug in ("one", "two")]
        self.documents = Documents(self.refreshers)

    def _employ(self, slug: str, database: Database, grounds: str, text: str) -> Refresher:
        cadence = Cadence(timezone=ZoneInfo("Asia/Seoul"), starts_at=time(21))
        watched = Watched(
            slug=slug,
            source=Page(text),
            cadence=cadence,
            year=None,
            namespace=f"bell.example.org/{slug}",
            grounds=grounds,
        )
        return Refresher(watched, database, lambda slug, stored: self.published.append((slug, stored)), lambda: NOW)


@pytest.fixture
async def database_with_both(database: Database) -> Database:
    await Process(database).documents.open({})
    return database


@pytest.fixture
def understood(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The series whose documents are understood from here on."""
    slugs: list[str] = []

    def note(reading: Reading, watched: Watched) -> object:
        slugs.append(watched.slug)
        return understand(reading, watched)

    monkeypatch.setattr("service.worker.refreshing.understand", note)
    return slugs


async def test_all_that_was_kept_is_read_at_once(database_with_both: Database) -> None:
    kept = await database_with_both.read(revisions.load_all)

    assert sorted(kept) == ["one", "two"]
    for slug, stored in kept.items():
        alone = await database_with_both.read(partial(revisions.load, slug=slug))
        assert replace(stored, content=stored.revision) == alone
        assert [version.session.title for version in stored.revision.versions] == ["Scaling laws", "Chains"]


async def test_what_was_kept_is_published_before_any_document_is_read(
    database_with_both: Database, understood: list[str]
) -> None:
    process = Process(database_with_both)
    await process.documents.open(await database_with_both.read(revisions.load_all))

    assert [slug for slug, _ in process.published] == ["one", "two"]
    assert understood == []


async def test_what_was_never_kept_is_read_before_anybody_is_served(
    database_with_both: Database, understood: list[str]
) -> None:
    kept = await database_with_both.read(revisions.load_all)
    process = Process(database_with_both)
    await process.documents.open({"one": kept["one"]})

    assert [slug for slug, _ in process.published] == ["one", "two"]
    assert understood == ["two"]


@pytest.mark.parametrize(
    ("grounds", "text", "again"),
    [
        ("settings", DOCUMENT, []),
        ("other settings", DOCUMENT, ["one", "two"]),
        ("settings", f"{DOCUMENT}\n", ["one", "two"]),
        ("", DOCUMENT, ["one", "two"]),
    ],
)
async def test_a_document_is_understood_again_only_if_it_or_its_grounds_have_changed(
    database_with_both: Database, understood: list[str], grounds: str, text: str, again: list[str]
) -> None:
    process = Process(database_with_both, grounds, text)
    await process.documents.open(await database_with_both.read(revisions.load_all))
    await process.documents.refresh()

    assert sorted(understood) == again
    assert len(process.published) == 2 + len(again)
