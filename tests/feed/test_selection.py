"""Selections: what the query of a feed's address asks for."""

from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.feed.selection import EVERYTHING, BadSelection, Cancelled, Selection, read_selection
from service.feed.style import PLAIN, Alarm, Style
from service.schedule.session import Session, Status
from tests.feed.season import make_version, make_when

TALK = make_version(Session(title="x", when=make_when(), type="SFT", speakers=("Ada Example", "하늘")))
CANCELLED = make_version(Session(title="x", when=make_when(), status=Status.CANCELLED))


@pytest.mark.parametrize("query", ["", "utm_source=x&y", "type=&speaker=%20&alarm=&cancelled=&lang=", "cancelled=mark"])
def test_a_query_that_asks_for_nothing_means_everything(query: str) -> None:
    assert read_selection(query) == EVERYTHING
    assert EVERYTHING.query == ""
    assert EVERYTHING.style == PLAIN


def test_order_case_and_repetition_make_no_difference() -> None:
    one = read_selection("lang=en-GB&alarm=30m&speaker=b&alarm=1h,1d&type=SFT&speaker=a&cancelled=omit")
    other = read_selection("type=SFT&speaker=a&speaker=b&speaker=a&alarm=24h,60m,30m&cancelled=omit&lang=en&x=1")

    assert one == other
    assert one.query == "type=SFT&speaker=a&speaker=b&alarm=1d,1h,30m&cancelled=omit&lang=en"
    assert one.style == Style(tuple(map(Alarm.parse, ("1d", "1h", "30m"))), language="en")


@pytest.mark.parametrize(
    ("query", "is_wanted"),
    [
        ("speaker=ada%20example", True),
        ("speaker=%ED%95%98%EB%8A%98", True),
        ("speaker=Ada", False),
        ("type=sft", True),
        ("type=CoT&type=SFT", True),
        ("type=CoT&speaker=Ada+Example", False),
        ("cancelled=omit", True),
    ],
)
def test_a_session_is_wanted_for_its_type_and_its_speakers(query: str, is_wanted: bool) -> None:
    assert read_selection(query).wants(TALK) is is_wanted


def test_cancelled_sessions_are_told_or_left_out() -> None:
    assert [read_selection(f"cancelled={how}").wants(CANCELLED) for how in Cancelled] == [True, True, False]
    assert [read_selection(f"cancelled={how}").style.marks for how in Cancelled] == [True, False, True]


def test_nobody_finds_out_an_address_by_asking_for_it() -> None:
    hidden = make_version(Session(title="x", when=make_when(), speakers=("ada@example.org",)))

    assert not read_selection("speaker=ada@example.org").wants(hidden)
    assert read_selection("speaker=a***@***").wants(hidden)


@pytest.mark.parametrize(
    ("query", "advice"),
    [
        ("alarm=soon", "write days, hours or minutes, like 1d, 2h, 30m"),
        ("alarm=30", "like 1d, 2h, 30m"),
        ("alarm=1m,2m,3m,4m,5m,6m,7m,8m,9m", "choose fewer"),
        ("cancelled=no", "write mark, status or omit"),
        ("lang=tlh", "write en, ko, ja, zh"),
        ("&".join(f"type={number}" for number in range(9)), "choose fewer"),
        ("type=%ff", "UTF-8"),
        ("x=1&" * 60, "cannot be read"),
        ("type=" + "x" * 2000, "too long"),
    ],
)
def test_what_cannot_be_followed_says_what_to_write(query: str, advice: str) -> None:
    with pytest.raises(BadSelection, match=advice):
        read_selection(query)


_names = st.lists(st.text(max_size=20).map(quote), max_size=4)
_alarms = st.lists(st.sampled_from(["1w", "7d", "60m", "1h", "90m"]), max_size=3)


@settings(max_examples=80, deadline=None)
@given(_names, _names, _alarms, st.sampled_from(["", *Cancelled]), st.sampled_from(["", "ko", "en-US"]))
def test_the_canonical_query_asks_for_the_same(
    types: list[str], speakers: list[str], alarms: list[str], cancelled: str, language: str
) -> None:
    pairs = [*(f"type={name}" for name in types), *(f"speaker={name}" for name in speakers)]
    query = "&".join([*pairs, f"alarm={','.join(alarms)}", f"cancelled={cancelled}", f"lang={language}"])

    selection = read_selection(query)

    assert read_selection(selection.query) == selection
    assert read_selection(selection.query).query == selection.query
    assert isinstance(selection, Selection)
