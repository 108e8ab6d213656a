"""The outlook: which reminders will be sent, when and to how many, as things are now."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from service.reminders.occasion import Audience, Occasion, list_occasions
from service.reminders.rule import Rule
from service.schedule.version import Version

__all__ = ["Absence", "Crowd", "Foreseen", "foresee"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """Somebody of an audience, called `name`, has paused `until` then (aware)."""

    audience: Audience
    name: str
    until: datetime

    def holds(self, occasion: Occasion) -> bool:
        """Whether it keeps the person from an occasion that concerns everybody else of the audience."""
        return (
            occasion.due_at < self.until
            and self.audience == occasion.audience
            and (not occasion.speakers or self.name in occasion.speakers)
        )


@dataclass(frozen=True, slots=True)
class Crowd:
    """The confirmed participants of a series: how many of each audience, and how many of those by each name.

    Names that nobody speaks under may be left out. Those who have paused are counted, and are `absent`.
    """

    audiences: Mapping[Audience, int]
    names: Mapping[tuple[Audience, str], int]
    absent: Sequence[Absence] = ()

    def count(self, occasion: Occasion) -> int:
        """How many people an occasion concerns."""
        absent = sum(one.holds(occasion) for one in self.absent)
        if not occasion.speakers:
            return self.audiences[occasion.audience] - absent
        named = sum(self.names.get((occasion.audience, name), 0) for name in set(occasion.speakers))
        return max(0, named - absent)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A reminder of a session that will be sent to `count` people."""

    version: Version
    occasion: Occasion
    count: int


def foresee(
    versions: Iterable[Version], crowd: Crowd, rules: Sequence[Rule], speaker_rules: Sequence[Rule] = ()
) -> Iterator[Foreseen]:
    """Every reminder of these sessions that anybody is owed, past and future; `rules` as in `list_occasions`."""
    by_uid = {version.uid: version for version in versions}
    audiences = sorted(crowd.audiences, key=attrgetter("timezone", "leads"))
    for occasion in list_occasions(by_uid.values(), audiences, rules, speaker_rules):
        if count := crowd.count(occasion):
            yield Foreseen(by_uid[occasion.session], occasion, count)
