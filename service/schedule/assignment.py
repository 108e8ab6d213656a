"""An assignment: the pairing of earlier sessions with rows that keeps the most points in total."""

from collections.abc import Iterator, Mapping
from heapq import heappop, heappush

__all__ = ["Points", "assign", "find_doubts"]

Points = Mapping[int, Mapping[int, int]]
"""What speaks for each pair: earlier session -> row -> points above zero. A pair without points is impossible."""


def assign(points: Points) -> dict[int, int]:
    """Pair earlier sessions with rows, one to one, so that the sum of points is the greatest possible.

    An earlier session may stay without a row. Among equal sums the result depends on nothing but the order of
    `points` and the numbers of the rows. The method is Kuhn's, with shortest paths over the given pairs only: where
    nobody competes it takes linear time.
    """
    costs = _find_costs(points)
    row_of: dict[int, int] = {}
    holder_of: dict[int, int] = {}
    gains = dict.fromkeys(points, 0)
    prices: dict[int, int] = {}
    for newcomer in points:
        reached_from, distances, free = _search(newcomer, costs, holder_of, gains, prices)
        longest = distances[free]
        gains[newcomer] += longest
        for row, distance in distances.items():
            if row in holder_of:
                gains[holder_of[row]] += longest - distance
            prices[row] = prices.get(row, 0) - (longest - distance)
        _pass_on(newcomer, free, reached_from, row_of, holder_of)
    return {earlier: row for earlier, row in row_of.items() if row in points[earlier]}


def find_doubts(points: Points, chosen: Mapping[int, int], margin: int) -> Iterator[tuple[int, int]]:
    """Yield the pairs that were not chosen although choosing them costs no more than `margin` points.

    The cost of a pair is what its two sides give up, less what the two that are left alone make of each other.
    """
    holder_of = {row: earlier for earlier, row in chosen.items()}
    for earlier, rows in points.items():
        kept = rows[chosen[earlier]] if earlier in chosen else 0
        for row, worth in rows.items():
            holder = holder_of.get(row)
            if holder == earlier:
                continue
            given_up = kept
            if holder is not None:
                given_up += points[holder][row] - points[holder].get(chosen.get(earlier, -1), 0)
            if given_up - worth <= margin:
                yield earlier, row


def _find_costs(points: Points) -> dict[int, dict[int, int]]:
    """Turn points into costs of at least zero; each earlier session gets a row of its own that stands for "none"."""
    most = max((worth for rows in points.values() for worth in rows.values()), default=0)
    none = 1 + max((row for rows in points.values() for row in rows), default=-1)
    return {
        earlier: {row: most - worth for row, worth in rows.items()} | {none + place: most}
        for place, (earlier, rows) in enumerate(points.items())
    }


def _search(
    newcomer: int,
    costs: Mapping[int, Mapping[int, int]],
    holder_of: Mapping[int, int],
    gains: Mapping[int, int],
    prices: Mapping[int, int],
) -> tuple[dict[int, int], dict[int, int], int]:
    """Find the cheapest chain of changes that gives the newcomer a row, down to a row that nobody holds.

    Return who reached each row, the settled rows' distances, and the free row at the end.
    """
    reached_from: dict[int, int] = {}
    tentative: dict[int, int] = {}
    settled: dict[int, int] = {}
    frontier: list[tuple[int, int]] = []
    earlier, distance = newcomer, 0
    while True:
        for row, cost in costs[earlier].items():
            reach = distance + cost - gains[earlier] - prices.get(row, 0)
            if row not in settled and (row not in tentative or reach < tentative[row]):
                tentative[row], reached_from[row] = reach, earlier
                heappush(frontier, (reach, row))
        distance, row = heappop(frontier)
        while row in settled:
            distance, row = heappop(frontier)
        settled[row] = distance
        if row not in holder_of:
            return reached_from, settled, row
        earlier = holder_of[row]


def _pass_on(
    newcomer: int, free: int, reached_from: Mapping[int, int], row_of: dict[int, int], holder_of: dict[int, int]
) -> None:
    """Carry out the chain of changes, from its free end back to the newcomer."""
    row = free
    while True:
        earlier = reached_from[row]
        released = row_of.get(earlier)
        row_of[earlier], holder_of[row] = row, earlier
        if earlier == newcomer or released is None:
            return
        row = released
