"""Languages: whose wish counts first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.web.languages import choose_language

OFFERED = ("en", "ko")


@pytest.mark.parametrize(
    ("asked", "accepted", "fallback", "chosen"),
    [
        ("ko", "en", "en", "ko"),
        ("", "ko-KR,ko;q=0.9,en;q=0.8", "en", "ko"),
        ("", "de,en;q=0.3,ko;q=0.7", "en", "ko"),
        ("", "de-DE", "ko", "ko"),
        ("", "", "ko", "ko"),
        ("xx", "", "ko-KR", "ko"),
        ("", "ko;q=0, en", "ko", "en"),
        ("", "", "tlh", "en"),
        ("", "ko;q=much", "en", "en"),
    ],
)
def test_the_first_wish_that_can_be_met_is_met(asked: str, accepted: str, fallback: str, chosen: str) -> None:
    assert choose_language(asked, accepted, fallback, OFFERED) == chosen


@given(st.text(), st.text(), st.text())
def test_whatever_is_asked_a_language_there_is_is_chosen(asked: str, accepted: str, fallback: str) -> None:
    assert choose_language(asked, accepted, fallback, OFFERED) in OFFERED
