"""The desk's words: what states, kinds of mail, calendar programs and changes are called. Translated when shown."""

from collections.abc import Mapping
from typing import Final

from service.messages.catalog import Catalog
from service.reminders.rule import parse_rules
from service.schedule.version import ChangeKind
from service.store.fetches import Family
from service.store.lanes import Lane
from service.store.ledger import DeliveryState, Kind
from service.web.lead_times import name_rule

__all__ = ["CHANGES", "FAMILIES", "KINDS", "LANES", "STATES", "name_mail"]

STATES: Final[Mapping[DeliveryState, tuple[str, str]]] = {
    DeliveryState.SENT: ("Sent", "the mail server took it"),
    DeliveryState.PLANNED: ("Planned", "leaves when it is due"),
    DeliveryState.CLAIMED: ("Taken up", "is about to be sent"),
    DeliveryState.HANDING: ("Being sent", "the mail server is hearing it"),
    DeliveryState.CANCELLED: ("Withdrawn", "nobody wants it any more"),
    DeliveryState.EXPIRED: ("Expired", "would have come too late"),
    DeliveryState.UNCERTAIN: ("Uncertain", "may have arrived, may not"),
    DeliveryState.FAILED: ("Failed", "was refused for good"),
    DeliveryState.PARKED: ("Parked", "could not be written"),
}
"""Each state of a delivery: its name, and what it says of a mail. Those that nobody needs to care about come first."""

KINDS: Final[Mapping[Kind, str]] = {
    Kind.REMINDER: "Reminder",
    Kind.SPEAKER: "Reminder to the speaker",
    Kind.MOVED: "Notice: moved",
    Kind.CANCELLED: "Notice: cancelled",
    Kind.RESTORED: "Notice: back on",
    Kind.INVITATION: "Calendar invitation",
    Kind.CONFIRMATION: "Mail to confirm",
    Kind.KNOWN: "Mail: already registered",
    Kind.WELCOME: "Welcome",
    Kind.DIGEST: "Weekly summary",
    Kind.SOURCE_BROKEN: "To you: document broken",
    Kind.EDIT_WAITS: "To you: an edit waits",
    Kind.SOURCE_HEALED: "To you: document well again",
    Kind.SENDING_STOPPED: "To you: no mails leave",
    Kind.SENDING_RESUMED: "To you: mails leave again",
    Kind.SIGN_UP_FLOOD: "To you: many sign-ups turned away",
    Kind.ROW_INCOMPLETE: "To you: a row is not complete",
    Kind.WEEKLY_REPORT: "To you: weekly report",
}

FAMILIES: Final[Mapping[Family, str]] = {
    Family.GOOGLE: "Google Calendar",
    Family.OUTLOOK: "Outlook",
    Family.APPLE: "Apple",
    Family.THUNDERBIRD: "Thunderbird",
    Family.OTHER: "Other programs",
}

CHANGES: Final[Mapping[ChangeKind, str]] = {
    ChangeKind.ADDED: "New",
    ChangeKind.MOVED: "Moved",
    ChangeKind.EDITED: "Edited",
    ChangeKind.CANCELLED: "Cancelled",
    ChangeKind.RESTORED: "Back on",
}

LANES: Final[Mapping[Lane, str]] = {
    Lane.SIGN_UPS: "Mails to confirm a registration are held back",
    Lane.ORGANISER: "Mails to you are held back",
    Lane.NOTICES: "Notices of changes are held back",
    Lane.REMINDERS: "Reminders are held back",
}


def name_mail(kind: Kind, rule: str, catalog: Catalog) -> str:
    """What a mail is, with its lead time if it is a reminder: `Reminder, 1 day before`."""
    name = catalog.gettext(KINDS.get(kind, kind))
    if kind not in (Kind.REMINDER, Kind.SPEAKER):
        return name
    return ", ".join((name, *(name_rule(one, catalog) for one in parse_rules(rule))))
