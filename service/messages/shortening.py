"""Shortening: what is too long for a subject, a phone or a list, cut where it hurts least."""

from unicodedata import east_asian_width

__all__ = ["shorten"]


def shorten(text: str, columns: int) -> str:
    """`text` in at most so many columns, of which wide characters such as Hangul take two; an ellipsis tells a cut.

    It is cut between words unless that costs more than half of it.
    """
    if 2 * len(text) <= columns:
        return text
    room = columns - 1
    cut = 0
    for place, character in enumerate(text):
        room -= 2 if east_asian_width(character) in "WF" else 1
        if room >= 0:
            cut = place + 1
    if room >= -1:
        return text
    whole_words = text[: cut + 1].rpartition(" ")[0]
    return (whole_words if len(whole_words) > cut // 2 else text[:cut]).rstrip(" ,.:;·-–") + "…"
