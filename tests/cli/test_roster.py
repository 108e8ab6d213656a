"""The roster: whoever is written into a CSV is read from it again, and no spreadsheet runs what they typed."""

import csv
import io
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from service.cli.roster import read_roster, write_roster
from service.schedule.cadence import Cadence
from service.schedule.text import clean_line
from service.settings.timing import read_zone
from service.settings.values import SeriesSettings, Settings
from service.store.participants import Participant, State

ZONE = "Asia/Seoul"
SERIES = SeriesSettings(slug="season", source="season.md", cadence=Cadence(timezone=read_zone(ZONE)))
SETTINGS = Settings(folder=Path(), data_dir=Path(), series=(SERIES,))


def make_person(name: str, state: State) -> Participant:
    return Participant(
        id=1,
        series="season",
        address="hana@example.org",
        name=name,
        language="ko",
        timezone=ZONE,
        leads="",
        since=None,
        state=state,
        generation=0,
    )


@st.composite
def names(draw: st.DrawFn) -> str:
    letters = st.characters(codec="utf-8") | st.sampled_from("'=+-@\t,;\"가나다")
    return clean_line(draw(st.text(letters, max_size=30)))


@given(names(), st.sampled_from(State))
def test_a_person_survives_the_way_out_and_in(name: str, state: State) -> None:
    file = io.StringIO(newline="")

    write_roster(file, [make_person(name, state)])
    file.seek(0)
    [entry] = read_roster(file, SETTINGS, name="people.csv")

    assert (entry.email, entry.name, entry.state) == ("hana@example.org", name, state)
    assert (entry.series, entry.language, entry.timezone) == ("season", "ko", ZONE)


@given(names())
def test_no_cell_begins_like_a_formula(name: str) -> None:
    file = io.StringIO(newline="")

    write_roster(file, [make_person(name, State.CONFIRMED)])

    cells = list(csv.reader(io.StringIO(file.getvalue(), newline="")))[1]
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []
