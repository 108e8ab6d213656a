"""Loading: from studybell.toml and the environment to `Settings`, or to a list of everything that is wrong."""

import re
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from service.remediable import Remediable
from service.schedule.cadence import Cadence
from service.settings.reader import Reader
from service.settings.schema import BOUNCES, CADENCE, HTTP, MAIL, SERIES, TOP
from service.settings.values import Bounces, Http, Mail, SeriesSettings, Settings

__all__ = ["SettingsTrouble", "load_settings"]

_PREFIX: Final = "STUDYBELL_"
_SECTIONS: Final = ("http", "mail", "bounces", "series")


class SettingsTrouble(Remediable):
    """The settings cannot be used; `problems` says everything that is wrong, a line each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def load_settings(file: Path, environ: Mapping[str, str]) -> Settings:
    """The settings in `file`, overridden by `environ`. Raises `SettingsTrouble` with every problem found."""
    try:
        text = file.read_text("utf-8")
        raw = tomllib.loads(text)
    except FileNotFoundError:
        raise SettingsTrouble([f"{file}: there is no such file; write one with `studybell init SCHEDULE`"]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsTrouble([f"{file}: cannot be read: {error}"]) from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsTrouble([f"{file}: this is not TOML: {error}"]) from None
    return _Loading(file, text).read(_overlay(raw, environ))


class _Loading:
    """One reading of a file: what was understood, and what was wrong."""

    def __init__(self, file: Path, text: str) -> None:
        self._file = file
        self._lines = text.splitlines()
        self._problems: list[str] = []

    def read(self, raw: dict[str, Any]) -> Settings:
        http = self._section(self._table(raw, "http"), HTTP, "http")
        mail = self._section(self._table(raw, "mail"), MAIL, "mail")
        bounces = self._section(self._table(raw, "bounces"), BOUNCES, "bounces")
        rows = raw.pop("series", [])
        series = [self._series(row, number) for number, row in enumerate(rows)] if isinstance(rows, list) else []
        top = self._section(raw, TOP, "")
        if "base_url" not in top and "port" in http:
            top["base_url"] = f"http://127.0.0.1:{http['port']}"
        top["data_dir"] = self._file.parent / top.get("data_dir", "var")
        self._read_secret("mail", mail)
        self._read_secret("bounces", bounces)
        if mail.get("templates"):
            mail["templates"] = self._file.parent / mail["templates"]
        mail["dkim"] = tuple((selector, self._file.parent / file) for selector, file in mail.get("dkim", ()))
        self._check(mail, series)
        self._check_bounces(bounces)
        if self._problems:
            raise SettingsTrouble(self._problems)
        known = tuple(one for one in series if one is not None)
        return Settings(
            folder=self._file.parent,
            http=Http(**http),
            mail=Mail(**mail),
            bounces=Bounces(**bounces),
            series=known,
            **top,
        )

    def _section(self, raw: Mapping[str, Any], schema: Mapping[str, Reader], name: str) -> dict[str, Any]:
        found = {}
        for key, value in raw.items():
            if key not in schema:
                near = get_close_matches(key, [*schema, *(() if name else _SECTIONS)], 1, 0.5)
                hint = f'did you mean "{near[0]}"?' if near else "known are: " + ", ".join(schema)
                self._complain(name, key, f"unknown setting; {hint}")
                continue
            try:
                found[key] = schema[key](value)
            except ValueError as error:
                self._complain(name, key, str(error))
        return found

    def _series(self, raw: Any, number: int) -> SeriesSettings | None:
        where = f"series[{number + 1}]"
        before = len(self._problems)
        values = self._section(raw if isinstance(raw, dict) else {}, SERIES, where)
        for key in ("slug", "source", "timezone"):
            if not isinstance(raw, dict) or key not in raw:
                self._complain(where, key, "is missing")
        if len(self._problems) > before:
            return None
        cadence = Cadence(**{key: values.pop(key) for key in CADENCE if key in values})
        return SeriesSettings(cadence=cadence, **values)

    def _table(self, raw: dict[str, Any], name: str) -> Mapping[str, Any]:
        table = raw.pop(name, {})
        if isinstance(table, dict):
            return table
        self._complain("", name, f"this is a section: write [{name}] on a line of its own")
        return {}

    def _read_secret(self, name: str, section: dict[str, Any]) -> None:
        named = section.pop("password_file", "")
        if named:
            try:
                section["password"] = (self._file.parent / named).read_text("utf-8").strip("\r\n")
            except (OSError, UnicodeDecodeError) as error:
                self._complain(name, "password_file", f"cannot be read: {error}")

    def _check(self, mail: Mapping[str, Any], series: list[SeriesSettings | None]) -> None:
        slugs = [one.slug for one in series if one]
        for slug in sorted({slug for slug in slugs if slugs.count(slug) > 1}):
            self._complain("series", "slug", f'two series are called "{slug}"; give each a slug of its own')
        if mail.get("connections") == 0:
            self._complain("mail", "connections", "write at least 1")
        if bool(mail.get("username")) != bool(mail.get("password")):
            self._complain("mail", "username", "username and password go together; set both or none")

    def _check_bounces(self, bounces: Mapping[str, Any]) -> None:
        if not bounces.get("address") and any(bounces.values()):
            self._complain("bounces", "address", "is missing: the address that mails come back to")
        if bounces.get("host") and not (bounces.get("username") and bounces.get("password")):
            self._complain("bounces", "username", "a mailbox is read with a username and a password; set both")

    def _complain(self, section: str, key: str, message: str) -> None:
        line = self._line_of(section, key)
        place = f"{self._file}:{line}" if line else str(self._file)
        self._problems.append(f"{place}: {section + '.' if section else ''}{key}: {message}")

    def _line_of(self, section: str, key: str) -> int:
        """The line that sets `key`, from 1; 0 if the value came from elsewhere."""
        name, _, ordinal = section.rstrip("]").partition("[")
        passed, here = 0, not name
        for number, line in enumerate(self._lines, start=1):
            if header := re.match(r"\s*\[+\s*([\w.-]+)\s*\]+", line):
                passed += header[1] == name
                here = (header[1] == name and (not ordinal or passed == int(ordinal))) or header[1] == key
            if here and re.match(rf"\s*(\[+\s*)?[\"']?{re.escape(key)}[\"']?\s*[=\]]", line):
                return number
        return 0


def _overlay(raw: dict[str, Any], environ: Mapping[str, str]) -> dict[str, Any]:
    """`raw` with the values of the environment: `STUDYBELL_MAIL__PORT` is mail.port, `STUDYBELL_SERIES__0__SLUG` the
    first series' slug."""
    for name, value in sorted(environ.items()):
        if not name.startswith(_PREFIX) or name == f"{_PREFIX}CONFIG":
            continue
        *path, key = name.removeprefix(_PREFIX).lower().split("__")
        place: Any = raw
        for step in path:
            if isinstance(place, list):
                place = place[int(step)] if step.isdigit() and int(step) < len(place) else {}
            elif isinstance(place, dict):
                place = place.setdefault(step, {})
        if isinstance(place, dict):
            place[key] = value
    return raw
