"""`make mutants`: breaks the ledger in every way that the list knows, in a copy, and sees whether the tests notice.

First the test is asked that the list names for the mutant, then all tests that it names for any, at last the fault
tests, in small. Prints a line for each mutant, then how many were caught, and ends with 1 if one lives.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Final

from tests.torture.mutants import MUTANTS, Mutant

_HOME: Final = Path(__file__).parents[2]
_COPIED: Final = ("service", "tests", "templates", "config", "pyproject.toml")
_SMALL: Final = {
    "KILLS": "20",
    "PEOPLE": "1000",
    "ROWS": "500",
    "PAIRS": "2",
    "CREW_KILLS": "4",
    "STOPS": "4",
    "RACES": "300",
}
_NAMED: Final = tuple(dict.fromkeys(mutant.caught_by for mutant in MUTANTS))
_QUICK: Final = tuple(dict.fromkeys(name.partition("::")[0] for name in _NAMED))
_FAULTS: Final = (
    "torture/test_kill.py",
    "torture/test_races.py",
    "torture/test_crew.py",
    "torture/test_crash_points.py",
    "torture/test_stopping.py",
)
_PASSED, _FAILED = 0, 1
_LONGEST: Final = 600
"""Seconds; no tests that come to their end at all take so long."""


class Fate(StrEnum):
    """What became of a mutant."""

    CAUGHT = "caught by the test that the list names"
    OTHERWISE = "caught by another test"
    LIVES = "LIVES"
    NOT_TRIED = "NOT TRIED"


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of a mutant, and the test that noticed it or why it could not be tried."""

    fate: Fate
    words: str = ""


class Untried(Exception):
    """The mutant shows nothing: it does not fit into its file any more, or breaks more than it says."""


def try_mutant(mutant: Mutant) -> Trial:
    """Try a mutant in a copy of its own."""
    try:
        with _copied() as home:
            (home / mutant.file).write_text(mutant.apply((_HOME / mutant.file).read_text()))
            if _ask(home, [mutant.caught_by]):
                return Trial(Fate.CAUGHT, f"`{mutant.caught_by}`")
            noticed = _ask(home, _QUICK) or _ask(home, _FAULTS)
    except (ValueError, Untried) as error:
        return Trial(Fate.NOT_TRIED, str(error))
    return Trial(Fate.OTHERWISE, f"`{noticed}`, not by `{mutant.caught_by}`") if noticed else Trial(Fate.LIVES)


def _ask(home: Path, tests: Sequence[str]) -> str:
    """The first of these tests that fails, with its seed if it has one; empty if all pass. Raises `Untried`."""
    options = ("-x", "-q", "-p", "no:cacheprovider", f"--basetemp={home / 'scratch'}")
    returned, told = _run(home, (sys.executable, "-m", "pytest", *options, *(f"tests/{name}" for name in tests)))
    if returned == _PASSED:
        return ""
    failed = re.search(r"(?m)^(?:FAILED|ERROR) tests/(\S+?::[^\s\[]+)", told)
    if returned != _FAILED or failed is None:
        raise Untried(f"the tests could not run: {told[-500:]}")
    seed = re.search(r"(?m)^seed \d+$", told)
    return f"{failed[1]} ({seed[0]})" if seed else failed[1]


def _run(home: Path, command: Sequence[str]) -> tuple[int, str]:
    """How a command ended and what it printed. What takes too long is ended together with all that it has started."""
    environment = os.environ | {f"TORTURE_{name}": count for name, count in _SMALL.items()}
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, cwd=home, env=environment, stdout=pipe, stderr=subprocess.STDOUT, text=True, start_new_session=True
    ) as running:
        try:
            told, _ = running.communicate(timeout=_LONGEST)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)
            raise Untried(f"the tests did not come to their end within {_LONGEST} s") from None
    return running.returncode, told


@contextmanager
def _copied() -> Iterator[Path]:
    """A copy of the house. What is compiled comes along: that saves every mutant some seconds."""
    with TemporaryDirectory(prefix="studybell-mutant-") as folder:
        home = Path(folder)
        for name in _COPIED:
            if (_HOME / name).is_dir():
                shutil.copytree(_HOME / name, home / name, ignore=shutil.ignore_patterns("node_modules"))
            else:
                shutil.copy2(_HOME / name, home / name)
        yield home


def main() -> int:
    """Try all mutants, or those whose numbers are given, as many at a time as there are processors."""
    began = monotonic()
    with _copied() as home:
        if failed := _ask(home, _NAMED):
            print(f"nothing can be told: {failed} fails without any mutant")
            return 1
    wanted = [int(number) for number in sys.argv[1:]] or range(1, len(MUTANTS) + 1)
    fates: Counter[Fate] = Counter()
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as tryers:
        trials = tryers.map(try_mutant, [MUTANTS[number - 1] for number in wanted])
        for number, trial in zip(wanted, trials, strict=True):
            fates[trial.fate] += 1
            said = trial.words if trial.fate is Fate.CAUGHT else f"{trial.fate}: {trial.words}".removesuffix(": ")
            print(f"| {number} | {MUTANTS[number - 1].wrong} | {said} |", flush=True)
    told = ", ".join(f"{count} {fate}" for fate, count in fates.items())
    print(f"{len(wanted)} mutants: {told}; {monotonic() - began:.0f} s")
    return int(bool(fates[Fate.LIVES] or fates[Fate.NOT_TRIED]))


if __name__ == "__main__":
    sys.exit(main())
