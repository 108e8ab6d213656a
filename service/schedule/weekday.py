"""Days of the week as people write them."""

import re

__all__ = ["find_weekday", "strip_weekdays"]

_LETTERS = {
    letter: index
    for index, pair in enumerate(("월月", "화火", "수水", "목木", "금金", "토土", "일日"))
    for letter in pair
}
_CHINESE = {letter: index for index, letter in enumerate("一二三四五六日")} | {"天": 6}
_ENGLISH = ("mo", "tu", "we", "th", "fr", "sa", "su")
_WEEKDAY = re.compile(
    r"[(（\[]\s?(?P<bracket>[월화수목금토일月火水木金土日])(?:요일|曜日?)?\s?(?=[)）\],、・])[)）\]]?"
    r"|(?P<korean>[월화수목금토일])요일"
    r"|(?P<japanese>[月火水木金土日])曜日?"
    r"|[(（]?(?:周|星期|礼拜|週)(?P<chinese>[一二三四五六日天])[)）]?"
    r"|[(（]?(?<![a-z])(?P<english>mon(?:day)?|tue(?:s|sday)?|we[dn](?:s|nesday)?|th(?:u|ur|urs|ursday)?|fri(?:day)?"
    r"|sat(?:urday)?|sun(?:day)?)s?(?![a-z])\.?[)）]?",
    re.IGNORECASE,
)


def find_weekday(text: str) -> int | None:
    """The first day of the week that `text` names (Monday is 0), or None."""
    match = _WEEKDAY.search(text)
    if match is None:
        return None
    if letter := match["bracket"] or match["korean"] or match["japanese"]:
        return _LETTERS[letter]
    if match["chinese"]:
        return _CHINESE[match["chinese"]]
    return _ENGLISH.index(match["english"][:2].lower())


def strip_weekdays(text: str) -> str:
    """`text` without names of days."""
    return _WEEKDAY.sub(" ", text)
