from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from service.messages.compose import compose
from service.messages.message import Message
from service.messages.programme import Programme, make_digest, make_welcome
from service.messages.proof import proof_addressee
from service.messages.report import Figures, Stale, make_report
from service.reminders.gap import Missing
from service.reminders.rule import parse_rules
from service.reminders.week import Week
from service.schedule.session import Link, Session, Status, When
from service.schedule.version import Version
from tests.messages.golden import NOW, SERIES, make_stationery

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
START = datetime(2024, 1, 22, 21, tzinfo=ZoneInfo("Asia/Seoul"))
FULL = Session(title="Talk", speakers=("Kim",), links=(Link("https://example.org/paper"),))
WEEK = Week.of(START, "Asia/Seoul")
HOUSE = replace(SERIES, slug="", title="bell.example.org")


def version(days: int, session: Session = FULL) -> Version:
    when = When(START + days * DAY, START + days * DAY + HOUR)
    written = datetime(2024, 1, 1, tzinfo=UTC)
    return Version(uid=f"{days}@example.org", session=replace(session, when=when), sequence=0, modified=written)


def programme(*versions: Version, stale_since: datetime | None = None) -> Programme:
    return Programme(series=SERIES, versions=versions, rules=parse_rules("1d"), stale_since=stale_since)


def test_a_welcome_lists_the_next_ten_sessions_that_take_place() -> None:
    off = version(3, replace(FULL, status=Status.CANCELLED))
    versions = [version(days) for days in range(13) if days != 3]

    welcome = make_welcome(programme(*reversed(versions), off), START)

    assert welcome.versions == tuple(versions[1:11])
    assert (welcome.more, welcome.rules) == (1, parse_rules("1d"))


def test_a_digest_lists_its_week_alone_but_no_more_than_fits_a_mail() -> None:
    crowded = [replace(version(0), uid=f"{number}@example.org") for number in range(30)]

    digest = make_digest(programme(*crowded, version(7)), WEEK)

    assert (len(digest.versions), digest.more) == (25, 5)


def test_a_report_takes_in_every_series() -> None:
    other = replace(SERIES, slug="other")
    later = Programme(series=other, versions=(version(1),), rules=())

    report = make_report(HOUSE, [later, programme(version(2), version(0), version(7))], WEEK, Figures(), START - HOUR)

    assert [(entry.series.slug, entry.version.uid) for entry in report.entries] == [
        ("reading", "0@example.org"),
        ("other", "1@example.org"),
        ("reading", "2@example.org"),
    ]


def test_a_report_names_gaps_that_are_near_and_documents_that_stay_behind() -> None:
    bare = replace(FULL, speakers=())
    one = programme(version(3, bare), version(5), version(6), version(20, bare), stale_since=START - DAY)

    report = make_report(HOUSE, [one], WEEK, Figures(), START)

    assert [(entry.version.uid, entry.missing) for entry in report.gaps] == [("3@example.org", (Missing.SPEAKER,))]
    assert report.stale == (Stale(SERIES, START - DAY),)


def test_a_report_of_a_thousand_sessions_still_fits_a_mail() -> None:
    bare = [replace(version(1, replace(FULL, title="")), uid=f"{number}@example.org") for number in range(500)]
    full = [replace(version(1), uid=f"full{number}@example.org") for number in range(500)]

    report = make_report(HOUSE, [programme(*bare, *full)] * 20, WEEK, Figures(), START)

    assert (len(report.entries), len(report.gaps), report.more) == (10, 10, 20 * 1000 - 10)


LONG = replace(FULL, title="모델" * 100, speakers=("김발표" * 10,) * 6)
CROWDED = Programme(
    series=replace(SERIES, title="시리즈" * 40),
    versions=tuple(replace(version(1, LONG), uid=f"{number}@example.org", moved_from=START) for number in range(60)),
    rules=parse_rules("7d"),
    stale_since=START,
)


@pytest.mark.parametrize(
    "message",
    [
        make_welcome(CROWDED, START),
        make_digest(CROWDED, WEEK),
        make_report(HOUSE, [CROWDED] * 20, WEEK, Figures(failed=1), START),
    ],
    ids=lambda message: type(message).__name__,
)
def test_no_list_is_so_long_that_gmail_clips_it(message: Message) -> None:
    letter = compose(message, make_stationery(), language="ko", timezone="Asia/Seoul")

    assert len(letter.address(proof_addressee("https://bell.example.org"), sent_at=NOW)) < 80 * 1024
