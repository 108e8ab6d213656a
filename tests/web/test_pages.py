"""Pages: what templates may do, and that every word of them can be read in Korean."""

import re
from collections.abc import Iterator
from io import BytesIO

import pytest
from babel.messages.pofile import read_po
from jinja2 import UndefinedError
from jinja2.ext import babel_extract

from service.messages.catalog import Catalogs
from service.resources import TEMPLATES, read_texts
from service.web import desk_words, lead_times, programs, trouble
from service.web.assets import Assets
from service.web.pages import Pages


def make_small_pages(template: str) -> Pages:
    return Pages({"page.html": template}, Catalogs({}), Assets({}))


def find_words() -> Iterator[str]:
    """Every text that a page can show: what the templates say, and what the modules hand them to translate."""
    for source in read_texts(TEMPLATES / "web").values():
        for _, _, message, _ in babel_extract(BytesIO(source.encode()), ("_", "ngettext"), [], {"silent": "false"}):
            words = message if isinstance(message, str) else (message or ())[0]
            assert words
            yield words
    for pair in (*trouble.WORDS.values(), *trouble.LINK_WORDS.values(), trouble.OTHER_WORDS, trouble.OUR_WORDS):
        yield from pair
    for program in programs.PROGRAMS:
        yield from (program.name, program.advice, program.pace)
    for singular, _ in lead_times.WORDS.values():
        yield singular
    yield lead_times.AT
    for state in desk_words.STATES.values():
        yield from state
    for names in (desk_words.KINDS, desk_words.FAMILIES, desk_words.CHANGES, desk_words.LANES):
        yield from names.values()


def test_all_values_are_escaped_whatever_the_template_is_called() -> None:
    pages = make_small_pages("<p>{{ name }}</p>")

    assert pages.render("page.html", "en", name='<script>"&') == "<p>&lt;script&gt;&#34;&amp;</p>"


def test_a_name_that_is_not_there_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        make_small_pages("{{ nobody }}").render("page.html", "en")


def test_every_language_is_offered_by_its_own_name(pages: Pages) -> None:
    assert [choice.name for choice in pages.language_choices({})] == ["English", "한국어"]


def test_every_word_is_said_in_korean_and_none_is_left_over() -> None:
    with (TEMPLATES / "locale/ko/pages.po").open("rb") as file:
        catalog = read_po(file, locale="ko")
    entries = {entry.id if isinstance(entry.id, str) else entry.id[0]: entry for entry in catalog if entry.id}

    assert set(find_words()) == set(entries)
    for words, entry in entries.items():
        spoken = [entry.string] if isinstance(entry.string, str) else list(entry.string or ())
        assert all(spoken), words
        assert all(sorted(re.findall(r"%\(\w+\)s", words)) == sorted(re.findall(r"%\(\w+\)s", said)) for said in spoken)
    assert not catalog.obsolete


def test_no_template_trusts_a_value_or_needs_a_script() -> None:
    for name, source in read_texts(TEMPLATES / "web").items():
        assert "|safe" not in source.replace(" ", ""), name
        assert not re.search(r"<script(?! type=.application/ld\+json.>)|\son\w+=|style=|javascript:", source), name


def test_text_and_ground_have_enough_contrast() -> None:
    """WCAG 2.2, 1.4.3: 4.5 to 1 for text, 1.4.11: 3 to 1 for the edge of a field."""
    light, dark = find_palettes((TEMPLATES / "static/style.css").read_text())
    texts = [
        ("ink", "ground"), ("ink", "card"), ("quiet", "ground"), ("quiet", "card"), ("accent", "ground"),
        ("accent", "card"), ("accent", "tint"), ("accent-ink", "accent"), ("accent-ink", "accent-strong"),
        ("quiet", "tint"), ("warn-ink", "warn"), ("off", "ground"), ("off", "card"), ("on", "ground"), ("ink", "tint"),
    ]  # fmt: skip
    for palette in (light, dark):
        for text, ground in texts:
            assert contrast(palette[text], palette[ground]) >= 4.5, (text, ground)
        assert contrast(palette["field"], palette["card"]) >= 3


def find_palettes(sheet: str) -> tuple[dict[str, str], dict[str, str]]:
    blocks = re.findall(r":root \{(.*?)\}", sheet, re.DOTALL)
    light, dark = (dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block)) for block in blocks[:2])
    return light, dark


def contrast(one: str, other: str) -> float:
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
