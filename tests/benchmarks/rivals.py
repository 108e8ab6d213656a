"""How mails are sent without us: aiosmtplib with mails that are ready, and the obvious way."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from email.message import EmailMessage
from email.policy import SMTP

import aiosmtplib
import css_inline
from jinja2 import DictLoader, Environment

from tests.benchmarks.office import LINE

__all__ = ["send_from_pool", "send_the_obvious_way"]

_TEXT = "{{ name }}님, 안녕하세요.\n{% for line in lines %}{{ line }}\n{% endfor %}"
_HTML = (
    "<style>p { margin: 0; color: #222 }</style><h1>{{ name }}님, 안녕하세요.</h1>"
    "{% for line in lines %}<p>{{ line }}</p>{% endfor %}"
)


async def send_from_pool(port: int, connections: int, mails: int, size: int) -> float:
    """Send one ready mail again and again over kept connections; how many seconds it took."""
    mail = b"Subject: x\r\n\r\n" + (b"a" * 76 + b"\r\n") * (size // 78)

    async def send(client: aiosmtplib.SMTP, _: int) -> None:
        await client.sendmail("bell@example.org", ["reader@example.org"], mail)

    return await _share(port, connections, mails, send)


async def send_the_obvious_way(port: int, connections: int, mails: int) -> float:
    """Render, inline and build every mail anew, and have it sent; how many seconds it took."""
    environment = Environment(loader=DictLoader({"text": _TEXT, "html": _HTML}), autoescape=True)

    async def send(client: aiosmtplib.SMTP, number: int) -> None:
        mail = EmailMessage(policy=SMTP)
        mail["From"], mail["To"], mail["Subject"] = "bell@example.org", f"reader{number}@example.org", "하루 전 알림"
        values = {"name": f"김하나 {number}", "lines": [LINE] * 40}
        mail.set_content(environment.get_template("text").render(values))
        mail.add_alternative(css_inline.inline(environment.get_template("html").render(values)), subtype="html")
        await client.send_message(mail)

    return await _share(port, connections, mails, send)


async def _share(
    port: int, connections: int, mails: int, send: Callable[[aiosmtplib.SMTP, int], Awaitable[None]]
) -> float:
    clients = [
        aiosmtplib.SMTP(hostname="127.0.0.1", port=port, local_hostname="bench", start_tls=False)
        for _ in range(connections)
    ]
    await asyncio.gather(*(client.connect() for client in clients))
    numbers = iter(range(mails))

    async def work(client: aiosmtplib.SMTP) -> None:
        for number in numbers:
            await send(client, number)

    began = time.perf_counter()
    await asyncio.gather(*map(work, clients))
    took = time.perf_counter() - began
    await asyncio.gather(*(client.quit() for client in clients))
    return took
