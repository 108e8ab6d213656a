"""Session numbers as people write them: 3, 5.1, 9&10, 1주차, 第2回, Week 4, OT."""

import re

__all__ = ["read_number"]

_NUMBER = re.compile(
    r"(?:제|第)\s?(?P<d>\d{1,3})\s?(?:회차|회|주차|차시|차|강|回|周|週|次|期|讲|講|章)?"
    r"|(?:(?<![a-z])(?:week|wk|session|lecture|seminar|meeting|day|part|ep(?:isode)?|no|nr)\.?\s?|#)\s?"
    r"(?P<a>\d{1,3}(?:\.\d{1,2})?)(?![\d./])"
    r"|(?<![\d./])(?P<b>\d{1,3})\s?(?:주\s?차|주|회차|회|차시|차|강|回|周|週|次|期|th week)(?!\w)"
    r"|(?:세미나|スタディ|세션)\s?(?P<c>\d{1,3})",
    re.IGNORECASE,
)
_PLAIN_NUMBER = re.compile(r"\d{1,3}(?:\.\d{1,2})?(?:\s?[&,~-]\s?\d{1,3})?|OT|[A-Z]{1,2}\d{1,3}", re.IGNORECASE)


def read_number(text: str) -> tuple[str, str]:
    """The session number in `text`, without zeros in front ("3", "5.1", "9&10", "OT"), and the words around it."""
    plain = text.strip().strip("*#.:")
    if _PLAIN_NUMBER.fullmatch(plain):
        number = re.sub(r"\s", "", plain)
        return (number.lstrip("0") or "0") if number.isdigit() else number, ""
    if match := _NUMBER.search(text):
        number = match["a"] or match["b"] or match["c"] or match["d"]
        rest = (text[: match.start()] + " " + text[match.end() :]).strip(" -–:.\n")
        return (number.lstrip("0") or "0") if number.isdigit() else number, rest
    return "", text
