"""A series: a course or season with one schedule; a calendar of its own."""

from dataclasses import dataclass

__all__ = ["Series"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """What readers are told of a series as a whole. `url` is its page, `timezone` an IANA name."""

    slug: str
    title: str
    language: str
    timezone: str
    url: str
    location: str = ""
    join_url: str = ""
