import pytest
from jinja2 import UndefinedError

from service.messages.catalog import ENGLISH
from service.messages.template import TemplateSet

BUNDLED = {
    "body.txt": "{% block main %}Hello {{ name }}{% endblock %}\n\n-- {{ foot }}",
    "body.html": "<p>{{ name }}</p>",
}
VALUES = {"catalog": ENGLISH, "name": "<Gil>", "foot": "bye"}


def test_a_bundled_template_is_rendered() -> None:
    rendering = TemplateSet(BUNDLED, {}).render("body.txt", VALUES)

    assert (rendering.text, rendering.problem) == ("Hello <Gil>\n-- bye", "")


def test_html_is_escaped_and_text_is_not() -> None:
    templates = TemplateSet(BUNDLED, {})

    assert "<p>&lt;Gil&gt;</p>" in templates.render("body.html", VALUES).text
    assert "<Gil>" in templates.render("body.txt", VALUES).text


def test_styles_are_written_into_the_elements_and_rules_for_screens_stay() -> None:
    source = (
        "<html><head><style>p { color: #123456; }</style>"
        '<style data-css-inline="keep">@media (max-width: 9px) { p { color: red; } }</style></head>'
        "<body><p>{{ name }}</p></body></html>"
    )

    html = TemplateSet({"body.html": source}, {}).render("body.html", VALUES).text

    assert '<p style="color: #123456;">' in html
    assert "@media (max-width: 9px)" in html
    assert "p { color: #123456" not in html


def test_an_operators_template_stands_before_the_bundled_one() -> None:
    templates = TemplateSet(BUNDLED, {"body.txt": "Dear {{ name }}"})

    assert templates.render("body.txt", VALUES).text == "Dear <Gil>"


def test_an_operators_template_can_extend_the_bundled_one() -> None:
    override = '{% extends "bundled:body.txt" %}{% block main %}{{ super() }}!{% endblock %}'

    assert TemplateSet(BUNDLED, {"body.txt": override}).render("body.txt", VALUES).text == "Hello <Gil>!\n-- bye"


def test_a_template_that_cannot_be_read_is_reported_with_file_and_line_and_replaced() -> None:
    templates = TemplateSet(BUNDLED, {"body.txt": "Dear\n{% if %}"})

    rendering = templates.render("body.txt", VALUES)

    assert len(templates.problems) == 1
    assert templates.problems[0].startswith("body.txt:2: ")
    assert (rendering.text, rendering.problem) == ("Hello <Gil>\n-- bye", templates.problems[0])


@pytest.mark.parametrize(
    "source",
    [
        "one\ntwo\n{{ unknown }}",
        "one\ntwo\n{{ 1 / 0 }}",
        "one\ntwo\n{{ name.__class__.__mro__ }}",
        "one\ntwo\n{{ 'a' * 100000000 }}",
        "one\ntwo\n{{ 9 ** 99999999 }}",
        "one\ntwo\n{{ '%99999999d' % 1 }}",
        "one\ntwo\n{{ range(99999) }}",
        "one\ntwo\n{{ '{0.__class__}'.format(name) }}",
        "one\ntwo\n{% include 'nothing.txt' %}",
    ],
)
def test_a_template_that_fails_is_reported_with_file_and_line_and_replaced(source: str) -> None:
    templates = TemplateSet(BUNDLED, {"body.txt": source})

    rendering = templates.render("body.txt", VALUES)

    assert templates.problems == ()
    assert rendering.text == "Hello <Gil>\n-- bye"
    assert rendering.problem.startswith("body.txt:3: ")


def test_a_template_that_nothing_uses_is_reported() -> None:
    overrides = {"body.txt": "{% include 'part.txt' %}", "part.txt": "Dear {{ name }}", "boddy.txt": "Hi"}

    templates = TemplateSet(BUNDLED, overrides)

    assert templates.problems == ("boddy.txt: no mail uses a template of this name",)
    assert templates.render("body.txt", VALUES).text == "Dear <Gil>"


def test_a_template_that_writes_too_much_is_replaced() -> None:
    source = "{% for a in name %}{% for b in name %}{{ name }}{% endfor %}{% endfor %}"

    rendering = TemplateSet(BUNDLED, {"body.txt": source}).render("body.txt", VALUES | {"name": "x" * 100})

    assert rendering.text.startswith("Hello")
    assert "256 KiB" in rendering.problem


def test_trouble_in_a_bundled_template_is_a_mistake_of_ours() -> None:
    with pytest.raises(UndefinedError):
        TemplateSet({"body.txt": "{{ unknown }}"}, {}).render("body.txt", VALUES)
