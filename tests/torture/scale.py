"""How much of everything: few enough for every commit. `make torture` asks for more, by the environment."""

import os
from typing import Final

__all__ = [
    "CREW",
    "CREW_KILLS",
    "IS_LARGE",
    "KILLS",
    "MINUTES",
    "PAIRS",
    "PEOPLE",
    "RACES",
    "RESTARTS",
    "ROWS",
    "STOPS",
    "describe_scale",
]


def _count(name: str, usual: int) -> int:
    return int(os.environ.get(f"TORTURE_{name}", usual))


IS_LARGE: Final = "TORTURE_STOPS" in os.environ
KILLS: Final = _count("KILLS", 200)
PEOPLE: Final = _count("PEOPLE", 10_000)
MINUTES: Final = _count("MINUTES", 10)
"""How long one test goes on killing at most."""
PAIRS: Final = _count("PAIRS", 20)
CREW: Final = 4
CREW_KILLS: Final = _count("CREW_KILLS", 20)
ROWS: Final = _count("ROWS", 20_000)
STOPS: Final = _count("STOPS", 20)
RESTARTS: Final = _count("RESTARTS", 20)
RACES: Final = _count("RACES", 2_000)


def describe_scale() -> str:
    """The numbers that count, in a line."""
    return (
        f"torture: {KILLS} kills, {PEOPLE} people, {MINUTES} minutes, {PAIRS} pairs, {CREW_KILLS} kills of a crew,"
        f" {ROWS} rows, {STOPS} stops, {RESTARTS} restarts, {RACES} races"
    )
