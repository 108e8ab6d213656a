"""Tests of renamings."""

import pytest

from service.schedule.renaming import weigh_renamings


@pytest.mark.parametrize(
    ("vanished", "appeared"),
    [
        ("attention is all you need", "attention is all you need!"),
        ("attention is all you need", "attention is all you need (vaswani 2017)"),
        ("트랜스포머의 이해", "트랜스포머 이해하기"),
        ("拡散モデル入門", "拡散モデル"),
    ],
)
def test_a_title_resembles_its_corrected_form(vanished: str, appeared: str) -> None:
    assert weigh_renamings([vanished], [appeared], {0}, {0})[0, 0] >= 4


def test_titles_that_share_only_what_all_have_do_not_resemble_each_other() -> None:
    chapters = [f"chapter {letter} of the book" for letter in "abcdefgh"]
    revised = [f"{chapter}, revised" for chapter in chapters]
    every = set(range(8))
    assert weigh_renamings(chapters[:7], [*chapters[:6], chapters[7]], {6}, {6}) == {}
    best: dict[int, tuple[int, int]] = {}
    for (place, other), worth in weigh_renamings(chapters, revised, every, every).items():
        best[place] = max(best.get(place, (0, 0)), (worth, other))
    assert [other for _, (_, other) in sorted(best.items())] == list(range(8))


def test_a_title_that_is_still_there_was_not_renamed() -> None:
    assert weigh_renamings(["attention"], ["attention", "attention again"], {0}, {0, 1}) == {}


def test_different_titles_have_no_points() -> None:
    assert weigh_renamings(["diffusion"], ["kkotch"], {0}, {0}) == {}
