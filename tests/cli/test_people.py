"""`participants`: added, listed, taken to another place and back, removed."""

from pathlib import Path

from sqlalchemy import Connection

from service.app.store import open_store
from service.clock import SystemClock
from service.settings.loading import load_settings
from service.store.membership import unsubscribe
from service.store.participants import find
from tests.whole.terminal import Call

ROSTER = """\
email,name,series,language,timezone,state,reminders,weekly_summary,invitations,paused_until
hana@example.org,김하나,season,ko,Asia/Seoul,confirmed,7d 1d@20:00,yes,,2086-03-04
minjun@example.org,이민준,season,ko,Asia/Seoul,unsubscribed,,,,
'=sum@example.org,'=HYPERLINK(1),season,en,Europe/Berlin,confirmed,,,yes,2086-03-04T19:30:00+01:00
jan@example.org,'t Hart,season,en,Europe/Amsterdam,pending,,,,
"""


def test_korean_names_formulas_and_apostrophes_survive_a_round_trip(season: Path, studybell: Call) -> None:
    (season / "people.csv").write_text(ROSTER, "utf-8")

    said = studybell("participants", "import", "people.csv")

    assert said.out == "participants imported: 4\n"
    assert sorted(studybell("participants", "export").out.splitlines()) == sorted(ROSTER.splitlines())
    assert "=HYPERLINK(1)" in studybell("participants", "list").out


def test_the_list_tells_what_people_have_chosen_and_fits_on_a_screen(season: Path, studybell: Call) -> None:
    (season / "people.csv").write_text(ROSTER, "utf-8")
    studybell("participants", "import", "people.csv")

    lines = studybell("participants", "list").out.splitlines()

    assert lines[lines.index("season  confirmed     hana@example.org  김하나  ko  Asia/Seoul") + 1] == (
        "    reminders 7d 1d@20:00, weekly summary, paused until 2086-03-04"
    )
    assert "    invitations, paused until 2086-03-04T19:30:00+01:00" in lines
    assert len(lines) == 6, "who has chosen nothing takes one line"
    assert max(map(len, lines)) <= 80


def test_an_import_leaves_what_a_confirmed_person_has_chosen_alone(season: Path, studybell: Call) -> None:
    (season / "people.csv").write_text(ROSTER, "utf-8")
    studybell("participants", "import", "people.csv")
    (season / "people.csv").write_text("email,weekly_summary\nhana@example.org,no\njan@example.org,yes\n")

    assert studybell("participants", "import", "people.csv").status == 0

    rows = studybell("participants", "export").out.splitlines()
    assert ROSTER.splitlines()[1] in rows
    assert "jan@example.org,,season,en,UTC,confirmed,,yes,," in rows


def test_a_choice_that_is_none_is_told(season: Path, studybell: Call) -> None:
    head = "email,reminders,weekly_summary,paused_until"
    for choice, words in (
        ("soon,,", '"soon" is not a lead time'),
        ("1d 2d 3d 4d 5d 6d 7d 8d 9d,,", "choose 8 reminders at most"),
        (",maybe,", 'write one of: "yes", "no"'),
        (",,someday", "write a day as year-month-day"),
    ):
        (season / "people.csv").write_text(f"{head}\nhana@example.org,{choice}\n")
        said = studybell("participants", "import", "people.csv")
        assert said.status == 2
        assert f"people.csv:2: {words}" in said.err, said.err


def test_a_spreadsheet_runs_nothing_that_a_person_typed(season: Path, studybell: Call) -> None:
    studybell("participants", "add", "+1@example.org", "--name", "@SUM(1)", "--confirmed")

    row = studybell("participants", "export").out.splitlines()[1]

    assert row.startswith("'+1@example.org,'@SUM(1),")


