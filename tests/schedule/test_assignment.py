"""Tests of assignments."""

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from service.schedule.assignment import assign, find_doubts

SMALL_POINTS = st.dictionaries(
    st.integers(0, 4), st.dictionaries(st.integers(0, 4), st.integers(1, 9), max_size=5), max_size=5
)


def total(points: dict[int, dict[int, int]], chosen: dict[int, int]) -> int:
    return sum(points[earlier][row] for earlier, row in chosen.items())


def find_greatest_total(points: dict[int, dict[int, int]]) -> int:
    return max(
        sum(points[earlier].get(row, 0) for earlier, row in zip(points, rows, strict=False))
        for rows in permutations(range(5))
    )


@given(points=SMALL_POINTS)
def test_an_assignment_is_one_to_one_and_no_other_has_more_points(points: dict[int, dict[int, int]]) -> None:
    chosen = assign(points)
    assert len(set(chosen.values())) == len(chosen)
    assert total(points, chosen) == find_greatest_total(points)


@given(points=SMALL_POINTS)
def test_a_doubtful_pair_was_not_chosen_and_costs_little(points: dict[int, dict[int, int]]) -> None:
    chosen = assign(points)
    for earlier, row in find_doubts(points, chosen, 1):
        assert chosen.get(earlier) != row
        others = {
            one: {place: worth for place, worth in rows.items() if place != row}
            for one, rows in points.items()
            if one != earlier
        }
        assert points[earlier][row] + find_greatest_total(others) >= total(points, chosen) - 1


def test_a_session_gives_way_if_the_sum_is_greater() -> None:
    assert assign({0: {0: 5, 1: 4}, 1: {0: 5}}) == {0: 1, 1: 0}


def test_nothing_is_paired_without_points() -> None:
    assert assign({0: {}, 1: {3: 2}}) == {1: 3}
    assert assign({}) == {}


def test_a_swap_that_costs_nothing_is_doubtful() -> None:
    points = {0: {0: 5, 1: 5}, 1: {0: 5, 1: 5}}
    assert sorted(find_doubts(points, assign(points), 1)) == [(0, 1), (1, 0)]


def test_a_clear_pair_is_not_doubtful() -> None:
    points = {0: {0: 9, 1: 3}, 1: {1: 9, 0: 3}}
    assert list(find_doubts(points, assign(points), 1)) == []


def test_a_long_chain_of_sessions_gives_way_to_one() -> None:
    points = {place: {place: 5_000, place + 1: 5_001} for place in range(2_000)} | {2_000: {2_000: 9_000}}
    assert assign(points) == {place: place for place in range(2_001)}
