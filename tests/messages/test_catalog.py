import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po
from jinja2 import DictLoader, Environment

from service.messages.catalog import ENGLISH, Catalogs, install_translations, read_catalog
from tests.messages.golden import TEMPLATES

HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
KOREAN = (
    HEAD
    + """"Plural-Forms: nplurals=1; plural=0;\\n"

msgid "Hello %(name)s"
msgstr "%(name)s 님"

msgid "one session"
msgid_plural "%(num)s sessions"
msgstr[0] "%(num)s회"

msgid "empty"
msgstr ""

#, fuzzy
msgid "guessed"
msgstr "짐작"
"""
)
POLISH = (
    HEAD
    + """"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);\\n"

msgid "one session"
msgid_plural "%(num)s sessions"
msgstr[0] "jedna"
msgstr[1] "kilka"
msgstr[2] "wiele"
"""
)
# A word in the code of the room that templates do not hold.
IN_CODE = {
    "today",
    "%(lead)s before",
    "%(lead)s before at %(clock)s",
    "topic",
    "speaker",
    "something to read",
    "mails to confirm a registration",
    "mails to you",
    "notices of changes and invitations",
    "reminders and weekly summaries",
}


def render(source: str, language: str, **values: object) -> str:
    environment = Environment(loader=DictLoader({"page.html": source}), autoescape=True)
    install_translations(environment)
    catalog = Catalogs({"ko": KOREAN, "pl": POLISH}).choose(language)
    return environment.get_template("page.html").render(catalog=catalog, **values)


def test_a_text_is_said_in_the_language_of_the_catalog() -> None:
    assert read_catalog("ko", KOREAN).gettext("Hello %(name)s") == "%(name)s 님"


def test_what_has_no_translation_reads_english() -> None:
    catalog = read_catalog("ko", KOREAN)

    assert [catalog.gettext(text) for text in ("unknown", "empty", "guessed")] == ["unknown", "empty", "guessed"]
    assert [catalog.ngettext("a day", "days", number) for number in (1, 2)] == ["a day", "days"]


def test_each_language_has_its_own_plural_forms() -> None:
    forms = [read_catalog("pl", POLISH).ngettext("one session", "%(num)s sessions", n) for n in (1, 3, 5, 22)]

    assert forms == ["jedna", "kilka", "wiele", "kilka"]
    assert read_catalog("ko", KOREAN).ngettext("one session", "%(num)s sessions", 1) == "%(num)s회"
    assert [ENGLISH.ngettext("one", "many", number) for number in (0, 1, 2)] == ["many", "one", "many"]


@pytest.mark.parametrize(
    ("wanted", "chosen"),
    [("ko", "ko"), ("ko-KR", "ko"), ("ko_KR", "ko"), ("KO", "ko"), ("en-GB", "en"), ("fr", "en"), ("", "en")],
)
def test_a_language_is_chosen_by_its_code_with_english_behind(wanted: str, chosen: str) -> None:
    assert Catalogs({"ko": KOREAN}).choose(wanted).language == chosen


def test_the_first_language_there_is_wins() -> None:
    catalogs = Catalogs({"pl": POLISH, "ko": KOREAN})

    assert catalogs.choose("fr", "ko-KR", "pl").language == "ko"
    assert catalogs.languages == ("en", "ko", "pl")


def test_a_broken_file_is_refused_with_its_language() -> None:
    with pytest.raises(ValueError, match="'ko' cannot be read"):
        read_catalog("ko", "this is no catalog")


def test_templates_speak_through_their_catalog_and_values_are_escaped() -> None:
    source = "{% trans %}Hello {{ name }}{% endtrans %}, {{ _('Hello %(name)s', name=name) }}"

    assert render(source, "ko", name="<b>") == "&lt;b&gt; 님, &lt;b&gt; 님"
    assert render(source, "en", name="Gil") == "Hello Gil, Hello Gil"


def test_templates_count_in_their_language() -> None:
    source = "{% trans num=number %}one session{% pluralize %}{{ num }} sessions{% endtrans %}"

    assert [render(source, language, number=4) for language in ("en", "ko", "pl")] == ["4 sessions", "4회", "kilka"]


def test_a_template_without_catalog_is_a_mistake() -> None:
    environment = Environment(autoescape=True)
    install_translations(environment)

    with pytest.raises(TypeError, match="rendered with a `catalog`"):
        environment.from_string("{{ _('x') }}").render()


def extract_mail_texts() -> set[str]:
    folder = TEMPLATES / "email"
    found = (extract_from_file("jinja2", path, options={"trimmed": "true"}) for path in folder.rglob("*.*"))
    texts = (text for messages in found for _, text, _, _ in messages)
    return {text if isinstance(text, str) else text[0] for text in texts}


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("locale/*/mail.po")), ids=lambda path: path.parent.name)
def test_every_text_of_a_mail_is_translated_and_nothing_else_is(path: Path) -> None:
    catalog = read_catalog(path.parent.name, path.read_text("utf-8"))

    assert set(catalog.phrases) == extract_mail_texts() | IN_CODE


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("locale/*/mail.po")), ids=lambda path: path.parent.name)
def test_a_translation_has_the_same_values_as_its_english_text(path: Path) -> None:
    with path.open("rb") as file:
        entries = [entry for entry in read_po(file) if entry.id]

    for entry in entries:
        value = re.compile(r"%\(\w+\)s|%%?")
        assert set(value.findall(str(entry.string))) == set(value.findall(str(entry.id))), entry.id
