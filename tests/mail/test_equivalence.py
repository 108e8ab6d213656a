"""Who reads a mail as plain text learns all that its HTML says, and can open all that can be pressed there."""

import re
from collections import Counter
from html.parser import HTMLParser

import pytest

from tests.mail.letters import LETTERS, Written

WORD = re.compile(r"[^\s.,:;·()“”‘’\"?!–☐-]+")
HEADING = {"Is", "your"}  # "Is this your address?", which the subject asks in other words
LABELS = {"When", "Now", "일시", "변경", "후", "Hello", "안녕하세요"}  # HTML has a box, or a heading, in their place


class Reading(HTMLParser):
    """What somebody sees of an HTML mail: its words, and where its links lead; what a link is called is no fact."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: set[str] = set()
        self.links: Counter[str] = Counter()
        self._hidden = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "a":
            self.links[str(told["href"])] += 1
        if tag in ("style", "title", "a") or (self._hidden and tag == "div") or told.get("class") == "preheader":
            self._hidden += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in ("style", "title", "a") or (self._hidden and tag == "div"):
            self._hidden -= 1

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.update(WORD.findall(data))


@pytest.mark.parametrize("mail", LETTERS, ids=str)
def test_text_says_all_that_html_says(mail: Written) -> None:
    seen = Reading(mail.html)

    assert len(seen.words) > 10
    assert seen.words - set(WORD.findall(f"{mail.letter.subject} {mail.text}")) - HEADING == set()


@pytest.mark.parametrize("mail", LETTERS, ids=str)
def test_html_says_all_that_text_says(mail: Written) -> None:
    told = set(WORD.findall(re.sub(r"https?://\S+", "", mail.text)))
    shown = set(WORD.findall(re.sub(r"<[^>]*>", " ", mail.html.partition("<body")[2])))

    assert told - shown - LABELS == set()


@pytest.mark.parametrize("mail", LETTERS, ids=str)
def test_both_link_the_same_and_as_often(mail: Written) -> None:
    said = Counter(re.findall(r"https?://\S+", mail.text))
    for address in re.findall(r"https?://[^\s<]+", re.sub(r"<a .*?</a>", "", mail.html)):
        said[address] -= 1  # what a relay said is a link in neither

    assert +said == Reading(mail.html).links
