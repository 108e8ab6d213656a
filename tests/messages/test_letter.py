from datetime import UTC, datetime, timedelta, timezone
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.messages.compose import compose
from service.messages.header import clean_header
from service.messages.letter import Addressee, Letter
from service.messages.message import Confirmation, Known, SendingStopped, SourceBroken, SourceHealed
from service.messages.proof import print_proofs
from tests.messages.golden import NOW, SERIES, make_stationery, parse, read_part

STATIONERY = make_stationery()
LETTERS = {(proof.name, proof.language): proof.letter for proof in print_proofs(STATIONERY, SERIES, now=NOW)}
REMINDER, CONFIRMATION = LETTERS["reminder", "ko"], LETTERS["confirmation", "ko"]
GIL = Addressee(
    email="gil@example.org",
    name="홍길동",
    message_id="<" + "m" * 90 + "@example.org>",
    thread_id="<" + "t" * 90 + "@example.org>",
    unsubscribe_url="https://bell.example.org/unsubscribe/" + "u" * 90,
    preferences_url="https://bell.example.org/me/x?a=1&b=2",
    confirm_url="https://bell.example.org/confirm/x",
)
HEADERS = [
    "To", "Date", "Message-ID", "In-Reply-To", "References", "List-Unsubscribe", "List-Unsubscribe-Post", "From",
    "Reply-To", "Subject", "Auto-Submitted", "X-Auto-Response-Suppress", "List-Id", "MIME-Version", "Content-Type",
]  # fmt: skip
NAMES = st.one_of(
    st.text(max_size=60), st.sampled_from(["\r\nBcc: a@example.org", "<script>", "a\u2028b", '"', "%s {{ x }}"])
)


def test_a_mail_has_the_headers_of_a_well_mannered_list() -> None:
    mail = parse(REMINDER.address(GIL, sent_at=NOW))

    assert mail.keys() == HEADERS
    assert mail["Message-ID"] == GIL.message_id
    assert mail["In-Reply-To"] == mail["References"] == GIL.thread_id
    assert mail["List-Unsubscribe"] == f"<{GIL.unsubscribe_url}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Subject"] == REMINDER.subject
    assert mail["Date"].datetime == NOW


def test_long_tokens_stay_on_one_line() -> None:
    lines = REMINDER.address(GIL, sent_at=NOW).split(b"\r\n")

    assert f"List-Unsubscribe: <{GIL.unsubscribe_url}>".encode() in lines
    assert f"References: {GIL.thread_id}".encode() in lines


@pytest.mark.parametrize("letter", LETTERS.values(), ids=lambda letter: letter.subject)
def test_a_mail_is_7bit_with_crlf_and_short_lines(letter: Letter) -> None:
    mail = letter.address(GIL, sent_at=NOW)

    assert mail.isascii()
    assert mail.count(b"\r\n") == mail.count(b"\r") == mail.count(b"\n")
    assert max(len(line) for line in mail.split(b"\r\n")) <= 998
    assert not parse(mail).defects
    parts = [part.get_content_type() for part in parse(mail).walk() if not part.is_multipart()]
    assert parts[:2] == ["text/plain", "text/html"]


@settings(max_examples=60, deadline=None)
@given(NAMES)
def test_whatever_the_name_the_mail_says_what_the_standard_library_would(name: str) -> None:
    mail = parse(REMINDER.address(GIL._replace(name=name), sent_at=NOW))

    expected = EmailMessage(policy=SMTP)
    expected["Subject"] = REMINDER.subject
    expected["Date"] = format_datetime(NOW.astimezone(UTC))
    expected.set_content(read_part(mail, "plain"), cte="base64")
    expected.add_alternative(read_part(mail, "html"), subtype="html", cte="base64")
    written = parse(expected.as_bytes())
    assert mail.keys() == HEADERS
    assert [mail[header] for header in ("Subject", "Date")] == [written[header] for header in ("Subject", "Date")]
    assert [part.get_content() for part in mail.iter_parts()] == [part.get_content() for part in written.iter_parts()]
    assert clean_header(name) in read_part(mail, "plain")
    assert "<script>" not in read_part(mail, "html")
    assert [address.addr_spec for address in mail["To"].addresses] == [GIL.email]


@settings(max_examples=60, deadline=None)
@given(NAMES)
def test_a_confirmation_does_not_depend_on_what_a_stranger_typed(name: str) -> None:
    for kind in ("confirmation", "known"):
        letter = LETTERS[kind, "en"]
        assert letter.address(GIL._replace(name=name), sent_at=NOW) == letter.address(
            GIL._replace(name=""), sent_at=NOW
        )


def test_who_has_no_name_is_greeted_without() -> None:
    mail = parse(REMINDER.address(GIL._replace(name=" \n"), sent_at=NOW))

    assert read_part(mail, "plain").startswith("안녕하세요.")
    assert str(mail["To"]) == "gil@example.org"


def test_addresses_are_escaped_in_html_and_plain_in_text() -> None:
    mail = parse(REMINDER.address(GIL, sent_at=NOW))

    assert 'href="https://bell.example.org/me/x?a=1&amp;b=2"' in read_part(mail, "html")
    assert GIL.preferences_url in read_part(mail, "plain")


def test_the_same_arguments_give_the_same_bytes() -> None:
    later = datetime(2024, 2, 23, 13, tzinfo=timezone(timedelta(hours=1)))

    assert REMINDER.address(GIL, sent_at=NOW) == REMINDER.address(GIL, sent_at=later)


@pytest.mark.parametrize(
    "wrong",
    [
        {"unsubscribe_url": ""},
        {"preferences_url": "javascript:alert(1)"},
        {"unsubscribe_url": "https://example.org/>\r\nBcc: a@example.org"},
        {"unsubscribe_url": "https://example.org/a b"},
        {"preferences_url": 'https://example.org/"onclick="x'},
        {"message_id": "<a\r\nBcc: b@example.org>"},
        {"thread_id": "<길@example.org>"},
        {"email": "gil@example.org\r\nBcc: a@example.org"},
        {"email": "길동@example.org"},
    ],
)
def test_what_cannot_be_written_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"cannot be|address|domain"):
        REMINDER.address(GIL._replace(**wrong), sent_at=NOW)


def test_mail_that_nobody_subscribed_to_offers_no_unsubscribing() -> None:
    messages = (
        Confirmation(series=SERIES),
        Known(series=SERIES),
        SourceBroken(series=SERIES, trouble="x", since=NOW),
        SourceHealed(series=SERIES),
        SendingStopped(series=SERIES, reason="x", since=NOW),
    )

    for message in messages:
        letter = compose(message, STATIONERY, language="en", timezone="UTC")
        assert b"List-Unsubscribe" not in letter.address(GIL, sent_at=NOW)
