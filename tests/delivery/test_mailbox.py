from datetime import UTC, datetime, timedelta, timezone
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from service.delivery.envelope import Envelope
from service.delivery.mailbox import Mailbox
from service.delivery.maildir import MaildirTransport

SEOUL = timezone(timedelta(hours=9))


async def agree() -> bool:
    return True


async def keep(folder: Path, *contents: bytes) -> None:
    line = await MaildirTransport(folder).connect()
    for content in contents:
        await line.hand_over(Envelope("bell@example.org", "ann@example.org", (content,)), agree)


def compose(subject: str) -> bytes:
    message = EmailMessage(SMTP.clone(cte_type="7bit"))
    message["From"] = "bell@example.org"
    message["To"] = "앤 <ann@example.org>"
    message["Subject"] = subject
    message["Date"] = datetime(2024, 1, 26, 21, 0, tzinfo=SEOUL)
    message.set_content("내일 만나요\n")
    message.add_alternative("<p>내일 만나요</p>\n", subtype="html")
    return message.as_bytes()


async def test_an_empty_mailbox_need_not_exist(tmp_path: Path) -> None:
    assert await Mailbox(tmp_path / "nowhere").list_newest() == []


async def test_the_newest_mail_comes_first(tmp_path: Path) -> None:
    await keep(tmp_path, compose("1주차 알림"), compose("2주차 알림"), compose("3주차 알림"))
    newest, *rest = await Mailbox(tmp_path).list_newest()
    assert [summary.subject for summary in (newest, *rest)] == ["3주차 알림", "2주차 알림", "1주차 알림"]
    assert newest.recipient == "앤 <ann@example.org>"
    assert newest.date == datetime(2024, 1, 26, 12, 0, tzinfo=UTC)
    assert len(await Mailbox(tmp_path).list_newest(limit=2)) == 2


async def test_a_mail_is_read_with_both_its_parts(tmp_path: Path) -> None:
    await keep(tmp_path, compose("1주차 알림"))
    mailbox = Mailbox(tmp_path)
    [summary] = await mailbox.list_newest()
    mail = await mailbox.read(summary.id)
    assert mail is not None
    assert mail.summary == summary
    assert mail.text.strip() == "내일 만나요"
    assert mail.html.strip() == "<p>내일 만나요</p>"
    assert ("Subject", "1주차 알림") in mail.headers


async def test_a_mail_of_text_alone_has_no_html(tmp_path: Path) -> None:
    await keep(tmp_path, b"Subject: plain\r\n\r\nhello\r\n")
    mailbox = Mailbox(tmp_path)
    [summary] = await mailbox.list_newest()
    mail = await mailbox.read(summary.id)
    assert mail is not None
    assert (mail.text.strip(), mail.html) == ("hello", "")
    assert (summary.recipient, summary.date) == ("", None)


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        (b"Fri, 26 Jan 2024 12:00:00 -0000", datetime(2024, 1, 26, 12, 0, tzinfo=UTC)),
        (b"some day", None),
        (b"Fri, 99 Jan 2024 12:00:00 +0000", None),
    ],
)
async def test_a_date_is_aware_or_unknown(date: bytes, expected: datetime | None, tmp_path: Path) -> None:
    await keep(tmp_path, b"Subject: x\r\nDate: " + date + b"\r\n\r\nhello\r\n")
    [summary] = await Mailbox(tmp_path).list_newest()
    assert summary.date == expected


async def test_an_id_leads_nowhere_but_to_a_kept_mail(tmp_path: Path) -> None:
    await keep(tmp_path / "mailbox", compose("1주차 알림"))
    (tmp_path / "secret").write_text("Subject: secret\n\n")
    mailbox = Mailbox(tmp_path / "mailbox")
    [summary] = await mailbox.list_newest()
    attempts = [
        "",
        ".",
        "..",
        "../../secret",
        "/etc/passwd",
        f"../new/{summary.id}",
        f"{summary.id}\n",
        f"{summary.id}/",
    ]
    attempts += [f"{summary.id}\0", summary.id[:-1], summary.id.replace("-", "/"), f"{'0' * 20}-000000-{'a' * 16}"]
    assert [await mailbox.read(attempt) for attempt in attempts] == [None] * len(attempts)


async def test_files_that_are_no_kept_mails_are_not_listed(tmp_path: Path) -> None:
    await keep(tmp_path, compose("1주차 알림"))
    (tmp_path / "new" / "README").write_text("not a mail")
    assert len(await Mailbox(tmp_path).list_newest()) == 1
