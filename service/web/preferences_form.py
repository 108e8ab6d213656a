"""The forms of the preferences page: what a participant ticked and typed, and what that means."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from service.reminders.rule import parse_rules
from service.store.participants import Participant
from service.web.form import Form
from service.web.zones import is_offered

__all__ = ["LONGEST_PAUSE", "OFFERED", "UnclearWish", "Wish", "read_choice", "read_leads", "read_pause", "read_wish"]

OFFERED: Final = parse_rules("7d 3d 1d 1d@20:00 3h 1h 30m 10m")
"""The lead times that can be ticked; others can be typed."""

LONGEST_PAUSE: Final = timedelta(days=366)

_MOST_RULES: Final = 8
_LONGEST_NAME: Final = 200


class UnclearWish(ValueError):
    """What is wished cannot be done; `problem` is the name of what a person has to mend."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """The form's fields; `leads` are the ticked lead times, `more` those typed.

    Name, language and time zone are the person's in every series, the rest is about one.
    """

    name: str
    language: str
    timezone: str
    leads: tuple[str, ...]
    more: str
    digest: bool
    invitations: bool


def read_choice(person: Participant) -> Wish:
    """What was chosen before."""
    chosen = parse_rules(person.leads)
    return Wish(
        name=person.name,
        language=person.language,
        timezone=person.timezone,
        leads=tuple(str(rule) for rule in chosen if rule in OFFERED),
        more=", ".join(str(rule) for rule in chosen if rule not in OFFERED),
        digest=person.digest,
        invitations=person.invitations,
    )


def read_wish(form: Form, person: Participant, languages: Sequence[str]) -> Wish:
    """What is chosen now. What the form does not ask for, or what is not offered, stays as it is."""
    language, timezone = form.line("language"), form.line("timezone")
    offered = {str(rule) for rule in OFFERED}
    return Wish(
        name=form.line("name", _LONGEST_NAME) if "name" in form.fields else person.name,
        language=language if language in languages else person.language,
        timezone=timezone if is_offered(timezone) else person.timezone,
        leads=tuple(rule for rule in form.all("lead") if rule in offered),
        more=form.line("more", 100),
        digest=bool(form.line("digest")),
        invitations=bool(form.line("invitations")),
    )


def read_leads(wish: Wish) -> str:
    """The lead times of a wish as they are kept. Raises `UnclearWish`: `leads` are none, or `many`."""
    try:
        rules = parse_rules(" ".join((*wish.leads, wish.more)))
    except ValueError:
        raise UnclearWish("leads") from None
    if len(rules) > _MOST_RULES:
        raise UnclearWish("many")
    return " ".join(map(str, rules))


def read_pause(text: str, timezone: str, now: datetime) -> datetime:
    """The beginning of the first day after a pause, in `timezone`. Raises `UnclearWish`: it is no `day` to come."""
    try:
        ends = datetime.combine(date.fromisoformat(text), time(), ZoneInfo(timezone))
    except ValueError:
        raise UnclearWish("day") from None
    if not now < ends <= now + LONGEST_PAUSE:
        raise UnclearWish("day")
    return ends
