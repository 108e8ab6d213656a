"""The whole way over a real mail server: registration, confirmation, reminder, and one click in the mail program."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import httpx
import pytest

from service.app.service import App
from service.delivery.signing_key import SigningKey
from service.settings.loading import load_settings
from service.web.server import listen
from tests.delivery.signing_keys import KINDS, holds, make_key
from tests.mail.postfix import PASSWORD, USERNAME, Postfix, run_postfix
from tests.messages.golden import parse, read_part
from tests.whole.installation import Watch, answering

BEGINS = datetime(2024, 3, 1, 9, tzinfo=UTC)
SCHEDULE = """# 함께 읽는 논문

| Date | Time | Topic | Speaker |
|---|---|---|---|
| 2024-03-04 | 10:00-12:00 | 스케일링 법칙 | 하나 |
| 2024-03-11 | 10:00-12:00 | Attention Is All You Need | Gil |
"""
SETTINGS = """
base_url = "{base}"
language = "ko"
[mail]
transport = "smtp"
sender = "모임 종 <bell@example.org>"
host = "127.0.0.1"
port = {port}
security = "starttls"
username = "{username}"
password = "{password}"
dkim = {{ s1 = "{key}" }}
[[series]]
slug = "reading"
source = "reading.md"
timezone = "UTC"
reminders = ["1d"]
"""


@dataclass
class Place:
    """The running service, its clock, the server that takes its mails, and the client of a person."""

    app: App
    watch: Watch
    postfix: Postfix
    client: httpx.AsyncClient

    async def at(self, time: datetime) -> list[EmailMessage]:
        """Turn the clock, let the service do what is due; what has then arrived at the reader's, the oldest first."""
        self.watch.time = time
        await self.app.worker.do_once()
        return [parse(mail) for mail in await asyncio.to_thread(self.postfix.deliver)]

    async def press(self, page: str, *, after: float, to: str = "", **typed: str) -> httpx.Response:
        """Look at a page, and send its form after so many seconds."""
        shown = await self.client.get(page)
        token = re.search(r'name="form" value="([^"]+)"', shown.text)
        assert token
        await asyncio.sleep(after)
        return await self.client.post(to or page, data={"form": token[1], **typed})


@pytest.fixture
def postfix() -> Iterator[Postfix]:
    with run_postfix() as server:
        yield server


@asynccontextmanager
async def visiting(folder: Path, postfix: Postfix, key_file: Path) -> AsyncIterator[Place]:
    """A series served from `folder`, whose mails leave over Postfix."""
    listener = listen("127.0.0.1", 0)
    base = f"http://127.0.0.1:{listener.getsockname()[1]}"
    (folder / "reading.md").write_text(SCHEDULE, "utf-8")
    told = SETTINGS.format(base=base, port=postfix.port, username=USERNAME, password=PASSWORD, key=key_file)
    (folder / "studybell.toml").write_text(told, "utf-8")
    watch, settings = Watch(BEGINS), load_settings(folder / "studybell.toml", {})
    async with (
        answering(settings, watch, listener) as app,
        httpx.AsyncClient(base_url=base, trust_env=False) as client,
    ):
        yield Place(app, watch, postfix, client)


async def test_a_person_gets_what_they_asked_for_and_leaves_by_one_click(
    tmp_path: Path, postfix: Postfix, monkeypatch: pytest.MonkeyPatch
) -> None:
    key_file = make_key(tmp_path, *KINDS["rsa"])
    monkeypatch.setenv("SSL_CERT_FILE", str(postfix.certificate))
    async with visiting(tmp_path, postfix, key_file) as place:
        wish = {"email": "reader@example.net", "name": "김독자", "language": "ko", "timezone": "Asia/Seoul"}
        answered = await place.press("/reading", after=3.1, to="/reading/participants", **wish)
        assert answered.status_code == 202
        [confirmation] = await place.at(BEGINS + timedelta(minutes=1))
        assert confirmation["Subject"] == "알림 신청을 확인해 주세요: 함께 읽는 논문"
        assert "List-Unsubscribe" not in confirmation

        answered = await place.press(_find_link(confirmation, "confirm"), after=1.1)
        assert answered.status_code == 200
        assert len(await place.at(BEGINS + timedelta(minutes=2))) == 2
        [*_, reminder] = mails = await place.at(datetime(2024, 3, 3, 10, tzinfo=UTC))
        assert len(mails) == 3
        assert reminder["Subject"] == "스케일링 법칙 · 함께 읽는 논문"
        assert [(box.display_name, box.addr_spec) for box in reminder["To"].addresses] == [("김독자", wish["email"])]
        assert "2024년 3월 4일 (월) 19:00–21:00" in read_part(reminder, "plain")

        answered = await _click_once(reminder)
        assert answered.status_code == 200, "and no redirect"
        assert len(await place.at(datetime(2024, 3, 10, 10, tzinfo=UTC))) == 3
        assert len(await place.at(datetime(2024, 3, 12, tzinfo=UTC))) == 3

    key = SigningKey.read("s1", key_file)
    for mail in postfix.arrived:
        assert b"by mail.example.org (Postfix) with ESMTPSA" in mail, "secured and logged in"
        assert holds(mail.replace(b"\n", b"\r\n"), key)


def _find_link(mail: EmailMessage, purpose: str) -> str:
    link = re.search(rf"http://\S+/{purpose}/[\w-]+", read_part(mail, "plain"))
    assert link
    return link[0]


async def _click_once(mail: EmailMessage) -> httpx.Response:
    """What a mail provider does for its user who wants no more of these (RFC 8058 3.2): no cookies, no questions."""
    name, _, value = mail["List-Unsubscribe-Post"].partition("=")
    [way] = re.findall(r"<(https?:[^>]+)>", mail["List-Unsubscribe"])
    async with httpx.AsyncClient(trust_env=False, follow_redirects=False) as provider:
        return await provider.post(way, data={name: value})
