"""A description: what there is to say about a session besides title, time and place, line by line."""

from collections.abc import Iterator

from service.feed.words import Words
from service.schedule.session import Session
from service.schedule.text import mask_addresses

__all__ = ["describe", "name_session"]


def name_session(session: Session, fallback: str) -> str:
    """What the session is called: its title, else its type, else `fallback`. Addresses are masked."""
    return mask_addresses(session.title or session.type or fallback)


def describe(session: Session, words: Words) -> Iterator[str]:
    """Who speaks, what to read, and notes. Addresses are masked: everybody can read a feed."""
    speakers = ", ".join(session.speakers)
    who = f"{speakers} ({session.affiliation})" if speakers and session.affiliation else speakers or session.affiliation
    if who:
        yield mask_addresses(f"{words.speakers}: {who}")
    for link in session.links:
        yield f"{mask_addresses(link.label)}: {link.url}" if link.label not in ("", link.url) else link.url
    if session.note:
        yield mask_addresses(session.note)
