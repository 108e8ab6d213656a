"""Views: the ready words that mail templates show. Templates do not compute; they arrange what stands here."""

from datetime import timedelta
from typing import Final

from service.messages.message import (
    Confirmation,
    Digest,
    Invitation,
    Known,
    Message,
    Notice,
    Reminder,
    RowIncomplete,
    SendingResumed,
    SendingStopped,
    SignUpFlood,
    SourceBroken,
    SourceHealed,
    Trouble,
    WeeklyReport,
    Welcome,
)
from service.messages.programme_view import view_digest, view_incomplete, view_report, view_welcome
from service.messages.session_view import Reader, view_series, view_session
from service.messages.wording import render_moment, render_until, render_when
from service.schedule.text import clean_line, mask_addresses

__all__ = ["view_message"]

_SORTS: Final = {
    "sign-ups": "mails to confirm a registration",
    "organiser": "mails to you",
    "notices": "notices of changes and invitations",
    "reminders": "reminders and weekly summaries",
}
"""What sorts of mails are called that are held back."""


def view_message(message: Message, reader: Reader) -> dict[str, object]:
    """The values that the templates of this kind of message are rendered with, besides an addressee's own."""
    values = {"catalog": reader.catalog, "language": reader.language, "series": view_series(message.series)}
    return values | _view(message, reader)


def _view(message: Message, reader: Reader) -> dict[str, object]:
    match message:
        case Confirmation() | Known() | SourceHealed():
            return {}
        case SourceBroken() | SendingStopped() | SendingResumed():
            return _tell_trouble(message, reader)
        case SignUpFlood():
            return _tell_flood(message, reader)
        case Welcome():
            return view_welcome(message, reader)
        case Digest():
            return view_digest(message, reader)
        case RowIncomplete():
            return view_incomplete(message, reader)
        case WeeklyReport():
            return view_report(message, reader)
        case Reminder():
            return _view_reminder(message, reader)
        case Notice():
            return _view_notice(message, reader)
        case Invitation():
            session = view_session(message.version, message.series, reader)
            return {"session": session, "before": "", "is_update": message.update}


def _view_reminder(reminder: Reminder, reader: Reader) -> dict[str, object]:
    return {
        "session": view_session(reminder.version, reminder.series, reader),
        "before": "",
        "until": _tell_until(reminder, reader),
        "is_speaking": reminder.speaking,
    }


def _view_notice(notice: Notice, reader: Reader) -> dict[str, object]:
    session = view_session(notice.version, notice.series, reader)
    known = _when_known(notice, reader)
    is_news = known != session.when and not session.is_off
    before = known if is_news else ""
    return {"session": session, "change": notice.kind.value, "before": before, "invites": notice.invites}


def _tell_trouble(message: Trouble, reader: Reader) -> dict[str, object]:
    told: dict[str, object] = {
        "since": render_moment(message.since, timezone=reader.timezone, language=reader.language)
    }
    match message:
        case SourceBroken(trouble=trouble, waits=waits):
            return told | {"trouble": mask_addresses(clean_line(trouble)), "waits": waits}
        case SendingResumed(until=until, waited=waited):
            told["until"] = render_moment(until, timezone=reader.timezone, language=reader.language)
            told["waited"] = waited
    told["held"] = reader.catalog.gettext(_SORTS.get(message.held, message.held)) if message.held else ""
    return told | {"reason": mask_addresses(clean_line(message.reason))}


def _tell_flood(flood: SignUpFlood, reader: Reader) -> dict[str, object]:
    return {
        "since": render_moment(flood.since, timezone=reader.timezone, language=reader.language),
        "refused": flood.refused,
        "doubted": flood.doubted,
        "mailed": flood.mailed,
    }


def _tell_until(reminder: Reminder, reader: Reader) -> str:
    """How long until it begins. A whole day begins in so many days, or today, whatever the clock says."""
    when = reminder.version.session.when
    if when is None or not when.all_day:
        return render_until(when.starts - reminder.now, reader.language) if when else ""
    days = when.starts.date() - reminder.now.astimezone(when.starts.tzinfo).date()
    return render_until(days, reader.language) if days > timedelta(0) else reader.catalog.gettext("today")


def _when_known(notice: Notice, reader: Reader) -> str:
    when = notice.before.session.when if notice.before else None
    return render_when(when, timezone=reader.timezone, language=reader.language) if when else ""
