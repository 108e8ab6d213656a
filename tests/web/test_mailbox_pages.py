"""The embedded mailbox as pages."""

from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import httpx
import pytest

from service.web.parts import Parts

ID = "00000001700000000000-000001-0123456789abcdef"


@pytest.fixture
def mail(tmp_path: Path) -> None:
    message = EmailMessage()
    message["Subject"], message["To"] = "내일 모임 <b>", "reader@example.org"
    message["Date"] = "Wed, 14 Feb 2024 12:00:00 +0000"
    message.set_content("내일입니다 <b>: https://bell.example.org/x\n")
    message.add_alternative("<p style='color:red'>내일입니다<script>alert(1)</script></p>", subtype="html")
    (tmp_path / "mailbox/new").mkdir(parents=True)
    (tmp_path / "mailbox/new" / ID).write_bytes(message.as_bytes())


@pytest.mark.usefixtures("mail")
async def test_mails_are_listed_and_read(client: httpx.AsyncClient) -> None:
    listed, read = (await client.get("/mailbox")).text, (await client.get(f"/mailbox/{ID}")).text

    assert f'href="/mailbox/{ID}"' in listed
    assert "내일 모임 &lt;b&gt;" in listed
    assert "2024-02-14 12:00" in listed
    assert '<a href="https://bell.example.org/x" rel="noopener noreferrer"' in read
    assert "내일입니다 &lt;b&gt;" in read
    assert "<script" not in read


@pytest.mark.usefixtures("mail")
async def test_the_html_of_a_mail_can_do_nothing(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"/mailbox/{ID}/page")

    policy = answer.headers["content-security-policy"]
    assert "<script>" in answer.text
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy


async def test_an_empty_mailbox_says_what_to_do(client: httpx.AsyncClient) -> None:
    assert "No mail yet" in (await client.get("/mailbox?lang=en")).text


@pytest.mark.parametrize("id", [ID, "%2e%2e%2fbell.sqlite", "..%5cx", "x"])
async def test_a_mail_that_is_not_there_is_not_found(client: httpx.AsyncClient, id: str) -> None:
    assert (await client.get(f"/mailbox/{id}")).status_code == 404
    assert (await client.get(f"/mailbox/{id}/page")).status_code == 404


async def test_without_an_embedded_mailbox_there_are_no_such_pages(
    parts: Parts, visit: Callable[[Parts], httpx.AsyncClient]
) -> None:
    assert (await visit(replace(parts, mailbox=None)).get("/mailbox")).status_code == 404
