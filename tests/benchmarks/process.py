"""A process under measurement: started on one core, waited for, and ended."""

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

__all__ = ["CHECKOUT", "SERVICE", "Started", "read_kib", "started"]

CHECKOUT = Path(__file__).parents[2]
SERVICE = (sys.executable, "-m", "service", "serve", "--config")
_PATIENCE_SECONDS = 180


class Started:
    """A process that answers at a port of this machine, and how long it took to its first 200."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int, seconds: float) -> None:
        self.process, self.port, self.seconds = process, port, seconds

    def spent(self) -> float:
        """Seconds of a core that the process has spent."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def read_kib(started: Started) -> int:
    """The memory that the process has in use, in KiB."""
    lines = Path(f"/proc/{started.process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


@contextmanager
def started(command: Sequence[str], port: int, path: str, *, log: Path, core: int | None = None) -> Iterator[Started]:
    """Run `command` until the context ends, once it has answered a GET of `path` at `port` with 200."""
    pin = (lambda: os.sched_setaffinity(0, {core})) if core is not None else None
    with log.open("wb") as out:
        began = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=CHECKOUT, stdout=out, stderr=out, preexec_fn=pin, env=os.environ | {"PYTHONHASHSEED": "0"}
        )
        try:
            while not _answers(port, path):
                if process.poll() is not None or time.perf_counter() - began > _PATIENCE_SECONDS:
                    raise RuntimeError(f"{command[0]} does not answer: {log.read_text(errors='replace')[-2000:]}")
                time.sleep(0.01)
            yield Started(process, port, time.perf_counter() - began)
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_SECONDS)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