def test_a_person_gets_the_language_and_zone_of_the_series(season: Path, studybell: Call) -> None:
    said = studybell("participants", "add", "hana@example.org", "--confirmed")

    assert said.out == "hana@example.org gets the reminders of season\n"
    assert "season  confirmed     hana@example.org    en  UTC" in studybell("participants", "list").out


def test_every_wrong_row_is_told_and_nothing_is_imported(season: Path, studybell: Call) -> None:
    (season / "people.csv").write_text(
        "email,name,series,language,timezone,state\n"
        "hana@example.org,,,,,\nnobody,,,,,\nmin@example.org,,summer,,,\nsu@example.org,,,,Mars,\njo@example.org,,,,,in\n"
    )

    said = studybell("participants", "import", "people.csv")

    assert said.status == 2
    lines = said.err.splitlines()
    assert lines[0].startswith("studybell: people.csv:3: write an e-mail address, like name@example.org")
    assert lines[1].startswith('studybell: people.csv:4: there is no schedule "summer" to read')
    assert lines[2].startswith("studybell: people.csv:5: write a time zone of the IANA list")
    assert lines[3].startswith('studybell: people.csv:6: write one of: "pending", "confirmed"')
    assert lines[4:] == ["studybell: nothing was imported"]
    assert studybell("participants", "list").out == ""


def test_a_file_without_the_column_email_is_refused(season: Path, studybell: Call) -> None:
    (season / "people.csv").write_text("hana@example.org\n")

    said = studybell("participants", "import", "people.csv")

    assert said.status == 2
    assert "people.csv:1: the first line must name the columns: email,name,series" in said.err


def test_a_file_in_another_encoding_is_refused(season: Path, studybell: Call) -> None:
    (season / "people.csv").write_bytes("email,name\nhana@example.org,김하나\n".encode("cp949"))

    said = studybell("participants", "import", "people.csv")

    assert said.status == 2
    assert said.err.startswith("studybell: people.csv: this is not a CSV in UTF-8: ")


def test_an_old_list_does_not_bring_back_who_left(season: Path, studybell: Call) -> None:
    studybell("participants", "add", "hana@example.org", "--confirmed")
    (season / "people.csv").write_text("email\nhana@example.org\nminjun@example.org\n")
    with open_store(load_settings(season / "studybell.toml", {})) as store:

        def leave(connection: Connection) -> None:
            present = find(connection, "season", "hana@example.org")
            assert present
            unsubscribe(connection, present, SystemClock().now())

        store.database.submit(leave).result()

    said = studybell("participants", "import", "people.csv")

    assert said.out.startswith("participants imported: 1\nleft out, since they unsubscribed: 1 (")
    assert "unsubscribed  hana@example.org" in studybell("participants", "list").out


def test_a_person_is_erased(season: Path, studybell: Call) -> None:
    studybell("participants", "add", "hana@example.org", "--confirmed")

    assert studybell("participants", "remove", "hana@example.org").out == "hana@example.org is erased from season\n"
    assert studybell("participants", "list").out == ""
    assert studybell("participants", "remove", "hana@example.org").status == 2


def test_a_person_is_added_only_by_who_vouches(season: Path, studybell: Call) -> None:
    said = studybell("participants", "add", "hana@example.org")

    assert said.status == 2
    assert "--confirmed" in said.err


def test_one_of_several_series_must_be_named(season: Path, studybell: Call) -> None:
    settings = (season / "studybell.toml").read_text()
    (season / "studybell.toml").write_text(
        f'{settings}\n[[series]]\nslug = "summer"\nsource = "season.md"\ntimezone = "UTC"\n'
    )

    said = studybell("participants", "add", "hana@example.org", "--confirmed")

    assert said.status == 2
    assert said.err == "studybell: hana@example.org: say which with --series: season, summer\n"
    assert studybell("participants", "add", "hana@example.org", "--series", "summer", "--confirmed").status == 0
    assert studybell("participants", "list", "--series", "season").out == ""
    assert studybell("participants", "list", "--series", "winter").status == 2
