"""How much of everything: few enough for every commit. `make torture` asks for more, by the environment."""

import os
from typing import Final

__all__ = ["CREW", "CREW_KILLS", "IS_LARGE", "KILLS", "LARGE", "PAIRS", "PEOPLE", "RACES", "RESTARTS", "ROWS", "STOPS"]

LARGE: Final = {
    "KILLS": 2_000,
    "PEOPLE": 200_000,
    "PAIRS": 200,
    "CREW_KILLS": 200,
    "ROWS": 100_000,
    "STOPS": 100,
    "RESTARTS": 100,
    "RACES": 20_000,
}
"""What `make torture` does."""


def _count(name: str, usual: int) -> int:
    return int(os.environ.get(f"TORTURE_{name}", usual))


IS_LARGE: Final = "TORTURE_STOPS" in os.environ
KILLS: Final = _count("KILLS", 200)
PEOPLE: Final = _count("PEOPLE", 10_000)
PAIRS: Final = _count("PAIRS", 20)
CREW: Final = 4
CREW_KILLS: Final = _count("CREW_KILLS", 20)
ROWS: Final = _count("ROWS", 20_000)
STOPS: Final = _count("STOPS", 20)
RESTARTS: Final = _count("RESTARTS", 20)
RACES: Final = _count("RACES", 2_000)
