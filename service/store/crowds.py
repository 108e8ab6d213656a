"""Crowds: who will be reminded of a series' sessions, counted and not named."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from sqlalchemy import Connection, func, select

from service.reminders.occasion import Audience
from service.reminders.outlook import Absence, Crowd
from service.store.participants import State, all_audiences
from service.store.tables import participants

__all__ = ["list_crowds"]

_MOST_NAMES = 500


def list_crowds(connection: Connection, names: Collection[str]) -> dict[str, Crowd]:
    """The crowd of every series that has one, by slug; `names` are those of speakers, of whom five hundred count."""
    named = _count_names(connection, sorted(names)[:_MOST_NAMES])
    absent = _list_absences(connection)
    return {
        slug: Crowd(dict(found), named.get(slug, {}), absent.get(slug, ()))
        for slug, found in all_audiences(connection).items()
    }


def _list_absences(connection: Connection) -> Mapping[str, list[Absence]]:
    """Everybody who has paused, by series; few do."""
    who = (participants.c.series, participants.c.timezone, participants.c.leads, participants.c.name)
    paused = (participants.c.state == State.CONFIRMED) & participants.c.paused_until.is_not(None)
    found: dict[str, list[Absence]] = defaultdict(list)
    for slug, timezone, leads, name, until in connection.execute(
        select(*who, participants.c.paused_until).where(paused)
    ):
        found[slug].append(Absence(audience=Audience(timezone, leads), name=name, until=until))
    return found


def _count_names(connection: Connection, names: Collection[str]) -> Mapping[str, dict[tuple[Audience, str], int]]:
    group = (participants.c.series, participants.c.timezone, participants.c.leads, participants.c.name)
    meant = (participants.c.state == State.CONFIRMED) & participants.c.name.in_(names)
    counts: dict[str, dict[tuple[Audience, str], int]] = defaultdict(dict)
    for slug, timezone, leads, name, count in connection.execute(
        select(*group, func.count()).where(meant).group_by(*group)
    ):
        counts[slug][Audience(timezone, leads), name] = count
    return counts
