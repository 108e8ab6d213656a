"""Lead times: how long before a session a reminder comes, in words."""

from typing import Final

from service.messages.catalog import Catalog
from service.reminders.rule import Rule

__all__ = ["AT", "WORDS", "name_rule"]

WORDS: Final = {
    "w": ("%(count)s week before", "%(count)s weeks before"),
    "d": ("%(count)s day before", "%(count)s days before"),
    "h": ("%(count)s hour before", "%(count)s hours before"),
    "m": ("%(count)s minute before", "%(count)s minutes before"),
}
AT: Final = "%(lead)s at %(time)s"


def name_rule(rule: Rule, catalog: Catalog) -> str:
    """A lead time in words: `1 day before`, `1 day before at 20:00`."""
    lead = catalog.ngettext(*WORDS[rule.unit], rule.amount) % {"count": rule.amount}
    return lead if rule.at is None else catalog.gettext(AT) % {"lead": lead, "time": f"{rule.at:%H:%M}"}
