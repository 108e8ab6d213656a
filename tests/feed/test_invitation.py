"""Invitations as calendars take them up: the feed's event, addressed to one person."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.feed.calendar import render_calendar
from service.feed.event import render_event
from service.feed.invitation import choose_method, fold_attendee, render_invitation
from service.schedule.session import Status
from service.schedule.version import Version
from tests.feed.libical import find_judge, find_steward
from tests.feed.reading import PYTHON_READERS, expect
from tests.feed.season import BEGIN, PUBLISHED, make_season, make_series, make_version, make_when

SERIES = make_series(join_url="https://meet.example.org/room")
READER = "reader@example.org"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FIRST = make_version()
MOVED = replace(
    FIRST,
    sequence=1,
    modified=PUBLISHED + HOUR,
    session=replace(FIRST.session, title="새 제목", when=make_when(BEGIN + DAY)),
)
CANCELLED = replace(
    MOVED, sequence=2, modified=PUBLISHED + DAY, session=replace(MOVED.session, status=Status.CANCELLED)
)
BACK_ON = replace(MOVED, sequence=3, modified=PUBLISHED + 2 * DAY)
ALL_DAY = replace(FIRST, session=replace(FIRST.session, when=make_when(lasts=DAY, all_day=True)))


def invite(version: Version, address: str = READER, name: str = "Study bell") -> bytes:
    return render_invitation(version, SERIES, organizer="bell@example.org", name=name, attendee=fold_attendee(address))


def unfold(calendar: bytes) -> str:
    return calendar.decode().replace("\r\n ", "")


@pytest.mark.parametrize("version", [FIRST, MOVED, CANCELLED, BACK_ON, ALL_DAY, *make_season(9)])
def test_an_invitation_is_the_feeds_event_with_two_people_in_it(version: Version) -> None:
    calendar = unfold(invite(version))
    event = unfold(render_event(version, SERIES)).removesuffix("END:VEVENT\r\n")

    people = calendar.partition(event)[2]
    assert people == (
        'ORGANIZER;CN="Study bell":mailto:bell@example.org\r\n'
        "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=FALSE:mailto:reader@example.org\r\n"
        "END:VEVENT\r\n"
        "END:VCALENDAR\r\n"
    )
    assert f"METHOD:{choose_method(version)}\r\n" in calendar
    assert calendar.count("METHOD:") == calendar.count("BEGIN:VEVENT") == 1


def test_its_time_zone_is_told_as_in_the_feed() -> None:
    feed = render_calendar(SERIES, [render_event(FIRST, SERIES)], [FIRST])
    zone = re.compile(rb"BEGIN:VTIMEZONE.*END:VTIMEZONE\r\n", re.DOTALL)

    assert zone.findall(invite(FIRST)) == zone.findall(feed) != []


@pytest.mark.parametrize(("version", "method"), [(FIRST, "REQUEST"), (CANCELLED, "CANCEL"), (BACK_ON, "REQUEST")])
def test_the_method_says_whether_the_session_takes_place(version: Version, method: str) -> None:
    assert choose_method(version) == method


@pytest.mark.parametrize("reader", PYTHON_READERS)
@pytest.mark.parametrize("version", [FIRST, MOVED, CANCELLED, ALL_DAY])
def test_every_reader_of_feeds_reads_it(reader: str, version: Version) -> None:
    assert PYTHON_READERS[reader](invite(version)) == expect(SERIES, [version])


@pytest.mark.parametrize("version", [FIRST, MOVED, CANCELLED, BACK_ON, ALL_DAY])
def test_nothing_is_missing_that_the_standard_asks_of_invitations(version: Version) -> None:
    assert find_judge()(invite(version)) == set()


def test_a_calendar_that_follows_the_standard_knows_what_is_new_and_what_is_obsolete() -> None:
    classify = find_steward()
    first, moved, cancelled, back_on = (invite(one) for one in (FIRST, MOVED, CANCELLED, BACK_ON))

    assert classify(first, b"", READER) == "REQUEST-NEW"
    assert classify(moved, first, READER) == "REQUEST-RESCHEDULE"
    assert classify(cancelled, moved, READER) == "CANCEL-EVENT"
    assert classify(back_on, moved, READER) == "REQUEST-UPDATE"
    assert {classify(first, first, READER), classify(first, moved, READER), classify(moved, cancelled, READER)} == {
        "OBSOLETE"
    }


@settings(max_examples=60, deadline=None)
@given(
    st.from_regex(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z]{1,60}(\.[a-z]{2,50}){1,3}", fullmatch=True),
    st.text(max_size=90),
)
def test_whatever_the_address_and_the_name_lines_are_short_and_nobody_else_is_named(address: str, name: str) -> None:
    calendar = invite(FIRST, address, name)

    assert max(map(len, calendar.split(b"\r\n"))) <= 75
    assert calendar.count(b"\r\n") == calendar.count(b"\r") == calendar.count(b"\n")
    lines = unfold(calendar).split("\r\n")
    (attendee,) = (line.rpartition("RSVP=FALSE:mailto:")[2] for line in lines if line.startswith("ATTENDEE"))
    assert attendee.replace("%25", "%").replace("%3F", "?").replace("%23", "#") == address
    assert sum(line.startswith("ORGANIZER") for line in lines) == 1
    assert len(lines) == len(unfold(invite(FIRST)).split("\r\n"))


def test_equal_values_give_equal_bytes() -> None:
    assert invite(MOVED) == invite(replace(MOVED))
