"""Content: whatever a session says, the database gives it back."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.schedule.changes import looks_alike
from service.schedule.session import Link, Session, Status, When
from service.store.content import read_session, write_session
from tests.store.season import SESSION

ZONES = [ZoneInfo(name) for name in ("Asia/Seoul", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC")]
TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30)


@st.composite
def times(draw: st.DrawFn) -> When:
    zone = draw(st.sampled_from(ZONES))
    moments = st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1), timezones=st.just(zone), allow_imaginary=True)
    starts = draw(moments).replace(microsecond=0)
    ends = (starts + timedelta(minutes=draw(st.integers(0, 3000)))).replace(fold=draw(st.integers(0, 1)))
    return When(starts, ends, draw(st.booleans()))


SESSIONS = st.builds(
    Session,
    title=TEXT,
    when=st.none() | times(),
    number=TEXT,
    type=TEXT,
    speakers=st.lists(TEXT, max_size=3).map(tuple),
    affiliation=TEXT,
    place=TEXT,
    links=st.lists(st.builds(Link, TEXT, TEXT), max_size=3).map(tuple),
    note=TEXT,
    status=st.sampled_from(Status),
    id=TEXT,
    line=st.integers(0, 9999),
)


@given(SESSIONS)
def test_a_session_comes_back_as_it_was(session: Session) -> None:
    found = read_session(write_session(session))

    assert found == session
    assert found.line == session.line
    assert looks_alike(found, session)


@pytest.mark.parametrize("fold", [0, 1])
@pytest.mark.parametrize(
    "wall",
    [datetime(2024, 10, 27, 2, 30), datetime(2024, 3, 31, 2, 30), datetime(2024, 6, 1, 2, 30)],
    ids=["twice", "never", "once"],
)
def test_a_time_that_the_change_of_clocks_repeats_or_skips_comes_back_as_it_was(wall: datetime, fold: int) -> None:
    starts = wall.replace(tzinfo=ZoneInfo("Europe/Berlin"), fold=fold)
    session = replace(SESSION, when=When(starts, starts + timedelta(hours=2)))

    found = read_session(write_session(session)).when

    assert found
    assert (found.starts.replace(tzinfo=None), found.starts.utcoffset()) == (
        wall.replace(tzinfo=None, fold=found.starts.fold),
        starts.utcoffset(),
    )
