"""The command line as a whole: help that fits, errors in a line, exit statuses."""

import re

import pytest

from service import __version__
from tests.whole.terminal import Call


def test_the_help_lists_every_command_with_a_whole_sentence(studybell: Call) -> None:
    said = studybell("--help")

    listed = re.findall(r"(?m)^  ([a-z-]+) {2,}(\S.*)$", said.out.partition("Commands:")[2])
    assert said.status == 0
    assert {"demo", "serve", "send", "init", "check", "feed", "plan", "participants", "deliveries"} <= {
        command for command, _ in listed
    }
    assert [sentence for _, sentence in listed if not sentence.endswith(".") or sentence.endswith("..")] == []


@pytest.mark.parametrize("group", ["participants", "deliveries"])
def test_the_help_of_a_group_is_not_cut_either(group: str, studybell: Call) -> None:
    assert "..." not in studybell(group, "--help").out.partition("Commands:")[2]


def test_the_version_is_told(studybell: Call) -> None:
    assert studybell("--version").out == f"studybell, version {__version__}\n"


def test_a_command_that_is_not_there_is_named(studybell: Call) -> None:
    said = studybell("sevre")

    assert said.status == 2
    assert "No such command 'sevre'" in said.err


def test_what_a_person_can_put_right_is_told_in_one_line(studybell: Call) -> None:
    said = studybell("plan")

    assert said.status == 2
    assert said.err == "studybell: studybell.toml: there is no such file; write one with `studybell init SCHEDULE`\n"
