"""No mail grows so large that mail programs clip it, and its way out with the end of it."""

from dataclasses import replace

import pytest

from tests.mail.letters import LETTERS, Written, write
from tests.mail.longest import write_longest

LARGEST = 80 * 1024
LARGEST_WITH_CALENDAR = 192 * 1024  # what is clipped is a body; calendar objects are parts of their own


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_longest_mail_is_not_clipped(language: str) -> None:
    letters = dict(write_longest(language))

    sizes = {
        name: len(write(name, language, replace(letter, enclosure=None)).content) for name, letter in letters.items()
    }
    assert {name: size for name, size in sizes.items() if size > LARGEST} == {}
    whole = {name: len(write(name, language, letter).content) for name, letter in letters.items()}
    assert max(whole.values()) <= LARGEST_WITH_CALENDAR


@pytest.mark.parametrize("mail", LETTERS, ids=str)
def test_a_usual_mail_is_small(mail: Written) -> None:
    assert len(mail.content) <= 24 * 1024
