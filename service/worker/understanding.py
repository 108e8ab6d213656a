"""Understanding: from what a source held to a schedule that can be published, or to why it cannot."""

import logging
from dataclasses import dataclass
from typing import Final

from service.schedule.cadence import Cadence
from service.schedule.diagnostic import Severity
from service.schedule.session import Schedule
from service.sources.reading import Reading, Source, SourceTrouble

__all__ = ["Watched", "understand"]

_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A series as its settings tell to read it.

    `namespace` is where its uids are minted: host/slug. `presentation` is what the settings tell readers beside the
    sessions, and how events are rendered, as a text to compare; `grounds` is a digest of all that a document is
    understood by beside itself, or empty if nobody can tell. `has_organiser` tells whether there is somebody to write
    to.
    """

    slug: str
    source: Source
    cadence: Cadence
    year: int | None
    namespace: str
    presentation: str = ""
    grounds: str = ""
    has_organiser: bool = False


def understand(reading: Reading, watched: Watched) -> Schedule:
    """The schedule that was read. Raises `SourceTrouble` with its place if it cannot be published."""
    # What reads documents takes a tenth of a second to import; at most starts, nothing was edited meanwhile.
    from service.schedule.arrangement import arrange
    from service.schedule.document import form_of, read_document

    name = watched.source.name
    try:
        document = read_document(
            reading.text,
            form=reading.form or form_of(name),
            year=watched.year,
            timezone=str(watched.cadence.timezone),
        )
        schedule = arrange(document, watched.cadence)
    except Exception as error:  # a fault of ours must not empty a feed either
        _log.exception("cannot understand series=%s", watched.slug)
        raise SourceTrouble(f"{name}: studybell failed at this document ({error!r}); undo the last edit") from None
    if not schedule.is_sound:
        raise SourceTrouble(_explain(schedule, name))
    return schedule


def _explain(schedule: Schedule, name: str) -> str:
    errors = (remark for remark in schedule.diagnostics if remark.severity is Severity.ERROR)
    if first := next(errors, None):
        return f"{name}:{first.line}:{first.column}: {first.message.splitlines()[0]}"
    return f"{name}: no session has a date; set starts_on, or write dates into the table"
