"""`diff`: what a changed schedule would change, and whom it would mail, before it is published."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import click

from service.cli.bare import Terms, read_schedule, series_options
from service.cli.checking import settings_of
from service.clock import SystemClock
from service.schedule.changes import find_objection
from service.schedule.identity import revise
from service.schedule.session import Session
from service.schedule.version import Change, ChangeKind, Revision

__all__ = ["diff"]

_SIGNS: Final = {
    ChangeKind.ADDED: ("+", "green"),
    ChangeKind.MOVED: (">", "yellow"),
    ChangeKind.EDITED: ("~", "blue"),
    ChangeKind.CANCELLED: ("-", "red"),
    ChangeKind.RESTORED: ("+", "green"),
}
_MAILS: Final = {
    ChangeKind.MOVED: "one notice to everybody who was told the old time, and reminders for the new one",
    ChangeKind.CANCELLED: "one notice to everybody who was told of it",
    ChangeKind.RESTORED: "one notice to everybody who was told that it was called off, and new reminders",
    ChangeKind.ADDED: "reminders as usual",
}


@dataclass(frozen=True, slots=True)
class _Difference:
    """From one schedule to the next; `objection` is why studybell would ask the organiser before it publishes this."""

    revision: Revision
    objection: str

    @property
    def advice(self) -> str:
        """What an edit that waits is told; empty if it does not wait."""
        return f"{self.objection}: it would wait for your word before it is published" if self.objection else ""

    def mails(self, change: Change, now: datetime) -> str:
        """Which mails a change causes: none for what is over, or looks the same on a clock."""
        when = change.after.session.when
        return _MAILS.get(change.kind, "") if when and when.starts > now else ""


@click.command()
@click.argument("old", type=click.Path(path_type=Path, dir_okay=False))
@click.argument("new", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.option("--markdown", "as_markdown", is_flag=True, help="For a comment on a pull request.")
@series_options
def diff(old: Path, new: Path, as_json: bool, as_markdown: bool, terms: Terms, told: bool) -> None:
    """Tell what an edit from OLD to NEW changes and whom it mails."""
    now = SystemClock().now()
    found = _compare(old, new, terms if told else settings_of(new, settings_of(old, terms, None), None), now)
    if as_json:
        click.echo(json.dumps(_describe(found, now), ensure_ascii=False, indent=2))
    elif as_markdown:
        click.echo("\n".join(_as_markdown(found, now)))
    else:
        _tell(found, now)


def _compare(old: Path, new: Path, terms: Terms, now: datetime) -> _Difference:
    before = revise((), read_schedule(old, terms), namespace="localhost/diff", minted=0, now=now)
    after = revise(
        before.versions, read_schedule(new, terms), namespace="localhost/diff", minted=before.minted, now=now
    )
    return _Difference(after, find_objection(before, after, now))


def _tell(found: _Difference, now: datetime) -> None:
    for change in found.revision.changes:
        sign, colour = _SIGNS[change.kind]
        click.secho(f"{sign} {change.kind:<9} {_name(change)}", fg=colour)
        for line in _details(change):
            click.echo(f"              {line}")
        if mails := found.mails(change, now):
            click.echo(f"              mail: {mails}")
    for remark in found.revision.diagnostics:
        click.echo(f"  line {remark.line}: {remark.severity} {remark.code} {remark.message}")
    if not found.revision.changes:
        click.echo("nothing changes for readers")
    if found.advice:
        click.secho(found.advice, fg="yellow")


def _as_markdown(found: _Difference, now: datetime) -> list[str]:
    if not found.revision.changes:
        return ["Nothing changes for readers."]
    lines = ["| | session | change | mail |", "|---|---|---|---|"]
    for change in found.revision.changes:
        details = "<br>".join(_cell(line) for line in _details(change))
        lines.append(f"| {change.kind} | {_cell(_name(change))} | {details} | {found.mails(change, now)} |")
    return [*lines, "", f"**{found.advice}**"] if found.advice else lines


def _describe(found: _Difference, now: datetime) -> dict[str, Any]:
    return {
        "changes": [
            {
                "kind": change.kind,
                "title": change.after.session.title,
                "number": change.after.session.number or None,
                "line": change.after.session.line or None,
                "before": _time(change.before.session) if change.before else None,
                "after": _time(change.after.session),
                "details": _details(change),
                "mails": found.mails(change, now) or None,
            }
            for change in found.revision.changes
        ],
        "problems": [
            {"line": remark.line, "severity": remark.severity, "code": remark.code, "message": remark.message}
            for remark in found.revision.diagnostics
        ],
        "waits_for_organiser": bool(found.objection),
    }


def _name(change: Change) -> str:
    session = change.after.session
    return f"{session.number} {session.title}".strip()


def _details(change: Change) -> list[str]:
    """What is different, field by field, as a reader would say it."""
    after = change.after.session
    if change.before is None:
        return [_time(after)]
    before = change.before.session
    fields = {
        "when": (_time(before), _time(after)),
        "title": (before.title, after.title),
        "speakers": (", ".join(before.speakers), ", ".join(after.speakers)),
        "number": (before.number, after.number),
        "type": (before.type, after.type),
        "affiliation": (before.affiliation, after.affiliation),
        "place": (before.place, after.place),
        "links": (_links(before), _links(after)),
        "note": (before.note, after.note),
        "status": (str(before.status), str(after.status)),
    }
    return [f"{name}: {old or '—'} → {new or '—'}" for name, (old, new) in fields.items() if old != new]


def _time(session: Session) -> str:
    when = session.when
    if when is None:
        return ""
    if when.all_day:
        return f"{when.starts:%a %Y-%m-%d}"
    return f"{when.starts:%a %Y-%m-%d %H:%M}–{when.ends:%H:%M}"


def _links(session: Session) -> str:
    return " ".join(link.url for link in session.links)


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
