"""The language of a page: what the visitor asked for, what the browser prefers, what the series speaks."""

from collections.abc import Sequence
from typing import Final

__all__ = ["LANGUAGE_NAMES", "choose_language"]

LANGUAGE_NAMES: Final = {"ko": "한국어", "en": "English"}
"""How each language of the pages calls itself."""

_MOST_PREFERENCES: Final = 20


def choose_language(asked: str, accepted: str, fallback: str, offered: Sequence[str]) -> str:
    """One of the `offered` languages: the `asked` one, else the best of `accepted` (RFC 9110 12.5.4), else `fallback`.

    If not even the fallback is offered, the first one is.
    """
    for wanted in (asked, *_by_preference(accepted), fallback):
        code = wanted.partition("-")[0].strip().lower()
        if code in offered:
            return code
    return offered[0]


def _by_preference(accepted: str) -> list[str]:
    weighted = []
    for part in accepted.split(",")[:_MOST_PREFERENCES]:
        code, _, parameter = part.strip().partition(";")
        weight = _weigh(parameter.strip())
        if code and weight > 0:
            weighted.append((weight, code))
    return [code for _, code in sorted(weighted, key=lambda pair: -pair[0])]


def _weigh(parameter: str) -> float:
    if not parameter:
        return 1.0
    name, _, value = parameter.partition("=")
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0
