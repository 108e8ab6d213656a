"""`backup`, `restore` and `resume` as an operator types them."""

import re
from pathlib import Path

import pytest

from tests.whole.terminal import Call


@pytest.fixture
def served(season: Path, studybell: Call) -> Path:
    assert studybell("participants", "add", "hana@example.org", "--confirmed").status == 0
    assert studybell("send").status == 0
    return season


def test_a_copy_goes_and_comes_back(served: Path, studybell: Call) -> None:
    copied = studybell("backup", "bell.tar")
    assert (copied.status, copied.out) == (0, "bell.tar: 0 deliveries, examined and found whole\n")

    refused = studybell("restore", "bell.tar")
    assert (refused.status, "with --force it is moved aside" in refused.err) == (2, True)
    restored = studybell("restore", "bell.tar", "--force")
    assert restored.status == 0
    assert re.search(r"what was there is in \S*var/before-restore-\d{8}T\d{6}\n", restored.out)
    assert "sends nothing until you have looked" in restored.out

    held = studybell("send")
    assert (held.status, "nothing is sent: this database was restored or copied" in held.err) == (2, True)
    assert studybell("doctor").status == 1
    assert "hana@example.org" in studybell("participants", "list").out

    resumed = studybell("resume")
    assert resumed.status == 0
    assert resumed.out.endswith("mails are sent again from now on\n")
    assert studybell("send").status == 0
    assert studybell("resume").out == "nothing keeps this service from sending\n"


def test_what_is_no_backup_is_refused_in_a_line(served: Path, studybell: Call) -> None:
    refused = studybell("restore", "season.md", "--force")

    assert (refused.status, refused.out) == (2, "")
    assert refused.err == ("studybell: season.md is no backup that `studybell backup` wrote, or not a whole one\n")


def test_a_folder_that_is_not_there_is_told(served: Path, studybell: Call) -> None:
    refused = studybell("backup", "nowhere/bell.tar")

    assert refused.status == 2
    assert "nowhere" in refused.err
    assert "Traceback" not in refused.err
