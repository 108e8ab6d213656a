"""Peers: other ways to serve the same bytes with the same headers."""

import gzip
import importlib.util
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.benchmarks.process import Started, started
from tests.whole.installation import free_port

__all__ = ["PEERS", "Peer"]

_UVICORN = """
import uvicorn
uvicorn.run(app, host="127.0.0.1", port={port}, access_log=False, log_config=None, lifespan="off",
            server_header=False, proxy_headers=False)
"""
_VALUES = """
body = open({file!r}, "rb").read()
headers = {headers!r}
etag = {etag!r}
"""
_BARE = """
async def app(scope, receive, send):
    if (b"if-none-match", etag) in scope["headers"]:
        await send({{"type": "http.response.start", "status": 304, "headers": headers}})
        await send({{"type": "http.response.body", "body": b""}})
    else:
        found = [*headers, (b"content-length", b"%d" % len(body))]
        await send({{"type": "http.response.start", "status": 200, "headers": found}})
        await send({{"type": "http.response.body", "body": body}})
"""
_STARLETTE = """
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route
texts = {{name.decode(): value.decode() for name, value in headers}}
async def answer(request):
    if request.headers.get("if-none-match") == etag.decode():
        return Response(status_code=304, headers=texts)
    return Response(body, headers=texts)
app = Starlette(routes=[Route("/{{slug}}.ics", answer)])
"""
_NGINX = """
daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
    access_log off; sendfile on; tcp_nopush on; open_file_cache max=10; keepalive_requests 100000000;
    types {{ text/calendar ics; }} gzip_static on;
    client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
    uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
    server {{ listen 127.0.0.1:{port}; root {folder}; }}
}}
"""
_RADICALE = """
[server]
hosts = 127.0.0.1:{port}
[auth]
type = none
[rights]
type = from_file
file = {folder}/rights
[storage]
filesystem_folder = {folder}/collections
[logging]
level = error
"""


@dataclass(frozen=True, slots=True)
class Peer:
    """Another server: `lay_out` writes its files and tells the command that starts it at a port."""

    name: str
    path: str
    is_here: Callable[[], bool]
    lay_out: Callable[[Path, int, httpx.Response], Sequence[str]]

    @contextmanager
    def serving(self, folder: Path, found: httpx.Response) -> Iterator[Started]:
        """The peer, serving what the service was `found` to answer."""
        port = free_port()
        command = self.lay_out(folder, port, found)
        with started(command, port, self.path, log=folder / "log", core=0) as server:
            yield server


def _nginx(folder: Path, port: int, found: httpx.Response) -> Sequence[str]:
    (folder / "season.ics").write_bytes(found.content)
    (folder / "season.ics.gz").write_bytes(gzip.compress(found.content, 6))
    (folder / "nginx.conf").write_text(_NGINX.format(folder=folder, port=port))
    return [_find_nginx(), "-c", str(folder / "nginx.conf")]


def _find_nginx() -> str:
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin") or ""


def _python(program: str) -> Callable[[Path, int, httpx.Response], Sequence[str]]:
    def lay_out(folder: Path, port: int, found: httpx.Response) -> Sequence[str]:
        (folder / "body").write_bytes(found.content)
        headers = [(name.lower(), value) for name, value in found.headers.raw]
        values = {
            "file": str(folder / "body"),
            "headers": [pair for pair in headers if pair[0] not in (b"date", b"content-length")],
            "etag": found.headers["etag"].encode(),
            "port": port,
        }
        (folder / "program.py").write_text((_VALUES + program + _UVICORN).format_map(values))
        return [sys.executable, str(folder / "program.py")]

    return lay_out


def _radicale(folder: Path, port: int, found: httpx.Response) -> Sequence[str]:
    """A collection with one item for each event, as its storage keeps them."""
    collection = folder / "collections" / "collection-root" / "bench" / "season"
    collection.mkdir(parents=True)
    (collection / ".Radicale.props").write_text('{"tag": "VCALENDAR"}')
    head, *events = found.text.split("BEGIN:VEVENT\r\n")
    for number, event in enumerate(events):
        text = f"{head}BEGIN:VEVENT\r\n{event.partition('END:VEVENT')[0]}END:VEVENT\r\nEND:VCALENDAR\r\n"
        (collection / f"{number}.ics").write_bytes(text.encode())
    (folder / "rights").write_text("[all]\nuser: .*\ncollection: .*\npermissions: RrWwi\n")
    (folder / "config").write_text(_RADICALE.format(folder=folder, port=port))
    return [sys.executable, "-m", "radicale", "--config", str(folder / "config")]


def _has(module: str) -> Callable[[], bool]:
    return lambda: importlib.util.find_spec(module) is not None


PEERS = (
    Peer("nginx, a file", "/season.ics", lambda: bool(_find_nginx()), _nginx),
    Peer("uvicorn, bare ASGI", "/season.ics", _has("uvicorn"), _python(_BARE)),
    Peer("uvicorn, a Starlette route", "/season.ics", _has("starlette"), _python(_STARLETTE)),
    Peer("Radicale, the same events", "/bench/season/", _has("radicale"), _radicale),
)
