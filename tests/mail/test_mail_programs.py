"""No mail needs of a mail program what it cannot do: everything that some lack is listed here, with what then happens.

The table of caniemail.com knows no Naver and no Daum; what they show has to be looked at by hand.
"""

from typing import Final

import pytest

from tests.mail.judges import ask_node
from tests.mail.letters import LETTERS

PROGRAMS: Final = ("gmail.*", "outlook.*", "apple-mail.*", "samsung-email.*", "yahoo.*")

GRACEFUL: Final = {
    "<style> element": "it holds only what phones and dark screens add; all else is in the elements",
    "@media": "a narrow screen then has the wide one's margins, a dark one light colours or the program's own",
    "<body> element": "the table around everything has the same colours and the same text",
    "role attribute": "a reader that speaks may call the outermost tables tables",
    "lang attribute": "it stands on the document only, not on cells",
    "align attribute": "the column is in the middle by its margins, too",
    "display:none": "the preheader is then one pixel high, and outside of Word stays see-through",
    "display": "buttons are inline where they cannot be blocks of their own",
    "opacity": "the preheader is hidden otherwise",
    "overflow": "the preheader is hidden otherwise; nothing else overflows",
    "overflow-wrap": "only a word or address wider than a phone needs it, and no label does",
    "word-break": "Korean words may then end in the middle of a line",
    "white-space": "the column of labels is as wide as the usual ones; others, and commands, go over several lines",
    "border-radius": "corners are square",
    "border": "it is one pixel wide, around a cell",
    "background": "it is one plain colour",
    "padding": "in Word a box and a button are as tight as their words",
    "margin": "none is negative; Word gets its middle from the align attribute",
    "max-width": "only tables have one in Word, and only the preheader has one beside the table",
    "width property": "only tables and cells have one",
    "height property": "only the preheader has one, and only at most",
    "line-height": "in Word lines are somewhat closer, or farther",
    "letter-spacing": "titles are spaced as usual",
    "font-size": "all sizes are in pixels",
    "font-weight": "all weights are 400, 600 or 700",
    "text-align": "it is left or center",
    "text-decoration": "a time that is off is said to be off in words, too; links may be underlined",
}
"""What some program shows not at all or not in every way, and why the mail is as good to read there."""


@pytest.fixture(scope="module")
def shortcomings() -> list[tuple[str, str]]:
    bodies = list({mail.html for mail in LETTERS})
    return [(feature, program) for feature, program in ask_node("judge.mjs", {"programs": PROGRAMS, "bodies": bodies})]


@pytest.mark.node
def test_what_some_program_cannot_show_is_known_to_do_no_harm(shortcomings: list[tuple[str, str]]) -> None:
    assert {(feature, program) for feature, program in shortcomings if feature not in GRACEFUL} == set()


@pytest.mark.node
def test_no_excuse_is_stale(shortcomings: list[tuple[str, str]]) -> None:
    assert set(GRACEFUL) - {feature for feature, _ in shortcomings} == set()
