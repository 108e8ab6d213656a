"""`make torture`: the fault tests with large numbers, each with its seed and its figures."""

import os
import sys
from typing import Final

import pytest

_LARGE: Final = {
    "KILLS": 2_000,
    "PEOPLE": 200_000,
    "MINUTES": 240,
    "PAIRS": 200,
    "CREW_KILLS": 200,
    "ROWS": 100_000,
    "STOPS": 100,
    "RESTARTS": 100,
    "RACES": 20_000,
}

if __name__ == "__main__":
    for name, count in _LARGE.items():  # before anybody reads them, see `scale`
        os.environ.setdefault(f"TORTURE_{name}", str(count))
    sys.exit(pytest.main(["tests/torture", "-p", "no:cacheprovider", "-sv", "--durations=0", *sys.argv[1:]]))
