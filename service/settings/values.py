"""What can be set. Defaults live here and nowhere else."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from service.reminders.rule import Rule
from service.schedule.cadence import Cadence
from service.sources.guard import Network

__all__ = ["Bounces", "Http", "Mail", "SeriesSettings", "Settings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Http:
    """Where the service listens. `trusted_proxies` counts the reverse proxies in front of it."""

    host: str = "127.0.0.1"
    port: int = 8000
    trusted_proxies: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """How mail leaves. `transport` is "mailbox" or "smtp"; `security` is "tls", "starttls" or "none"; `doubtful` is
    "resend" or "hold". `rate_per_minute` 0 means no limit. `templates` is a folder whose files replace bundled ones.
    `dkim` are the selectors of keys that sign each mail, with their files."""

    transport: str = "mailbox"
    sender: str = "Study bell <bell@example.org>"
    reply_to: str = ""
    host: str = "127.0.0.1"
    port: int = 587
    security: str = "starttls"
    username: str = ""
    password: str = field(default="", repr=False)
    connections: int = 4
    rate_per_minute: int = 0
    doubtful: str = "resend"
    templates: Path | None = None
    dkim: tuple[tuple[str, Path], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounces:
    """Where mails come back that cannot be delivered: to `address` with a token in it; empty: to the sender.

    `host` is the IMAP server of the mailbox in which they arrive; empty: they are piped to `studybell bounce`. What was
    understood is moved from `folder` to `done`, if there is such a folder.
    """

    address: str = ""
    host: str = ""
    port: int = 993
    security: str = "tls"
    username: str = ""
    password: str = field(default="", repr=False)
    folder: str = "INBOX"
    done: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesSettings:
    """One series: where its schedule stands, when it meets, and what reminds people of it."""

    slug: str
    source: str
    cadence: Cadence
    year: int | None = None
    title: str = ""
    language: str = ""
    location: str = ""
    join_url: str = ""
    reminders: tuple[Rule, ...] = (Rule(7, "d"), Rule(1, "d"), Rule(1, "h"))
    speaker_reminders: tuple[Rule, ...] = (Rule(14, "d"), Rule(3, "d"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All that an installation is told. `base_url` has no slash at its end; relative paths begin at `folder`.

    Documents on the web may also stand in `source_networks`, which are not public. `ping_url` is asked for every minute
    while all is well; it may hold a key.
    """

    folder: Path
    data_dir: Path
    base_url: str = "http://127.0.0.1:8000"
    database: str = field(default="", repr=False)
    language: str = "en"
    organizer: str = ""
    weekly_report: bool = True
    ping_url: str = field(default="", repr=False)
    source_networks: tuple[Network, ...] = ()
    http: Http = Http()
    mail: Mail = Mail()
    bounces: Bounces = Bounces()
    series: tuple[SeriesSettings, ...] = ()

    @property
    def host(self) -> str:
        """The name under which this service is known: in uids and Message-IDs, and to the relay."""
        return urlsplit(self.base_url).hostname or "localhost"
