from email import message_from_bytes, policy

import pytest

from service.messages.stationery import Sender, Stationery
from tests.messages.golden import SERIES, make_stationery, read_catalogs, read_templates


def test_the_head_names_sender_subject_and_list_and_forbids_answers_by_machines() -> None:
    head = make_stationery().write_head("안녕", SERIES)

    message = message_from_bytes(head, policy=policy.SMTP)

    assert message["From"] == "Study bell <bell@example.org>"
    assert message["Reply-To"] == "organizer@example.org"
    assert message["Subject"] == "안녕"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["List-Id"] == f"{SERIES.title} <reading.bell.example.org>"


def test_what_belongs_to_no_list_names_none() -> None:
    assert b"List-Id" not in make_stationery().write_head("An edit waits", None)


def test_english_comes_first_among_the_languages() -> None:
    assert make_stationery().languages == ("en", "ko")


def test_a_template_that_cannot_be_read_is_a_problem_with_file_and_line() -> None:
    (problem,) = make_stationery({"reminder/body.html": "\n{% oops %}"}).problems

    assert problem.startswith("reminder/body.html:2: ")


@pytest.mark.parametrize(
    ("email", "base_url"), [("nobody", "https://example.org"), ("a@example.org", ""), ("a@example.org", "https://a b/")]
)
def test_a_sender_or_address_that_no_mail_can_carry_is_refused(email: str, base_url: str) -> None:
    with pytest.raises(ValueError, match=r"domain|address"):
        Stationery(read_templates(), read_catalogs(), Sender(email), base_url=base_url)
