"""Loading settings: every key from the file or the environment, and every mistake told at once, with its line."""

from datetime import date, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from service.reminders.rule import Rule
from service.schedule.cadence import OnSkip
from service.settings.loading import SettingsTrouble, load_settings
from service.settings.reader import TAKEN
from service.web.site import RESERVED

WHOLE = """
base_url = "https://bell.example.org/"
data_dir = "data"
language = "ko"
organizer = "organizer@example.org"

[http]
port = 9000

[mail]
transport = "smtp"
host = "mail.example.org"
username = "bell"
password = "secret"

[[series]]
slug = "season-4"
source = "season.md"
timezone = "Asia/Seoul"
starts_on = 2024-01-27
starts_at = "21:00"
duration = "2h"
every = "1w"
skip = [2024-02-10]
holidays = "KR"
on_skip = "drop"
reminders = ["1h", "7d"]
"""


def write(folder: Path, text: str) -> Path:
    file = folder / "studybell.toml"
    file.write_text(text)
    return file


def problems(folder: Path, text: str, **environ: str) -> list[str]:
    with pytest.raises(SettingsTrouble) as trouble:
        load_settings(write(folder, text), environ)
    return [problem.removeprefix(f"{folder}/") for problem in trouble.value.problems]


def test_a_whole_file_is_read(tmp_path: Path) -> None:
    settings = load_settings(write(tmp_path, WHOLE), {})

    assert settings.base_url == "https://bell.example.org"
    assert settings.data_dir == tmp_path / "data"
    assert settings.http.port == 9000
    assert settings.mail.host == "mail.example.org"
    (series,) = settings.series
    assert series.slug == "season-4"
    assert series.reminders == (Rule(7, "d"), Rule(1, "h"))
    assert series.cadence.timezone == ZoneInfo("Asia/Seoul")
    assert series.cadence.starts_on == date(2024, 1, 27)
    assert series.cadence.starts_at == time(21)
    assert series.cadence.every == timedelta(weeks=1)
    assert series.cadence.skip == {date(2024, 2, 10)}
    assert series.cadence.on_skip is OnSkip.DROP


@pytest.mark.parametrize("url", ["", "https://watch.example.org/key", "http://127.0.0.1:9/key", "http://[::1]/"])
def test_a_watcher_is_pinged_with_encryption_or_on_this_machine(tmp_path: Path, url: str) -> None:
    assert load_settings(write(tmp_path, f'ping_url = "{url}"'), {}).ping_url == url


def test_several_sessions_a_week_and_a_pause_can_be_set(tmp_path: Path) -> None:
    text = WHOLE.replace('every = "1w"', 'every = "Tue, thursday"')
    text = text.replace("skip = [2024-02-10]", 'skip = [2024-02-10, "2024-03-01..2024-03-03"]')

    cadence = load_settings(write(tmp_path, text), {}).series[0].cadence

    assert cadence.every == {1, 3}
    assert cadence.skip == {date(2024, 2, 10), date(2024, 3, 1), date(2024, 3, 2), date(2024, 3, 3)}


def test_an_empty_file_gives_the_defaults(tmp_path: Path) -> None:
    settings = load_settings(write(tmp_path, ""), {})

    assert settings.mail.transport == "mailbox"
    assert settings.http.port == 8000
    assert settings.series == ()


def test_the_environment_overrides_the_file(tmp_path: Path) -> None:
    environ = {
        "STUDYBELL_MAIL__PASSWORD": "other",
        "STUDYBELL_HTTP__PORT": "7000",
        "STUDYBELL_SERIES__0__STARTS_AT": "19:30",
        "STUDYBELL_SERIES__0__REMINDERS": "2d, 30m",
        "HOME": "/",
    }

    settings = load_settings(write(tmp_path, WHOLE), environ)

    assert settings.mail.password == "other"
    assert settings.http.port == 7000
    assert settings.series[0].cadence.starts_at == time(19, 30)
    assert settings.series[0].reminders == (Rule(2, "d"), Rule(30, "m"))


def test_the_password_can_stand_in_a_file_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from file\n")
    text = WHOLE.replace('password = "secret"', 'password_file = "secret"')

    assert load_settings(write(tmp_path, text), {}).mail.password == "from file"


