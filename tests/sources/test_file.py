"""A document in a file, while somebody edits it."""

import os
from pathlib import Path

import pytest

from service.sources.file import FileSource
from service.sources.reading import LIMIT, SourceTrouble


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write(tmp_path / "season.md", b"week 1\n", at=1)


def write(file: Path, content: bytes, at: int) -> Path:
    """Write a file as if it were saved `at` that second."""
    file.write_bytes(content)
    os.utime(file, (at, at))
    return file


async def read_text(source: FileSource) -> str | None:
    reading = await source.read()
    return reading.text if reading else None


async def test_the_first_reading_waits_for_nothing_and_is_given_once(file: Path) -> None:
    source = FileSource(file)
    assert await read_text(source) == "week 1\n"
    assert await read_text(source) is None
    assert await read_text(source) is None


async def test_a_change_is_read_once_it_was_seen_twice_alike(file: Path) -> None:
    source = FileSource(file)
    await source.read()
    write(file, b"week 1\nwe", at=2)
    assert await read_text(source) is None
    write(file, b"week 1\nweek 2\n", at=3)
    assert await read_text(source) is None
    assert await read_text(source) == "week 1\nweek 2\n"
    assert await read_text(source) is None


async def test_a_file_is_at_rest_from_when_it_was_read_until_it_changes(file: Path) -> None:
    source = FileSource(file)
    assert not source.is_at_rest()
    await source.read()
    assert source.is_at_rest()
    write(file, b"week 2\n", at=2)
    assert not source.is_at_rest()
    assert [await read_text(source) for _ in range(2)] == [None, "week 2\n"]
    assert source.is_at_rest()
    os.remove(file)
    assert not source.is_at_rest()


async def test_a_file_that_was_put_in_place_of_the_other_is_a_change(file: Path) -> None:
    source = FileSource(file)
    await source.read()
    os.replace(write(file.with_suffix(".new"), b"week 2\n", at=1), file)
    assert await read_text(source) is None
    assert await read_text(source) == "week 2\n"


async def test_a_missing_file_says_what_to_do_and_is_read_once_it_is_back(file: Path) -> None:
    source = FileSource(file)
    await source.read()
    os.remove(file)
    for _ in range(2):
        with pytest.raises(SourceTrouble, match=r"season\.md: there is no such file; put it back or correct `source`"):
            await source.read()
    write(file, b"week 1\n", at=1)
    assert await read_text(source) == "week 1\n"


async def test_a_folder_is_no_document(tmp_path: Path) -> None:
    with pytest.raises(SourceTrouble, match="cannot be read"):
        await FileSource(tmp_path).read()


async def test_a_file_that_is_no_text_names_the_line(file: Path) -> None:
    write(file, "week 1\nweek 2\n강의\n".encode("euc-kr"), at=1)
    with pytest.raises(SourceTrouble, match=r"season\.md:3: this is not UTF-8 text"):
        await FileSource(file).read()


async def test_a_file_may_have_a_mebibyte_and_no_more(file: Path) -> None:
    write(file, b"x" * LIMIT, at=1)
    assert await read_text(FileSource(file)) == "x" * LIMIT
    write(file, b"x" * (LIMIT + 1), at=2)
    with pytest.raises(SourceTrouble, match="longer than 1 MiB"):
        await FileSource(file).read()


def test_a_file_is_called_by_its_path(file: Path) -> None:
    assert FileSource(file).name == str(file)
