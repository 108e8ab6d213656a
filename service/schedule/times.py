"""Times of day as people write them, with their zone."""

import re
from dataclasses import dataclass
from datetime import time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

__all__ = ["WrittenTime", "find_duration", "find_time", "find_zone"]


@dataclass(frozen=True, slots=True)
class WrittenTime:
    """A time of day found in a text at `start`:`stop`, with its end if a range.

    `assumed` tells that the text leaves open whether morning or afternoon is meant; afternoon is taken then.
    """

    begins: time
    ends: time | None
    start: int
    stop: int
    assumed: bool = False


_HALF = r"(?:오전|오후|저녁|밤|午前|午後|上午|下午|晚上?|夜)"
_HOUR = (
    r"(?:(?P<half{n}>" + _HALF + r")\s?)?(?<!\d)(?P<h{n}>[012]?\d)(?:"
    r"\s?[:：](?P<m{n}>[0-5]\d)(?::[0-5]\d)?(?!\d)(?:\s?(?P<x{n}>[ap])\.?m\b\.?)?"
    r"|\s?(?P<y{n}>[ap])\.?m\b\.?"
    r"|\s?(?:시|時|点|點)(?!간|間|钟内)\s?(?:(?P<k{n}>[0-5]?\d)\s?(?:분|分)|(?P<half_past{n}>반|半))?"
    r")"
)
_DIGIT = re.compile(r"\d")
_BARE = r"(?<!\d)(?P<h1>[012]?\d)(?:[:：](?P<m1>[0-5]\d))?"
_TO = r"\s{0,3}(?:~|～|〜|-|–|—|to|부터|から|until)\s{0,3}"
_RANGE = re.compile(_HOUR.format(n=1) + "(?:" + _TO + _HOUR.format(n=2) + ")?", re.IGNORECASE)
_SHARED = re.compile(_BARE + _TO + _HOUR.format(n=2), re.IGNORECASE)
_NOON = re.compile(r"(?<![a-z\d:])(?:12\s)?(?:noon|midday)\b|정오|正午|(?<!\w)中午(?!\d)", re.IGNORECASE)
_UNTIL = re.compile(_TO + _HOUR.format(n=1), re.IGNORECASE)
_ZONES = {
    "KST": "Asia/Seoul", "JST": "Asia/Tokyo", "UTC": "UTC", "GMT": "UTC", "EST": "America/New_York",
    "EDT": "America/New_York", "ET": "America/New_York", "PST": "America/Los_Angeles", "PDT": "America/Los_Angeles",
    "PT": "America/Los_Angeles", "CDT": "America/Chicago", "MDT": "America/Denver", "CET": "Europe/Paris",
    "CEST": "Europe/Paris", "BST": "Europe/London", "EASTERN TIME": "America/New_York",
    "PACIFIC TIME": "America/Los_Angeles", "CENTRAL TIME": "America/Chicago", "MOUNTAIN TIME": "America/Denver",
}  # fmt: skip
_ZONE = re.compile(r"\b(" + "|".join(sorted(_ZONES, key=len, reverse=True)) + r")\b")
_OFFSET = re.compile(r":\d\d\s?(?P<sign>[+-])(?P<h>[01]\d):?(?P<m>[0-5]\d)\b")
_DURATION = re.compile(
    r"(?<![\d.])(?:(?P<h>\d{1,2}(?:\.\d)?)\s?(?:h(?:ours?|rs?)?\b|시간|時間|小时))?\s?(?:(?P<m>\d{1,3})\s?(?:m(?:in(?:utes?|s)?)?\b|분|分))?",
    re.IGNORECASE,
)


@lru_cache(maxsize=8192)
def find_time(text: str) -> WrittenTime | None:
    """The first time of day in `text`, or None."""
    if (noon := _NOON.search(text)) and not _RANGE.search(text, 0, noon.start()):
        return _from_noon(text, noon)
    if not _DIGIT.search(text):
        return None
    if (match := _SHARED.search(text)) and (whole := _read(match)):
        return whole
    for match in _RANGE.finditer(text):
        if found := _read(match):
            return found
    return None


def find_zone(text: str) -> ZoneInfo | None:
    """The time zone that `text` names by its usual letters, like JST or Eastern Time."""
    match = _ZONE.search(text.upper() if "ime" in text else text)
    return ZoneInfo(_ZONES[match.group(1)]) if match else None


def find_duration(text: str) -> timedelta | None:
    """How long a text like `90 min`, `1h 30m` or `2시간` says something takes, or None."""
    for match in _DURATION.finditer(text):
        if match.group().strip():
            spent = timedelta(hours=float(match["h"] or 0), minutes=int(match["m"] or 0))
            return spent if timedelta() < spent <= timedelta(days=1) else None
    return None


def _from_noon(text: str, noon: re.Match[str]) -> WrittenTime:
    until = _UNTIL.match(text, noon.end())
    end = _clock(until.groupdict(), "1") if until else None
    ends = _time(end[0], end[1], "p" if end[0] < 12 else None) if end else None
    return WrittenTime(time(12), ends, noon.start(), until.end() if until else noon.end())


def _read(match: re.Match[str]) -> WrittenTime | None:
    parts = match.groupdict()
    first, second = _clock(parts, "1"), _clock(parts, "2")
    if first is None:
        return None
    hour, minute, half = first
    later = second[2] if second else None
    if half is None and later == "p" and second and hour <= second[0] % 12 and hour < 12:
        half = "p"
    assumed = half is None and 1 <= hour <= 6 and not (parts.get("h1") or "").startswith("0")
    begins = _time(hour, minute, "p" if assumed else half)
    if begins is None:
        return None
    ends = _end(begins, second) if second else None
    return WrittenTime(begins, ends if ends != begins else None, match.start(), match.end(), assumed)


def _end(begins: time, told: tuple[int, int, str | None]) -> time | None:
    """The end of a range: after noon if the range begins then, but of the night if it would end before it begins."""
    hour, minute, half = told
    afternoon = _time(hour, minute, "p") if half is None and begins.hour >= 12 else None
    return afternoon if afternoon and afternoon > begins else _time(hour, minute, half)


def _clock(parts: dict[str, str | None], n: str) -> tuple[int, int, str | None] | None:
    hour = parts.get("h" + n)
    if hour is None:
        return None
    minute = int(parts.get("m" + n) or parts.get("k" + n) or (30 if parts.get("half_past" + n) else 0))
    half = (parts.get("x" + n) or parts.get("y" + n) or "").lower() or None
    if word := parts.get("half" + n):
        half = "a" if word in ("오전", "午前", "上午") else "p"
    return int(hour), minute, half


def _time(hour: int, minute: int, half: str | None) -> time | None:
    if half == "p" and hour < 12:
        hour += 12
    if half == "a" and hour == 12:
        hour = 0
    return time(hour, minute) if hour < 24 else None