def test_a_mailbox_for_what_comes_back_can_be_set(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from file\n")
    text = """[bounces]
    address = "bounces@한글.kr"
    host = "imap.example.org"
    username = "bounces"
    password_file = "secret"
    """

    bounces = load_settings(write(tmp_path, text), {}).bounces

    assert bounces.address == "bounces@xn--bj0bj06e.kr"
    assert (bounces.port, bounces.security, bounces.folder) == (993, "tls", "INBOX")
    assert bounces.password == "from file"
    assert "from file" not in repr(bounces)


def test_the_password_is_never_printed(tmp_path: Path) -> None:
    assert "secret" not in repr(load_settings(write(tmp_path, WHOLE), {}))


def test_every_mistake_is_told_with_its_line(tmp_path: Path) -> None:
    text = WHOLE.replace("port = 9000", "prot = 9000").replace('"Asia/Seoul"', '"Asia/Soul"').replace('"2h"', '"long"')

    assert problems(tmp_path, text) == [
        'studybell.toml:8: http.prot: unknown setting; did you mean "port"?',
        'studybell.toml:19: series[1].timezone: write a time zone of the IANA list, like "Asia/Seoul" or'
        ' "Europe/Berlin"',
        'studybell.toml:22: series[1].duration: write a duration, like "2h", "90m", "1h 30m" or "1w"',
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[mial]\nport = 1", 'studybell.toml:1: mial: unknown setting; did you mean "mail"?'),
        ('[mail]\nsender = "nobody"', "studybell.toml:2: mail.sender: write an e-mail address"),
        ('[mail]\nusername = "bell"', "studybell.toml:2: mail.username: username and password go together"),
        ("[[series]]\nslug = 'a'", "studybell.toml: series[1].source: is missing"),
        ("base_url = 1", 'studybell.toml:1: base_url: write a web address, like "https://bell.example.org"'),
        ('ping_url = "http://watch.example.org/key"', "studybell.toml:1: ping_url: write an https address"),
        ('[mail]\npassword_file = "none"', "studybell.toml:2: mail.password_file: cannot be read"),
        ('[mail]\ndkim = "key.pem"', "studybell.toml:2: mail.dkim: write a name in DNS for each key and its file"),
        ('[mail]\ndkim = { "s 1" = "key.pem" }', "studybell.toml:2: mail.dkim: write a name in DNS for each key"),
        ("[mail]\ndkim = { s1 = 1 }", 'studybell.toml:2: mail.dkim: put it in quotes: "..."'),
        ('[[series]]\nevery = "5h"', "studybell.toml:2: series[1].every: write whole days or weeks"),
        ('[[series]]\nskip = "2024-03-03..2024-03-01"', "studybell.toml:2: series[1].skip: write a pause as its first"),
        ("http = 1", "studybell.toml:1: http: this is a section: write [http] on a line of its own"),
        ('[bounces]\naddress = "Bell <b@example.org>"', "studybell.toml:2: bounces.address: write an e-mail address"),
        (f'[bounces]\naddress = "{"b" * 38}@example.org"', "studybell.toml:2: bounces.address: write before the @"),
        ('[bounces]\naddress = "a+b@example.org"', "studybell.toml:2: bounces.address: write before the @"),
        ('[bounces]\nhost = "imap.example.org"', "studybell.toml: bounces.address: is missing"),
        (
            '[bounces]\naddress = "b@example.org"\nhost = "imap.example.org"',
            "studybell.toml: bounces.username: a mailbox",
        ),
        ("a = ", "studybell.toml: this is not TOML: Invalid value (at"),
    ],
)
def test_a_mistake_says_what_to_write(tmp_path: Path, text: str, problem: str) -> None:
    assert any(found.startswith(problem) for found in problems(tmp_path, text)), problems(tmp_path, text)


def test_keys_that_sign_are_named_by_the_file_or_the_environment(tmp_path: Path) -> None:
    file = write(tmp_path, '[mail]\ndkim = { s1 = "rsa.pem" }')

    assert load_settings(file, {}).mail.dkim == (("s1", tmp_path / "rsa.pem"),)
    both = load_settings(file, {"STUDYBELL_MAIL__DKIM__S2": "/etc/keys/ed25519.pem"})
    assert both.mail.dkim == (("s1", tmp_path / "rsa.pem"), ("s2", Path("/etc/keys/ed25519.pem")))
    alone = load_settings(write(tmp_path, ""), {"STUDYBELL_MAIL__DKIM__S2": "ed25519.pem"})
    assert alone.mail.dkim == (("s2", tmp_path / "ed25519.pem"),)


def test_a_file_that_is_not_there_says_how_to_write_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsTrouble, match="studybell init"):
        load_settings(tmp_path / "none.toml", {})


def test_no_series_can_take_the_address_of_a_page() -> None:
    assert {name for name in RESERVED if "." not in name} == TAKEN
