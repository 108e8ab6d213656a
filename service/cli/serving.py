"""`serve`, `demo` and `send`: the service itself, the service as a show, and one round of it."""

import asyncio
import gc
import logging
import signal
import socket
import sys
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import click
from sqlalchemy import Connection

from service.app.service import App, Role, open_app
from service.cli.configured import configured
from service.clock import Clock, FastClock, SystemClock
from service.resources import CONFIG
from service.settings.loading import load_settings
from service.settings.values import Http, Settings
from service.store import membership, participants
from service.store.desk import issue_link
from service.store.lock import AlreadyServed
from service.web.server import PortTaken, answer, listen

__all__ = ["demo", "send", "serve"]

_DEMO_STARTS: Final = datetime.fromisoformat("2024-01-26T20:50+09:00")
_DEMO_SPEED: Final = 7 * 24 * 3600 / 40
_DEMO_READER: Final = "reader@example.org"
_SHARE_SECONDS: Final = 0.001
"""How long requests wait for a thread that renders or reads documents: Python's own choice is five times that."""


@click.command()
@click.option(
    "--role",
    type=click.Choice([str(role) for role in Role]),
    default="both",
    help="What this process does, of several.",
)
@configured
def serve(settings: Settings, role: str) -> None:
    """Serve feeds and pages, and send reminders, until stopped.

    On PostgreSQL several processes may share this. With --role web one only answers, with --role worker it only reads
    the schedules and sends, and does not listen.
    """
    if role == Role.WORKER:
        _run(_serve(settings, SystemClock(), None, partial(_announce_worker, settings), Role.WORKER))
        return
    listener = listen(settings.http.host, settings.http.port)
    _run(_serve(settings, SystemClock(), listener, partial(_announce, settings), Role(role)))


@click.command()
@click.option("--port", default=8000, show_default=True, help="Where to listen; any free port if this one is taken.")
def demo(port: int) -> None:
    """Show it all: a sample season, a mailbox and a fast clock.

    A week passes in 40 seconds. Everything is kept in a temporary folder, and nothing leaves this machine.
    """
    logging.getLogger().setLevel(logging.WARNING)
    listener = _listen_anywhere(port)
    port = listener.getsockname()[1]
    with TemporaryDirectory(prefix="studybell-demo-") as folder:
        settings = load_settings(CONFIG / "studybell.example.toml", {})
        settings = replace(
            settings,
            base_url=f"http://127.0.0.1:{port}",
            data_dir=Path(folder),
            database="",
            http=Http(port=port),
            mail=replace(settings.mail, transport="mailbox"),
        )
        _run(_serve(settings, FastClock(_DEMO_STARTS, _DEMO_SPEED), listener, partial(_show, settings), Role.BOTH))


@click.command()
@configured
def send(settings: Settings) -> None:
    """Send what is due now, and exit: for cron.

    The schedules are read first. Where a service runs it does this already, and nothing happens.
    """
    logging.getLogger().setLevel(logging.WARNING)

    async def once() -> int:
        async with open_app(settings, SystemClock()) as app:
            return await app.worker.do_once()

    try:
        click.echo(f"mails due: {asyncio.run(once())}")
    except AlreadyServed:
        click.echo("a running service does this already")


def _listen_anywhere(port: int) -> socket.socket:
    try:
        return listen("127.0.0.1", port)
    except PortTaken:
        return listen("127.0.0.1", 0)


def _run(main: Coroutine[Any, Any, None]) -> None:
    try:
        import uvloop
    except ImportError:
        asyncio.run(main)
    else:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(main)


async def _serve(
    settings: Settings,
    clock: Clock,
    listener: socket.socket | None,
    announce: Callable[[App], Coroutine[Any, Any, None]],
    role: Role,
) -> None:
    """Run until a signal; a second one does not wait for mails that are under way."""
    stop, close = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def begin_to_stop(number: int) -> None:
        stop.set()
        loop.remove_signal_handler(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, begin_to_stop, number)
    sys.setswitchinterval(_SHARE_SECONDS)
    gc.disable()  # what is read now stays: looking through it again and again would take longer than reading it
    async with open_app(settings, clock, role) as app:
        gc.freeze()
        gc.enable()
        answering = asyncio.create_task(answer(app.site, listener, close) if listener else close.wait())
        answering.add_done_callback(lambda _: stop.set())
        await announce(app)
        await app.worker.run(stop)
        close.set()
        await answering


async def _announce_worker(settings: Settings, _app: App) -> None:
    names = ", ".join(one.slug for one in settings.series)
    click.echo(f"studybell reads and sends for {names}; other processes answer", err=True)


async def _announce(settings: Settings, app: App) -> None:
    click.echo(f"studybell listens at {settings.http.host} port {settings.http.port} and serves", err=True)
    for one in settings.series:
        state = "" if app.shelf.published(one.slug) else "  (not published yet: see the message above)"
        click.echo(f"  {settings.base_url}/{one.slug}{state}", err=True)
    if settings.mail.transport == "mailbox":
        click.echo(f"  {settings.base_url}/mailbox  (mails are kept here, not sent: see mail.transport)", err=True)
    if sys.stderr.isatty():
        click.echo("stop with Ctrl+C", err=True)


async def _show(settings: Settings, app: App) -> None:
    series = settings.series[0]
    await app.store.database.write(partial(_register_reader, app=app, settings=settings))
    token = await app.store.database.write(partial(issue_link, now=SystemClock().now()))
    click.echo(
        f"""
  studybell demo

  page      {settings.base_url}/{series.slug}
  feed      {settings.base_url}/{series.slug}.ics
  mailbox   {settings.base_url}/mailbox
  desk      {settings.base_url}/desk/open/{token}

  It is the evening before week 1, and a week passes in 40 seconds: watch the reminders
  of week 1, 2, 3 ... arrive in the mailbox. Register on the page with any address:
  the mailbox gets the mail, nothing leaves this machine. Stop with Ctrl+C.
"""
    )


def _register_reader(connection: Connection, *, app: App, settings: Settings) -> None:
    """Somebody who is reminded from the first week on."""
    series = settings.series[0]
    reader = membership.add(
        connection,
        series=series.slug,
        address=_DEMO_READER,
        language=settings.language,
        timezone=str(series.cadence.timezone),
        state=participants.State.PENDING,
        now=_DEMO_STARTS,
    )
    membership.confirm(connection, app.store.keys, reader, _DEMO_STARTS)
