"""A terminal: `studybell` as a process of its own, and what it says."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

__all__ = ["CHECKOUT", "Call", "Said", "Service", "call", "start", "surroundings"]

CHECKOUT = Path(__file__).parents[2]
STUDYBELL = (sys.executable, "-m", "service")
SECONDS = 60


@dataclass(frozen=True, slots=True)
class Said:
    """What a command said before it ended."""

    status: int
    out: str
    err: str


Call = Callable[..., Said]
"""A way to call `studybell` with some words."""


@dataclass(frozen=True, slots=True)
class Service:
    """A command that goes on running; `log` holds what it says."""

    process: subprocess.Popen[bytes]
    log: Path

    def said(self) -> str:
        """Everything said up to now."""
        return self.log.read_text("utf-8")

    def wait_for(self, text: str) -> str:
        """What was said once `text` was in it."""
        deadline = time.monotonic() + SECONDS
        while text not in self.said():
            assert self.process.poll() is None, f"ended without saying {text!r}: {self.said()}"
            assert time.monotonic() < deadline, f"never said {text!r}: {self.said()}"
            time.sleep(0.05)
        return self.said()

    def rest(self, seconds: float) -> None:
        """Let it go on for a while."""
        time.sleep(seconds)
        assert self.process.poll() is None, self.said()

    def stop(self) -> int:
        """Press Ctrl+C; the exit status."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(SECONDS)


def surroundings(**extra: str) -> Mapping[str, str]:
    """This process's environment without settings for studybell; the package is the checkout's."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("STUDYBELL_")}
    return {**kept, "PYTHONPATH": str(CHECKOUT), "PYTHONUNBUFFERED": "1", **extra}


def call(folder: Path, *words: str, **environ: str) -> Said:
    """Call `studybell` with these words in `folder`, and wait until it ends."""
    done = subprocess.run(
        [*STUDYBELL, *words], cwd=folder, env=surroundings(**environ), capture_output=True, timeout=SECONDS, check=False
    )
    return Said(done.returncode, done.stdout.decode(), done.stderr.decode())


@contextmanager
def start(
    folder: Path, *words: str, command: Sequence[str] = STUDYBELL, environ: Mapping[str, str] | None = None
) -> Iterator[Service]:
    """Start a command in `folder`; it is killed at the end if it still runs."""
    log = folder / f"{words[0]}.{time.monotonic_ns()}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, *words], cwd=folder, env=environ or surroundings(), stdout=output, stderr=output
        )
    try:
        yield Service(process, log)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(SECONDS)
