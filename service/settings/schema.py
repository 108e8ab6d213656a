"""The schema of studybell.toml: every key of every section, and who reads its value."""

from collections.abc import Mapping
from typing import Final

from service.schedule.cadence import OnSkip
from service.settings import reader, timing
from service.settings.reader import Reader

__all__ = ["BOUNCES", "CADENCE", "HTTP", "MAIL", "SERIES", "TOP"]

TOP: Final[Mapping[str, Reader]] = {
    "base_url": reader.read_url,
    "data_dir": reader.read_text,
    "database": reader.read_text,
    "language": reader.read_language,
    "organizer": reader.read_mailbox,
    "weekly_report": reader.read_switch,
    "ping_url": reader.read_ping,
    "source_networks": reader.read_networks,
}
HTTP: Final[Mapping[str, Reader]] = {
    "host": reader.read_text,
    "port": reader.read_count,
    "trusted_proxies": reader.read_count,
}
MAIL: Final[Mapping[str, Reader]] = {
    "transport": reader.one_of("mailbox", "smtp"),
    "sender": reader.read_mailbox,
    "reply_to": reader.read_mailbox,
    "host": reader.read_text,
    "port": reader.read_count,
    "security": reader.one_of("tls", "starttls", "none"),
    "username": reader.read_text,
    "password": str,
    "password_file": reader.read_text,
    "connections": reader.read_count,
    "rate_per_minute": reader.read_count,
    "doubtful": reader.one_of("resend", "hold"),
    "templates": reader.read_text,
    "dkim": reader.read_key_files,
}
BOUNCES: Final[Mapping[str, Reader]] = {
    "address": reader.read_return_address,
    "host": reader.read_text,
    "port": reader.read_count,
    "security": reader.one_of("tls", "starttls", "none"),
    "username": reader.read_text,
    "password": str,
    "password_file": reader.read_text,
    "folder": reader.read_text,
    "done": reader.read_text,
}
CADENCE: Final[Mapping[str, Reader]] = {
    "timezone": timing.read_zone,
    "starts_on": timing.read_day,
    "starts_at": timing.read_time,
    "duration": timing.read_span,
    "every": timing.read_beat,
    "skip": timing.read_days,
    "holidays": timing.read_country,
    "on_skip": lambda value: OnSkip(reader.one_of("shift", "drop")(value)),
}
SERIES: Final[Mapping[str, Reader]] = {
    "slug": reader.read_slug,
    "source": reader.read_source,
    **CADENCE,
    "year": reader.read_count,
    "title": reader.read_text,
    "language": reader.read_language,
    "location": reader.read_text,
    "join_url": reader.read_link,
    "reminders": timing.read_rules,
    "speaker_reminders": timing.read_rules,
}
