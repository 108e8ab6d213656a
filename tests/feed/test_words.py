"""The calendar's own words."""

import pytest

from service.feed.words import choose_words


@pytest.mark.parametrize(
    ("language", "cancelled"),
    [("ko", "[취소]"), ("ko-KR", "[취소]"), ("en_GB", "[Cancelled]"), ("ja", "[中止]"), ("zh-Hant", "[取消]")],
)
def test_a_language_tag_chooses_the_words(language: str, cancelled: str) -> None:
    assert choose_words(language).cancelled == cancelled


@pytest.mark.parametrize("language", ["", "tlh", "x"])
def test_a_language_without_words_gets_english(language: str) -> None:
    assert choose_words(language) == choose_words("en")
