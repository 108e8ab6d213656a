"""`make mutants`: breaks the ledger in every way that the list knows, in a copy, and sees whether the tests notice.

First the quick tests are asked; what lives through them meets the fault tests, in small. Prints a line for each, and
ends with 1 if one lives.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
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
_QUICK: Final = (
    "tests/delivery/test_settling.py",
    "tests/delivery/test_outcome.py",
    "tests/delivery/test_composing.py",
    "tests/store/test_ledger.py",
    "tests/delivery/test_smtp_line.py",
    "tests/delivery/test_clerk.py",
    "tests/delivery/test_clerk_sharing.py",
    "tests/delivery/test_courier.py",
    "tests/delivery/test_ledger_faults.py",
)
_FAULTS: Final = (
    "tests/torture/test_kill.py",
    "tests/torture/test_races.py",
    "tests/torture/test_crew.py",
    "tests/torture/test_crash_points.py",
    "tests/torture/test_stopping.py",
)
_WITHOUT_SERVER: Final = "not postgresql"
_PASSED, _FAILED = 0, 1
_LONGEST: Final = 1200


def try_mutant(mutant: Mutant) -> str:
    """The first test that notices the mutant; empty if none does. Raises `ValueError` for one that is none."""
    with _copied() as home:
        file = home / mutant.file
        text = file.read_text()
        if text.count(mutant.old) != 1:
            raise ValueError(f"{mutant.file} has no single place for: {mutant.wrong}")
        file.write_text(text.replace(mutant.old, mutant.new))
        return _run(home, _QUICK, _WITHOUT_SERVER) or _run(home, _FAULTS, "")


def _run(home: Path, tests: Sequence[str], which: str) -> str:
    """The first test that fails, empty if all pass."""
    command = (sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-k", which, *tests)
    environment = os.environ | {f"TORTURE_{name}": count for name, count in _SMALL.items()}
    try:
        ended = subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True, timeout=_LONGEST)
    except subprocess.TimeoutExpired:
        return "the tests do not come to their end"
    if ended.returncode == _PASSED:
        return ""
    if ended.returncode != _FAILED:
        raise ValueError(f"the tests could not run: {ended.stdout[-500:]}")
    failed = next(line for line in ended.stdout.splitlines() if line.startswith(("FAILED ", "ERROR ")))
    return failed.split()[1].partition("[")[0].removeprefix("tests/")


@contextmanager
def _copied() -> Iterator[Path]:
    with TemporaryDirectory(prefix="studybell-mutant-") as folder:
        home = Path(folder)
        for name in _COPIED:
            if (_HOME / name).is_dir():
                shutil.copytree(_HOME / name, home / name, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
            else:
                shutil.copy2(_HOME / name, home / name)
        yield home


def main() -> int:
    """Try all mutants, or those whose numbers are given."""
    with _copied() as home:
        if failed := _run(home, _QUICK, _WITHOUT_SERVER):
            print(f"nothing can be told: {failed} fails without any mutant")
            return 1
    wanted = [int(number) for number in sys.argv[1:]] or range(1, len(MUTANTS) + 1)
    caught = 0
    for number in wanted:
        mutant = MUTANTS[number - 1]
        try:
            caught_by = try_mutant(mutant)
            caught += bool(caught_by)
        except ValueError as error:
            caught_by = f"NOT TRIED: {error}"
        print(f"| {number} | {mutant.wrong} | {caught_by or 'LIVES'} |", flush=True)
    print(f"{caught} of {len(wanted)} caught")
    return int(caught < len(wanted))


if __name__ == "__main__":
    sys.exit(main())
