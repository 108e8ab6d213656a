"""`doctor`: readable for a newcomer, and for programs; its status tells whether something is wrong."""

import json
from pathlib import Path

from tests.whole.terminal import Call


def test_a_newcomer_is_told_what_is_well_and_what_is_still_to_do(season: Path, studybell: Call) -> None:
    said = studybell("doctor")

    assert (said.status, said.err) == (0, "")
    assert "ok       settings: season at http://127.0.0.1:8000\n" in said.out
    assert "ok       ledger: no mail was ever due; all accounted for\n" in said.out
    assert "ok       season: 2 sessions in season.md; not published yet" in said.out
    assert 'warning  mail: mails are kept at /mailbox and not sent\n         set `transport = "smtp"`' in said.out


def test_what_is_wrong_ends_with_status_1(season: Path, studybell: Call) -> None:
    (season / "season.md").unlink()

    said = studybell("doctor")

    assert said.status == 1
    assert "wrong    season: " in said.out
    assert "there is no such file; put it back" in said.out


def test_settings_that_cannot_be_read_are_wrong_too(season: Path, studybell: Call) -> None:
    (season / "studybell.toml").write_text('base_urk = "x"\nport = 1\n')

    said = studybell("doctor")

    assert (said.status, said.err) == (1, "")
    assert len(said.out.splitlines()) == 2
    assert 'did you mean "base_url"?' in said.out


def test_programs_get_a_list(season: Path, studybell: Call) -> None:
    found = json.loads(studybell("doctor", "--json").out)

    assert {"grade", "subject", "words", "advice"} == set(found[0])
    assert {one["grade"] for one in found} == {"ok", "warning"}
