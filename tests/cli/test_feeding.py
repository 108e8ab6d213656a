"""`feed`: the calendar as a file."""

from pathlib import Path

from tests.whole.terminal import Call


def test_the_calendar_of_a_series_goes_to_a_file(season: Path, studybell: Call) -> None:
    said = studybell("feed", "season", "-o", "season.ics")

    assert (said.status, said.out) == (0, "")
    calendar = (season / "season.ics").read_bytes()
    assert calendar.startswith(b"BEGIN:VCALENDAR\r\n")
    assert calendar.count(b"BEGIN:VEVENT") == 2


def test_the_calendar_of_a_series_is_the_same_every_time(season: Path, studybell: Call) -> None:
    assert studybell("feed", "season").out == studybell("feed", "season").out


def test_the_calendar_of_a_bare_document_goes_to_the_screen(season: Path, studybell: Call) -> None:
    (season / "studybell.toml").unlink()

    said = studybell("feed", "season.md", "--timezone", "Asia/Seoul")

    assert said.status == 0
    assert "DTSTART;TZID=Asia/Seoul:20860304T190000" in said.out


def test_a_slug_that_is_not_there_is_told_with_those_that_are(season: Path, studybell: Call) -> None:
    said = studybell("feed", "seeson")

    assert said.status == 2
    assert 'there is no schedule "seeson" to read: the settings have season' in said.err


def test_a_document_without_dates_does_not_become_an_empty_calendar(here: Path, studybell: Call) -> None:
    (here / "weeks.md").write_text("| Week | Topic |\n|---|---|\n| 1 | Opening |\n")

    said = studybell("feed", "weeks.md")

    assert (said.status, said.out) == (2, "")
    assert said.err == ("studybell: weeks.md cannot become a calendar as it is; `studybell check weeks.md` tells why\n")


def test_a_file_that_is_not_there_is_named(here: Path, studybell: Call) -> None:
    assert studybell("feed", "none.md").err == "studybell: none.md: cannot be read: No such file or directory\n"
