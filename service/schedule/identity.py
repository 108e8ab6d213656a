"""Identity: a session keeps its uid through every edit of the document, and no uid is ever used twice.

A coming session that is no longer a dated meeting of the document stays as cancelled and withdrawn until 14 days after
its start, so that every calendar hears of it; its row brings it back under its uid. A row that stays without a date,
or as a break, keeps it waiting as long as it stands. A session that has begun is never called cancelled by a deleted
row: it stays as it was, for it did take place, and leaves 14 days after its end. Calendars take the feed for the whole
truth and forget what left it, so the organiser's tidying up shows at once only where nobody looks any more.
"""

from base64 import b32encode
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import count

from service.schedule.changes import compare, looks_alike
from service.schedule.diagnostic import Diagnostic, Severity
from service.schedule.matching import KEPT, match
from service.schedule.session import Schedule, Session, Status
from service.schedule.version import Revision, Version

__all__ = ["revise"]

_DOUBT = (
    "it is not clear which earlier session this row continues; add an id column with a different word in every row, "
    "and calendars will follow it"
)


@dataclass(frozen=True, slots=True)
class _Stage:
    """One session before and after the revision."""

    before: Version | None
    after: Version


def revise(previous: Sequence[Version], schedule: Schedule, *, namespace: str, minted: int, now: datetime) -> Revision:
    """Give the sessions of a schedule their identities and say what changed since the previous versions.

    `previous` are all versions of the last revision, withdrawn ones included; `minted` counts the uids used so far.
    `namespace` is "host/slug": the same first reading under the same namespace gives the same uids. Only dated
    meetings become versions. A session that looks as before keeps its `Version` object (its `line` may be old);
    otherwise `sequence` rises by one (RFC 5546 2.1.4) and `modified` becomes `now` in whole seconds, at least a second
    later than before. Where a row stands is no part of what it looks like. Doubtful identities are decided all the
    same and reported as warnings, `ambiguous-identity`. Raise ValueError if `now` has no time zone.
    """
    if now.tzinfo is None:
        raise ValueError("a revision needs an aware time")
    matching = match(previous, schedule.sessions, now)
    origins = {row: previous[place] for row, place in matching.continued.items()}
    uids = _mint(namespace, minted, {version.uid for version in previous})
    stages, minted = _read_rows(schedule, origins, minted, uids, now)
    stages += _keep_absent(previous, stages, {version.uid for version in origins.values()}, now)
    compared = (compare(stage.before, stage.after) for stage in stages)
    return Revision(
        versions=tuple(stage.after for stage in stages),
        changes=tuple(change for change in compared if change is not None),
        minted=minted,
        diagnostics=tuple(
            Diagnostic(schedule.sessions[row].line, 1, Severity.WARNING, "ambiguous-identity", _DOUBT)
            for row in sorted(matching.doubtful)
        ),
        asides=tuple(session for session in schedule.sessions if not session.meets),
    )


def _mint(namespace: str, minted: int, used: Set[str]) -> Iterator[tuple[int, str]]:
    """Yield new uids, each with the number of uids used by then."""
    host = namespace.partition("/")[0]
    names = set(used)
    for number in count(minted + 1):
        uid = f"{b32encode(sha256(f'{namespace}/{number}'.encode()).digest())[:8].decode().lower()}@{host}"
        if uid not in names:
            names.add(uid)
            yield number, uid


def _read_rows(
    schedule: Schedule, origins: Mapping[int, Version], minted: int, uids: Iterator[tuple[int, str]], now: datetime
) -> tuple[list[_Stage], int]:
    """Revise the dated meetings; return them with the number of uids used by then."""
    stages = []
    for row, session in enumerate(schedule.sessions):
        if not session.meets:
            continue
        before = origins.get(row)
        if before is None:
            minted, uid = next(uids)
            after = Version(uid=uid, session=session, sequence=0, modified=_cut_to_seconds(now))
        else:
            after = _continue(before, session, now)
        stages.append(_Stage(before, after))
    return stages, minted


def _continue(before: Version, session: Session, now: datetime) -> Version:
    if not looks_alike(before.session, session):
        return _rewrite(before, session, withdrawn=False, now=now)
    if before.session.id == session.id and not before.withdrawn:
        return before
    return replace(before, session=session, withdrawn=False)


def _keep_absent(
    previous: Sequence[Version], stages: Sequence[_Stage], waiting: Set[str], now: datetime
) -> list[_Stage]:
    """Keep what the document no longer holds as a dated meeting: while its row waits, or calendars need it."""
    present = {stage.after.uid for stage in stages}
    absent = [_Stage(before, _withdraw(before, now)) for before in previous if before.uid not in present]
    kept = [stage for stage in absent if stage.after.uid in waiting or not _is_forgotten(stage.after, now)]
    return sorted(kept, key=lambda stage: stage.after.withdrawn)


def _withdraw(version: Version, now: datetime) -> Version:
    if version.withdrawn or version.when.starts <= now:
        return version
    if version.session.status is Status.CANCELLED:
        return replace(version, withdrawn=True)
    return _rewrite(version, replace(version.session, status=Status.CANCELLED), withdrawn=True, now=now)


def _is_forgotten(version: Version, now: datetime) -> bool:
    return now - (version.when.starts if version.withdrawn else version.when.ends) > KEPT


def _rewrite(before: Version, session: Session, *, withdrawn: bool, now: datetime) -> Version:
    modified = max(_cut_to_seconds(now), before.modified + timedelta(seconds=1))
    return Version(
        uid=before.uid,
        session=session,
        sequence=before.sequence + 1,
        modified=modified,
        withdrawn=withdrawn,
        moved_from=_read_old_start(before, session, now),
    )


def _read_old_start(before: Version, session: Session, now: datetime) -> datetime | None:
    """The start that the session leaves. Of several that are still ahead the first one counts: it is missed first."""
    if session.when is None or session.when.starts == before.when.starts:
        return before.moved_from
    earlier = before.moved_from
    return min(earlier, before.when.starts) if earlier is not None and earlier > now else before.when.starts


def _cut_to_seconds(now: datetime) -> datetime:
    return now.astimezone(UTC).replace(microsecond=0)
