"""Postfix's own pair for measuring, on loopback: smtp-sink takes every mail at once, smtp-source sends as C can."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["is_there", "run_sink", "send_from_source"]

_PATH = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin"
_PATIENCE = 10.0


def is_there() -> bool:
    """Whether Postfix is installed."""
    return bool(shutil.which("smtp-sink", path=_PATH) and shutil.which("smtp-source", path=_PATH))


@contextmanager
def run_sink() -> Iterator[int]:
    """A sink that runs as long as the context lasts; its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    user = ["-u", "postfix"] if os.geteuid() == 0 else []
    sink = subprocess.Popen([_find("smtp-sink"), *user, f"127.0.0.1:{port}", "1000"])
    try:
        _wait_for(port)
        yield port
    finally:
        sink.terminate()
        sink.wait()


def send_from_source(port: int, connections: int, mails: int, size: int) -> float:
    """Let smtp-source send, over kept connections; how many seconds it took."""
    count = ["-s", str(connections), "-m", str(mails), "-l", str(size), "-d"]
    who = ["-f", "bell@example.org", "-t", "reader@example.org", f"127.0.0.1:{port}"]
    began = time.perf_counter()
    subprocess.run([_find("smtp-source"), *count, *who], check=True)
    return time.perf_counter() - began


def _find(program: str) -> str:
    found = shutil.which(program, path=_PATH)
    if found is None:
        raise FileNotFoundError(f"{program} is missing: install Postfix (on Debian: apt-get install postfix)")
    return found


def _wait_for(port: int) -> None:
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
