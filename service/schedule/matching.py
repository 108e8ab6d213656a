"""A matching: which earlier session each row of a document continues."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from service.schedule.assignment import assign, find_doubts
from service.schedule.likeness import is_placeholder, read_title, weigh
from service.schedule.session import Session
from service.schedule.version import Version

__all__ = ["KEPT", "Matching", "match"]

KEPT = timedelta(days=14)
"""How long a session that left the document, or is over, may still come back."""

_ENOUGH = 3
_DOUBTFUL = 1


@dataclass(frozen=True, slots=True)
class Matching:
    """Which earlier session (place in the versions) each row (place in the schedule) continues.

    `doubtful` rows could almost as well continue another one.
    """

    continued: Mapping[int, int]
    doubtful: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Search:
    """What is still unpaired, and the pairs found so far."""

    lost: dict[int, Session]
    found: dict[int, Session]
    continued: dict[int, int] = field(default_factory=dict)
    doubtful: set[int] = field(default_factory=set)

    def pair(self, earlier: int, row: int) -> None:
        del self.lost[earlier], self.found[row]
        self.continued[row] = earlier


def match(previous: Sequence[Version], rows: Sequence[Session], now: datetime) -> Matching:
    """Find out which row continues which version, one to one.

    An equal id decides, and two different ids keep apart. Then sessions that stayed as they are find each other, and
    the rest is paired so that likeness is greatest over all (see `likeness`). What has nothing but a common title (as
    "Reading group" in every row) is paired in order, and what has nothing at all by its neighbours.

    A withdrawn session comes back only by its title, address or speaker. One that ended over 14 days
    ago does not take place again: a coming row like it (the kick-off of the next term) is a new session. Rows without
    a meeting take part, lest another row inherits their uid.
    """
    live_first = sorted(range(len(previous)), key=lambda place: previous[place].withdrawn)
    meetings_first = sorted(range(len(rows)), key=lambda place: not rows[place].meets)
    search = _Search(
        {place: previous[place].session for place in live_first}, {place: rows[place] for place in meetings_first}
    )
    _pair_equals(search, lambda session: session.id or None)
    _pair_equals(search, _read_content)
    if search.lost and search.found:
        _pair_alike(search, previous, rows, now)
        _pair_namesakes(search, previous, now)
        _pair_between_neighbours(search, previous, rows, now)
    return Matching(search.continued, frozenset(search.doubtful))


def _read_content(session: Session) -> Hashable:
    """Read all that a session says but its status, which a withdrawn session has lost."""
    words = (session.title, session.number, session.type, session.affiliation, session.place, session.note)
    return (words, session.speakers, session.links, session.when)


def _pair_equals(search: _Search, read: Callable[[Session], Hashable]) -> None:
    """Pair what reads equal, in order; a session that reads None has no equal."""
    waiting: dict[Hashable, list[int]] = defaultdict(list)
    for earlier, session in search.lost.items():
        waiting[read(session)].append(earlier)
    for row, session in list(search.found.items()):
        key = read(session)
        candidates = waiting.get(key, []) if key is not None else []
        chosen = next((earlier for earlier in candidates if _may_continue(search.lost[earlier], session)), None)
        if chosen is not None:
            candidates.remove(chosen)
            search.pair(chosen, row)


def _pair_alike(search: _Search, previous: Sequence[Version], rows: Sequence[Session], now: datetime) -> None:
    lost, found = search.lost.keys(), search.found.keys()
    absent = {place for place in lost if previous[place].withdrawn}
    weighed = weigh([version.session for version in previous], rows, set(lost), set(found), absent)
    points = {
        earlier: {
            row: worth
            for row, worth in weighed[earlier].items()
            if worth >= _ENOUGH
            and _may_continue(session, rows[row])
            and not _is_too_late(previous[earlier], rows[row], now)
        }
        for earlier, session in search.lost.items()
    }
    chosen = assign(points)
    for earlier, row in find_doubts(points, chosen, _DOUBTFUL):
        search.doubtful.update(place for place in {row, chosen.get(earlier, row)} if rows[place].meets)
    for earlier, row in chosen.items():
        search.pair(earlier, row)


def _pair_namesakes(search: _Search, previous: Sequence[Version], now: datetime) -> None:
    """Pair in order what is left with the same title, past with past and coming with coming.

    That is doubtful where one side has more of them.
    """
    waiting: dict[tuple[str, bool], list[int]] = defaultdict(list)
    for earlier, session in search.lost.items():
        if not previous[earlier].withdrawn:
            waiting[read_title(session), _is_coming(session, now)].append(earlier)
    arriving: dict[tuple[str, bool], list[int]] = defaultdict(list)
    for row, session in search.found.items():
        arriving[read_title(session), _is_coming(session, now)].append(row)
    for key, places in arriving.items():
        namesakes = waiting.get(key, [])
        if namesakes and len(namesakes) != len(places) and not is_placeholder(key[0]):
            search.doubtful.update(place for place in places if search.found[place].meets)
        for earlier, row in zip(namesakes, places, strict=False):
            if _may_continue(search.lost[earlier], search.found[row]):
                search.pair(earlier, row)


def _pair_between_neighbours(
    search: _Search, previous: Sequence[Version], rows: Sequence[Session], now: datetime
) -> None:
    """Pair a row with the one session that stood between the same two, unless their speakers tell them apart."""
    row_of = {earlier: row for row, earlier in search.continued.items()}
    live = [place for place, version in enumerate(previous) if not version.withdrawn]
    for before, earlier, after in zip(live, live[1:], live[2:], strict=False):
        if earlier not in search.lost or before not in row_of or after not in row_of:
            continue
        session, row = previous[earlier].session, row_of[before] + 1
        if row not in search.found or row_of[after] != row + 1:
            continue
        others_speak = session.speakers and rows[row].speakers and not set(session.speakers) & set(rows[row].speakers)
        if (
            not others_speak
            and _may_continue(session, rows[row])
            and not _is_too_late(previous[earlier], rows[row], now)
        ):
            search.pair(earlier, row)


def _may_continue(earlier: Session, row: Session) -> bool:
    return earlier.id == row.id or not (earlier.id and row.id)


def _is_coming(session: Session, now: datetime) -> bool:
    return session.when is None or session.when.starts > now


def _is_too_late(earlier: Version, row: Session, now: datetime) -> bool:
    return not earlier.withdrawn and now - earlier.when.ends > KEPT and _is_coming(row, now)
