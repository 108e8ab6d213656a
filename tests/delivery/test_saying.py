"""Saying: each kind of delivery tells what is published now, with what was noted when it was owed."""

import json
from dataclasses import asdict, replace
from datetime import timedelta

import pytest

from service.delivery.composing import Organiser
from service.delivery.saying import Published, say
from service.messages.message import (
    Digest,
    RowIncomplete,
    SendingResumed,
    SendingStopped,
    SignUpFlood,
    WeeklyReport,
    Welcome,
)
from service.messages.programme import Programme
from service.reminders.gap import Missing
from service.reminders.rule import parse_rules
from service.reminders.week import Week
from service.store.flooding import Flood
from service.store.ledger import TO_ORGANISER, Delivery, Kind
from service.store.stops import Stop
from tests.delivery.office import announce, make_composer, message_id_of
from tests.delivery.test_settling import delivery
from tests.store.season import DAY, DAY_BEFORE, SERIES, START, VERSION

PROGRAMME = Programme(series=announce(), versions=(VERSION,), rules=parse_rules("1d"))
PUBLISHED = Published(announce(), VERSION, {SERIES: PROGRAMME})
WEEK = Week.of(START, "Asia/Seoul")
FLOOD = Flood(refused=412, doubted=37, mailed=88)
NOTES = {Kind.ROW_INCOMPLETE: "topic", Kind.WEEKLY_REPORT: "{}", Kind.SIGN_UP_FLOOD: json.dumps(asdict(FLOOD))}


def row(kind: Kind, **facts: object) -> Delivery:
    return delivery(kind=kind)._replace(**facts)  # type: ignore[arg-type]


def test_a_welcome_tells_what_is_published_now() -> None:
    message = say(row(Kind.WELCOME, session=""), PUBLISHED, DAY_BEFORE)

    assert message == Welcome(series=announce(), versions=(VERSION,), rules=parse_rules("1d"))


@pytest.mark.parametrize("timezone", ["Asia/Seoul", "America/New_York"])
def test_a_digest_tells_the_week_by_the_clock_of_its_reader(timezone: str) -> None:
    message = say(row(Kind.DIGEST, session="", starts_at=WEEK.key, timezone=timezone), PUBLISHED, DAY_BEFORE)

    assert message == Digest(series=announce(), week=Week(WEEK.monday, timezone), versions=(VERSION,))


def test_a_gap_tells_what_was_missing_when_it_was_found() -> None:
    message = say(row(Kind.ROW_INCOMPLETE, note="topic reading"), PUBLISHED, DAY_BEFORE)

    assert message == RowIncomplete(series=announce(), version=VERSION, missing=(Missing.TOPIC, Missing.READING))


def test_a_report_tells_the_figures_that_were_taken() -> None:
    report = say(
        row(Kind.WEEKLY_REPORT, session="", starts_at=WEEK.key, note='{"people": 3}'),
        replace(PUBLISHED, series=announce("")),
        START - 5 * DAY,
    )

    assert isinstance(report, WeeklyReport)
    assert (report.figures.people, report.week) == (3, WEEK)
    assert [entry.version for entry in report.entries] == [VERSION]


def test_a_stop_tells_which_mails_are_held_back_and_its_end_how_many_waited() -> None:
    stopped = say(row(Kind.SENDING_STOPPED, note=Stop("550 no", held="reminders").write()), PUBLISHED, DAY_BEFORE)
    resumed = say(row(Kind.SENDING_RESUMED, note=Stop("disk full", waited=40).write()), PUBLISHED, DAY_BEFORE)

    assert isinstance(stopped, SendingStopped)
    assert (stopped.reason, stopped.held) == ("550 no", "reminders")
    assert isinstance(resumed, SendingResumed)
    assert (resumed.reason, resumed.held, resumed.waited) == ("disk full", "", 40)


def test_a_flood_tells_its_numbers() -> None:
    flood = say(row(Kind.SIGN_UP_FLOOD, note=NOTES[Kind.SIGN_UP_FLOOD]), PUBLISHED, DAY_BEFORE)

    assert isinstance(flood, SignUpFlood)
    assert (flood.refused, flood.doubted, flood.mailed) == (412, 37, 88)


@pytest.mark.parametrize("kind", [Kind.REMINDER, Kind.MOVED, Kind.ROW_INCOMPLETE])
def test_a_session_that_is_gone_has_nothing_to_tell(kind: Kind) -> None:
    with pytest.raises(ValueError, match="no longer in the schedule"):
        say(row(kind), replace(PUBLISHED, version=None), DAY_BEFORE)


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_of_delivery_becomes_a_mail(kind: Kind) -> None:
    note = NOTES.get(kind, "it said no")
    organiser = Organiser("organizer@example.org", "en")
    composer = make_composer(lambda slug, _: (announce(slug), VERSION), organiser, PROGRAMME)

    envelope = composer.compose(row(kind, note=note), DAY_BEFORE)

    assert envelope.recipient == (organiser.address if kind in TO_ORGANISER else "reader@example.org")


def test_a_later_mail_refers_to_the_first_about_its_session() -> None:
    composer = make_composer(lambda slug, _: (announce(slug), VERSION))
    first = row(Kind.REMINDER, rule="7d")
    later = row(Kind.REMINDER, rule="1d", thread=first.key)

    told = [composer.compose(one, DAY_BEFORE + timedelta(hours=hour)) for hour, one in enumerate((first, later))]

    identifier = message_id_of(told[0])
    assert b"In-Reply-To" not in told[0].content
    for name in ("In-Reply-To", "References"):
        assert f"{name}: {identifier}\r\n".encode() in told[1].content
