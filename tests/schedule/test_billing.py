"""Lines that announce a talk: who speaks, and on what."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.schedule.billing import Billing, find_billing, split_billing, split_name


@pytest.mark.parametrize(
    ("text", "billing", "who", "what"),
    [
        ("Ada Oak (Northport), Trees", Billing.NAMES_FIRST, "Ada Oak (Northport)", "Trees"),
        ("Ada Oak (Northport): Trees, and more", Billing.NAMES_FIRST, "Ada Oak (Northport)", "Trees, and more"),
        ("Ada Oak (NU) and Bo Fir (SU), Trees", Billing.NAMES_FIRST, "Ada Oak (NU) and Bo Fir (SU)", "Trees"),
        ("Ada Oak (NU), Bo Fir (SU), Trees", Billing.NAMES_FIRST, "Ada Oak (NU), Bo Fir (SU)", "Trees"),
        ("Ada Oak (NU), Deep Roots, a tale", Billing.NAMES_FIRST, "Ada Oak (NU)", "Deep Roots, a tale"),
        ("Trees, Ada Oak (Northport)", Billing.NAMES_LAST, "Ada Oak (Northport)", "Trees"),
        ("Trees, roots, Ada Oak (NU), Bo Fir (SU)", Billing.NAMES_LAST, "Ada Oak (NU), Bo Fir (SU)", "Trees, roots"),
        ('"Trees" by Ada Oak and Bo Fir', Billing.NAMES_AFTER_BY, "Ada Oak and Bo Fir", "Trees"),
        ("Learning by doing by Ada Oak", Billing.NAMES_AFTER_BY, "Ada Oak", "Learning by doing"),
        ("Sorting step by step", Billing.NAMES_AFTER_BY, "", "Sorting step by step"),
        ("Trees, roots and leaves", Billing.NAMES_LAST, "", "Trees, roots and leaves"),
    ],
)
def test_a_line_is_parted_into_speakers_and_title(text: str, billing: Billing, who: str, what: str) -> None:
    assert split_billing(text, billing) == (who, what)


def test_the_order_is_what_most_lines_keep() -> None:
    first = ["Ada Oak (NU), Trees", "Bo Fir (SU), Roots", "no talk this week", "TBA", "Cy Elm, Leaves"]
    assert find_billing(first) is Billing.NAMES_FIRST
    assert find_billing(["Trees, Ada Oak (NU)", "Roots, Bo Fir (SU)"]) is Billing.NAMES_LAST
    assert find_billing(["Trees by Ada Oak", "Roots by Bo Fir"]) is Billing.NAMES_AFTER_BY


@pytest.mark.parametrize(
    "texts", [[], ["TBA"], ["Trees, Roots", "Deep Roots, Tall Trees"], ["Vectors (2 hours), maps"]]
)
def test_lines_that_name_nobody_surely_have_no_order(texts: list[str]) -> None:
    assert find_billing(texts) is None


def test_a_cell_can_hold_a_name_and_a_title() -> None:
    assert split_name("한봄 - 나무와 뿌리 - 둘째") == ("한봄", "나무와 뿌리 - 둘째")
    assert split_name("Growing up - from seed to tree") == ("Growing up - from seed to tree", "")


@given(st.text(max_size=80), st.sampled_from(Billing))
def test_no_word_of_a_line_is_made_up(text: str, billing: Billing) -> None:
    who, what = split_billing(text, billing)
    assert who in text
    assert what in text
