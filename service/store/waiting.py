"""Waiting: an edit that touches much is not published before the organiser says so; what it would do, until then."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from service.schedule.session import Session
from service.schedule.version import Change, ChangeKind
from service.store.content import read_session, write_session

__all__ = ["Effect", "Waiting", "read_waiting", "weigh", "write_waiting"]


@dataclass(frozen=True, slots=True)
class Effect:
    """What an edit would do to one session; `before` is None for one that it adds."""

    kind: ChangeKind
    before: Session | None
    after: Session


@dataclass(frozen=True, slots=True)
class Waiting:
    """An edit that waits. `digest` is the SHA-256 of the document that was read: what the organiser allows."""

    digest: str
    effects: tuple[Effect, ...]


def weigh(digest: str, changes: Iterable[Change]) -> Waiting:
    """The edit with this digest, which would make these changes."""
    effects = (Effect(one.kind, one.before.session if one.before else None, one.after.session) for one in changes)
    return Waiting(digest, tuple(effects))


def write_waiting(waiting: Waiting | None) -> str:
    """`waiting` as the text that the database keeps; `read_waiting` gives back an equal one."""
    if waiting is None:
        return ""
    effects = [
        [one.kind, one.before and write_session(one.before), write_session(one.after)] for one in waiting.effects
    ]
    return json.dumps({"digest": waiting.digest, "effects": effects}, ensure_ascii=False)


def read_waiting(text: str) -> Waiting | None:
    """What `write_waiting` wrote."""
    if not text:
        return None
    fields = json.loads(text)
    effects = (
        Effect(ChangeKind(kind), read_session(before) if before else None, read_session(after))
        for kind, before, after in fields["effects"]
    )
    return Waiting(fields["digest"], tuple(effects))
