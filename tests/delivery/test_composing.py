"""Composing: each kind of delivery becomes its mail, by the schedule as it is now, with links that work."""

import re
from dataclasses import replace
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as modern

import pytest

from service.delivery.envelope import find_fault
from service.delivery.verp import Errand, Token, Verp
from service.schedule.series import Series
from service.schedule.version import Version
from service.store.keys import Purpose
from service.store.ledger import Delivery, Kind
from tests.delivery.office import BASE, KEYS, announce, make_composer
from tests.delivery.test_settling import delivery
from tests.store.season import DAY, DAY_BEFORE, SESSION, START, VERSION, moved


def write(row: Delivery, version: Version | None = VERSION, now: datetime = DAY_BEFORE) -> EmailMessage:
    def look_up(slug: str, uid: str) -> tuple[Series, Version | None]:
        return announce(slug), version if version and version.uid == uid else None

    envelope = make_composer(look_up).compose(row, now)
    assert (envelope.sender, envelope.recipient) == ("bounces@example.org", row.address)
    message = message_from_bytes(envelope.content, EmailMessage, policy=modern)
    assert isinstance(message, EmailMessage)
    return message


def text_of(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part
    return str(part.get_content())


def links_of(message: EmailMessage) -> set[str]:
    return set(re.findall(rf"{BASE}/(?:confirm|me|unsubscribe)/[\w-]+", message.as_string() + text_of(message)))


def link(purpose: Purpose, row: Delivery) -> str:
    return f"{BASE}/{purpose}/{KEYS.token(purpose, row.participant_id, row.generation)}"


@pytest.mark.parametrize("language", ["ko", "en", "xx"])
def test_a_reminder_tells_the_session_and_how_to_leave(language: str) -> None:
    row = delivery()._replace(language=language, name="하나")

    message = write(row)

    assert SESSION.title in text_of(message)
    assert {link(Purpose.UNSUBSCRIBE, row), link(Purpose.PREFERENCES, row)} <= links_of(message)
    assert link(Purpose.CONFIRM, row) not in links_of(message)
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_confirmation_links_to_nothing_but_the_confirmation() -> None:
    row = delivery(kind=Kind.CONFIRMATION)._replace(session="", name="Buy now")

    message = write(row, None)

    assert links_of(message) == {link(Purpose.CONFIRM, row)}
    assert "Buy now" not in message.as_string() + text_of(message)


def test_who_is_known_already_gets_the_links_to_see_and_to_leave() -> None:
    row = delivery(kind=Kind.KNOWN)._replace(session="")

    assert link(Purpose.CONFIRM, row) not in links_of(write(row, None))


def test_a_notice_names_the_time_that_the_reader_knew() -> None:
    row = delivery(kind=Kind.MOVED)._replace(starts_at=START + DAY, told_at=START, language="en")

    said = text_of(write(row, moved(DAY)))

    assert "27" in said
    assert "28" in said


def test_the_message_id_is_the_same_at_every_attempt_and_of_no_other_delivery() -> None:
    row = delivery()
    ids = [write(one, now=now)["Message-ID"] for one, now in [(row, DAY_BEFORE), (row, DAY_BEFORE + DAY)]]
    other = write(row._replace(rule="1h"))["Message-ID"]

    assert len(set(ids)) == 1
    assert other not in ids
    assert str(other).endswith("@bell.example.org>")


def test_two_readers_of_the_same_words_get_links_of_their_own() -> None:
    one, other = delivery(), delivery()._replace(participant_id=2, address="other@example.org")

    assert links_of(write(one)).isdisjoint(links_of(write(other)))


def test_an_edit_is_told_by_the_next_mail() -> None:
    later = replace(VERSION, session=replace(SESSION, title="Another talk altogether"), sequence=1)

    assert "Another talk altogether" in text_of(write(delivery(), later))


def test_a_session_that_is_gone_cannot_be_written_about() -> None:
    with pytest.raises(ValueError, match="no longer in the schedule"):
        write(delivery(), None)


def test_a_series_that_is_gone_cannot_be_written_about() -> None:
    with pytest.raises(ValueError, match="no longer in the settings"):
        make_composer(lambda _slug, _uid: None).compose(delivery(), DAY_BEFORE)


def test_each_mail_has_a_return_address_of_its_own_if_there_is_a_mailbox_for_them() -> None:
    verp = Verp("bounces@example.org", KEYS.secret)
    composer = make_composer(lambda slug, _uid: (announce(slug), VERSION), returns=verp)
    one, other = delivery(id=1), delivery(id=2)._replace(participant_id=2, generation=3)

    envelopes = [composer.compose(row, DAY_BEFORE) for row in (one, other)]

    assert [verp.find([envelope.sender], DAY_BEFORE)[0].number for envelope in envelopes] == [1, 2]
    assert not any(map(find_fault, envelopes))
    assert b"Auto-Submitted: auto-generated" in envelopes[0].content


def test_a_mail_program_may_unsubscribe_by_mail_but_first_of_all_by_one_click() -> None:
    verp = Verp("bounces@example.org", KEYS.secret)
    row = delivery()._replace(participant_id=2, generation=3)

    content = make_composer(lambda slug, _: (announce(slug), VERSION), returns=verp).compose(row, DAY_BEFORE).content

    message = message_from_bytes(content, EmailMessage, policy=modern)
    first, second = str(message["List-Unsubscribe"]).split(", ")
    assert first == f"<{link(Purpose.UNSUBSCRIBE, row)}>"
    assert verp.find([second], DAY_BEFORE) == [Token(Errand.LEAVE, 2, 3)]
    assert second.startswith("<mailto:bounces+u-")
    assert second.endswith("@example.org?subject=unsubscribe>")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    lines = content.split(b"\r\n\r\n")[0].split(b"\r\n")
    assert max(len(line) for line in lines if b"mailto:" in line) <= 77


def test_who_is_asked_to_confirm_is_not_offered_to_leave_by_mail() -> None:
    verp = Verp("bounces@example.org", KEYS.secret)
    row = delivery(kind=Kind.CONFIRMATION)._replace(session="")

    content = make_composer(lambda slug, _: (announce(slug), None), returns=verp).compose(row, DAY_BEFORE).content

    assert b"mailto:" not in content
