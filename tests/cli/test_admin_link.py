"""`admin-link`: the way to the desk."""

import re
from pathlib import Path

from tests.whole.terminal import Call


def test_the_link_is_all_that_is_printed_and_another_one_each_time(season: Path, studybell: Call) -> None:
    said = [studybell("admin-link") for _ in range(2)]

    assert [one.status for one in said] == [0, 0]
    assert all(re.fullmatch(r"http://127\.0\.0\.1:8000/desk/open/[\w-]{24}\n", one.out) for one in said)
    assert said[0].out != said[1].out
    assert said[0].err == "works once, for 15 minutes\n"


def test_the_link_stands_under_the_address_that_readers_use(season: Path, studybell: Call) -> None:
    file = season / "studybell.toml"
    text = re.sub(r"(?m)^#? *base_url *=.*$", 'base_url = "https://bell.example.org/groups"', file.read_text("utf-8"))
    file.write_text(text, "utf-8")

    assert studybell("admin-link").out.startswith("https://bell.example.org/groups/desk/open/")
