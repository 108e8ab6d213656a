"""The list of mutants fits the code as it is: so that `make mutants`, which takes longer, can always be run."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.torture.mutants import MUTANTS, Mutant

ROOT = Path(__file__).parents[2]
README = (ROOT / "tests/torture/README.md").read_text("utf-8")


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.wrong)
def test_a_mutant_has_one_place_and_a_test_that_is_there(mutant: Mutant) -> None:
    before = (ROOT / mutant.file).read_text("utf-8")
    file, _, test = mutant.caught_by.partition("::")

    assert mutant.apply(before) != before
    assert f"def {test}(" in (ROOT / "tests" / file).read_text("utf-8")


def test_a_mutant_is_wrong_in_what_it_says_and_breaks_nothing_else(tmp_path: Path) -> None:
    """One that names what is not there fails at its import: every test would seem to catch it."""
    for number, mutant in enumerate(MUTANTS):
        (tmp_path / f"mutant{number}.py").write_text(mutant.apply((ROOT / mutant.file).read_text("utf-8")), "utf-8")

    checked = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "E9,F82", "--output-format", "concise", "."],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )

    assert checked.returncode == 0, checked.stdout


def test_the_readme_tells_of_every_mutant_which_test_catches_it() -> None:
    rows = [f"| {n} | {mutant.wrong} | `{mutant.caught_by}` |" for n, mutant in enumerate(MUTANTS, 1)]

    assert [row for row in rows if row not in README.splitlines()] == []
