"""The few words a calendar itself says, in the language of its series."""

from dataclasses import dataclass
from typing import Final

__all__ = ["LANGUAGES", "Words", "choose_words"]


@dataclass(frozen=True, slots=True)
class Words:
    """What stands before a cancelled session's title, before the speakers and before the session's page.

    `mine` is the name of the calendar that has all sessions of one person.
    """

    cancelled: str
    speakers: str
    page: str
    mine: str


_ENGLISH: Final = Words(cancelled="[Cancelled]", speakers="Speakers", page="Schedule", mine="My sessions")
_BY_LANGUAGE: Final = {
    "en": _ENGLISH,
    "ko": Words(cancelled="[취소]", speakers="발표", page="일정", mine="내 모임"),
    "ja": Words(cancelled="[中止]", speakers="発表", page="日程", mine="参加予定"),
    "zh": Words(cancelled="[取消]", speakers="报告人", page="日程", mine="我的日程"),
}

LANGUAGES: Final = tuple(_BY_LANGUAGE)
"""The languages that have words here."""


def choose_words(language: str) -> Words:
    """The words of a language tag such as `ko` or `en-GB`; English for one that has no words here."""
    return _BY_LANGUAGE.get(language.replace("_", "-").partition("-")[0].lower(), _ENGLISH)
