"""Examining the records: what DNS says of the sender, and the very records to add where it says nothing or harm."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from service.app import examining_records
from service.app.examining_records import examine_records
from service.app.finding import Finding, Grade, Installation
from service.app.store import open_store
from service.delivery import name_service
from service.delivery.name_service import Unanswered
from service.delivery.signing_key import SigningKey
from service.settings.loading import SettingsTrouble
from service.settings.values import Bounces, Mail
from tests.app.conftest import House
from tests.delivery.signing_keys import KINDS, make_key
from tests.delivery.zone import Zone, serve_zone

Change = Callable[..., House]


@pytest.fixture
def change(house: House) -> Change:
    """The house, which sends mails as bell@example.org by mail.example.net, with other settings of [mail]."""

    def change(bounces: str = "", **values: object) -> House:
        mail = Mail(transport="smtp", sender="Bell <bell@example.org>", host="mail.example.net")
        changed = replace(mail, **values)  # type: ignore[arg-type]
        return replace(house, settings=replace(house.settings, mail=changed, bounces=Bounces(address=bounces)))

    return change


async def find(house: House, zone: Zone, monkeypatch: pytest.MonkeyPatch, own_address: str = "") -> dict[str, Finding]:
    async with serve_zone(zone) as resolver:
        monkeypatch.setattr(examining_records, "open_resolver", lambda: resolver)
        monkeypatch.setattr(examining_records, "find_own_address", lambda: own_address)
        with open_store(house.settings) as store:
            return {one.subject: one for one in await examine_records(Installation(house.settings, store, house.watch))}


def txt(record: str) -> list[str]:
    """A record as a zone file has it."""
    return [record.partition(" IN TXT ")[2].strip("() ")]


async def test_an_empty_zone_needs_records_that_make_it_sound(
    change: Change, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = tuple((kind, make_key(tmp_path, *words)) for kind, words in KINDS.items())
    house = change(dkim=keys)

    lacking = await find(house, {}, monkeypatch)
    advised = [one.advice.split(": ", 1)[1].split(": ")[-1] for one in lacking.values()]
    zone = {(record.split(". IN TXT")[0], "TXT"): txt(record) for record in advised}
    sound = await find(house, zone, monkeypatch)

    assert {subject: one.grade for subject, one in lacking.items()} == {
        "spf": Grade.WARNING,
        "dkim rsa": Grade.WRONG,
        "dkim ed25519": Grade.WRONG,
        "dmarc": Grade.WARNING,
    }
    assert list(zone) == [
        ("example.org", "TXT"),
        ("rsa._domainkey.example.org", "TXT"),
        ("ed25519._domainkey.example.org", "TXT"),
        ("_dmarc.example.org", "TXT"),
    ]
    assert zone["_dmarc.example.org", "TXT"] == ['"v=DMARC1; p=none; rua=mailto:organizer@example.org"']
    assert zone["example.org", "TXT"] == ['"v=spf1 a:mail.example.net ~all"']
    assert {one.grade for one in sound.values()} == {Grade.OK}
    assert not any(one.advice for one in sound.values())


async def test_another_key_in_dns_is_wrong_and_the_right_record_told(
    change: Change, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = make_key(tmp_path, *KINDS["ed25519"])
    zone = {("s1._domainkey.example.org", "TXT"): ['"v=DKIM1; k=ed25519; p=AAAA"']}

    found = (await find(change(dkim=(("s1", file),)), zone, monkeypatch))["dkim s1"]

    assert (found.grade, found.words) == (Grade.WRONG, "DNS has another key under this name, so no signature holds")
    assert found.advice.endswith(f'"{SigningKey.read("s1", file).record}"')


async def test_who_does_not_sign_is_told_that_another_may(change: Change, monkeypatch: pytest.MonkeyPatch) -> None:
    found = await find(change(), {}, monkeypatch)

    assert found["dkim"].grade is Grade.OK
    assert "mail.example.net may" in found["dkim"].words


async def test_a_record_that_others_build_on_is_followed(change: Change, monkeypatch: pytest.MonkeyPatch) -> None:
    zone = {
        ("example.org", "TXT"): ['"v=spf1 include:a.example.net ~all"'],
        ("a.example.net", "TXT"): ['"v=spf1 include:_spf.google.com ~all"'],
        ("_spf.google.com", "TXT"): ['"v=spf1 ip4:192.0.2.0/24 ~all"'],
    }

    found = (await find(change(host="smtp.gmail.com"), zone, monkeypatch))["spf"]

    assert (found.grade, found.words) == (Grade.OK, "v=spf1 include:a.example.net ~all")


async def test_a_domain_of_returns_is_the_one_that_receivers_look_at(
    change: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    zone = {("example.org", "TXT"): ['"v=spf1 mx ~all"']}

    found = (await find(change("bounces@returns.example.org"), zone, monkeypatch))["spf"]

    assert found.words == "returns.example.org does not say who may send its mail"


async def test_returns_to_a_strange_domain_need_a_signature(
    change: Change, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    zone = {("example.com", "TXT"): ['"v=spf1 mx ~all"']}

    unsigned = await find(change("bounces@example.com"), zone, monkeypatch)
    keys = (("s1", make_key(tmp_path, *KINDS["ed25519"])),)
    signed = await find(change("bounces@example.com", dkim=keys), zone, monkeypatch)

    assert unsigned["spf"].words == "mails come back to example.com, which cannot vouch for a sender at example.org"
    assert signed["spf"].grade is Grade.OK


async def test_a_ring_of_records_ends(change: Change, monkeypatch: pytest.MonkeyPatch) -> None:
    zone = {("example.org", "TXT"): ['"v=spf1 include:example.org ~all"']}

    assert "more than 10" in (await find(change(), zone, monkeypatch))["spf"].words


async def test_a_machine_that_sends_itself_needs_a_name(change: Change, monkeypatch: pytest.MonkeyPatch) -> None:
    here = change(host="127.0.0.1")
    zone = {
        ("7.113.0.203.in-addr.arpa", "PTR"): ["bell.example.org."],
        ("bell.example.org", "A"): ["203.0.113.7"],
    }

    assert (await find(here, zone, monkeypatch, "203.0.113.7"))["ptr"].grade is Grade.OK
    nameless = await find(here, {}, monkeypatch, "203.0.113.7")
    assert nameless["ptr"].words == "203.0.113.7 has no name: many mailboxes take nothing from it"
    assert nameless["spf"].advice.endswith('example.org. IN TXT "v=spf1 ip4:203.0.113.7 ~all"')
    hidden = await find(here, {}, monkeypatch)
    assert "public address is not known" in hidden["ptr"].words
    assert hidden["spf"].advice.endswith('example.org. IN TXT "v=spf1 a:bell.example.org ~all"')


async def test_what_dns_does_not_say_is_not_held_against_anybody(
    change: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(name_service, "_PATIENCE_SECONDS", 0.3)
    zone = {("example.org", "TXT"): ["SILENCE"], ("_dmarc.example.org", "TXT"): ["SERVFAIL"]}

    found = await find(change(), zone, monkeypatch)

    assert {found[subject].grade for subject in ("spf", "dmarc")} == {Grade.WARNING}
    assert found["spf"].words.startswith("DNS does not say what example.org is")


async def test_a_machine_without_a_name_server_is_told(change: Change, monkeypatch: pytest.MonkeyPatch) -> None:
    def open_resolver() -> object:
        raise Unanswered("this machine knows no name server")

    monkeypatch.setattr(examining_records, "open_resolver", open_resolver)
    house = change()
    with open_store(house.settings) as store:
        [found] = await examine_records(Installation(house.settings, store, house.watch))

    assert (found.grade, found.subject) == (Grade.WARNING, "dns")


@pytest.mark.parametrize("values", [{"transport": "mailbox"}, {"sender": Mail().sender}])
async def test_nobody_is_asked_before_mails_leave(
    change: Change, values: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await find(change(**values), {}, monkeypatch) == {}


async def test_a_key_that_cannot_be_read_is_told(
    change: Change, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SettingsTrouble, match=r"mail\.dkim: .*x\.pem cannot be read"):
        await find(change(dkim=(("s1", tmp_path / "x.pem"),)), {}, monkeypatch)
