"""The scale: what `make torture` promises is what it asks for."""

import os
import subprocess
import sys


def test_make_torture_is_large_but_for_what_is_set() -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TORTURE_")}
    done = subprocess.run(
        [sys.executable, "-m", "tests.torture", "--ignore-glob=*/test_*"],
        env=environment | {"TORTURE_KILLS": "7"},
        capture_output=True,
        text=True,
        check=False,  # without a test it has nothing to report
    )

    assert "torture: 7 kills, 200000 people" in done.stdout
