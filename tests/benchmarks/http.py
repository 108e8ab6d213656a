"""The feed over HTTP: the service as it is installed, against a static file, bare ASGI and another calendar server.

Servers share the first core, wrk has the last. What is told is requests for each second of the server's own time on the
core, so that whatever else the machine does weighs less.
"""

import asyncio
import os
import random
import re
import shutil
import statistics
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from service.resources import CONFIG
from tests.benchmarks.peers import PEERS
from tests.benchmarks.process import SERVICE, Started, started
from tests.whole.installation import free_port

__all__ = ["run"]

_ROUNDS = 4
_SECONDS = 1
_CONNECTIONS = (16, 64)
_PACED_SECONDS = 3
_FEED = "/ssl-season4.ics"
_OURS = "studybell"


def run() -> None:
    """GET, GET in gzip, and a conditional GET of the sample season's feed."""
    if shutil.which("wrk") is None:
        print("http: skipped, wrk is not installed (Debian: apt-get install wrk)")
        return
    with TemporaryDirectory(prefix="studybell-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        servers = {_OURS: (stack.enter_context(_serve(folder)), _FEED)}
        found = httpx.get(_address(*servers[_OURS]), headers={"accept-encoding": "identity"}, trust_env=False)
        for peer in PEERS:
            if peer.is_here():
                here = folder / str(len(servers))
                here.mkdir()
                servers[peer.name] = stack.enter_context(peer.serving(here, found)), peer.path
            else:
                print(f"http: {peer.name} is not installed, and left out")
        _compare(servers)
        _tell_latency(*servers[_OURS])
        asyncio.run(_tell_latency_at_half_load(*servers[_OURS]))


@contextmanager
def _serve(folder: Path) -> Iterator[Started]:
    """The service, with the sample season."""
    port = free_port()
    settings = (CONFIG / "studybell.example.toml").read_text().replace("8000", str(port))
    (folder / "studybell.toml").write_text(settings)
    shutil.copy(CONFIG / "ssl-season4.md", folder)
    command = [*SERVICE, str(folder / "studybell.toml")]
    with started(command, port, _FEED, log=folder / "serve.log", core=0) as service:
        yield service


def _compare(servers: dict[str, tuple[Started, str]]) -> None:
    for question in ("GET", "gzip", "304"):
        for connections in _CONNECTIONS:
            best = dict.fromkeys(servers, 0.0)
            for _ in range(_ROUNDS):
                for name, (server, path) in servers.items():
                    before = server.spent()
                    asked, _ = _load(server, path, _headers(question, server, path), connections=connections)
                    best[name] = max(best[name], asked / max(server.spent() - before, 0.01))
            ours = best.pop(_OURS)
            for name, theirs in best.items():
                print(
                    f"http {question:<5} {connections:3} connections {ours:9.0f} a second"
                    f"   {ours / theirs:7.2f} x {name} ({theirs:.0f})"
                )


def _tell_latency(server: Started, path: str) -> None:
    """With one connection, which waits for each answer: a load far below what the core can do."""
    _, output = _load(server, path, ["-H", "Accept-Encoding: gzip"], connections=1, options=["--latency"])
    found = re.search(r"99%\s+(\S+)", output)
    print(f"http latency of one connection, 99 of 100 within {found[1] if found else '?'}")


async def _tell_latency_at_half_load(server: Started, path: str) -> None:
    """With half as many requests a second as it can answer, evenly spread over the connections."""
    peak, _ = _load(server, path, ["-H", "Accept-Encoding: gzip"], connections=_CONNECTIONS[0])
    rate = peak / _SECONDS / 2
    took: list[float] = []
    asking = (_ask_in_step(server, path, _CONNECTIONS[0] / rate, took) for _ in range(_CONNECTIONS[0]))
    await asyncio.gather(*asking)
    last = statistics.quantiles(took, n=100)[98]
    asked = len(took) / _PACED_SECONDS
    print(f"http latency at {asked:.0f} a second ({asked / rate / 2:.0%} of the most): 99 of 100 within", end=" ")
    print(f"{last * 1000:.2f} ms, the loader's own work included")


async def _ask_in_step(server: Started, path: str, step: float, took: list[float]) -> None:
    """Ask on one connection every `step` seconds; who is late asks at once, and skips what was missed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nAccept-Encoding: gzip\r\n\r\n".encode()
    loop = asyncio.get_running_loop()
    began = due = loop.time() + step * random.random()
    while due < began + _PACED_SECONDS:
        await asyncio.sleep(due - loop.time())
        asked = loop.time()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head)
        await reader.readexactly(int(length[1]) if length else 0)
        took.append(loop.time() - asked)
        due = max(due + step, loop.time())
    writer.close()


def _load(
    server: Started, path: str, headers: list[str], *, connections: int, options: list[str] | None = None
) -> tuple[int, str]:
    """Ask for a second; how many answers there were, and what wrk says."""
    last = max(os.sched_getaffinity(0))
    command = ["wrk", "-t1", f"-c{connections}", f"-d{_SECONDS}", *(options or []), *headers, _address(server, path)]
    pin = lambda: os.sched_setaffinity(0, {last})  # noqa: E731
    output = subprocess.run(command, capture_output=True, text=True, check=True, preexec_fn=pin).stdout
    found = re.search(r"(\d+) requests in", output)
    return int(found[1]) if found else 0, output


def _headers(question: str, server: Started, path: str) -> list[str]:
    if question == "gzip":
        return ["-H", "Accept-Encoding: gzip"]
    if question == "304":
        tag = httpx.get(_address(server, path), headers={"accept-encoding": "identity"}, trust_env=False).headers[
            "etag"
        ]
        return ["-H", f"If-None-Match: {tag}"]
    return []


def _address(server: Started, path: str) -> str:
    return f"http://127.0.0.1:{server.port}{path}"
