"""Measuring: the best of several interleaved rounds, and a line that says how two compare."""

import time
from collections.abc import Callable

__all__ = ["best_of", "report"]


def best_of(*rivals: Callable[[], object], rounds: int = 5) -> list[float]:
    """The shortest time in seconds of each rival, run in turns so that a noisy moment meets all."""
    shortest = [float("inf")] * len(rivals)
    for _ in range(rounds):
        for place, rival in enumerate(rivals):
            began = time.perf_counter()
            rival()
            shortest[place] = min(shortest[place], time.perf_counter() - began)
    return shortest


def report(what: str, ours: float, peers: float, peer: str) -> None:
    """Print how much faster ours is than the peer; both in seconds."""
    print(f"{what:<48} {ours * 1000:9.3f} ms   {peers / ours:7.1f} x as fast as {peer} ({peers * 1000:.3f} ms)")
