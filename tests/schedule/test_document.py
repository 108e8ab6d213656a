"""Documents of every shape, read and arranged, against what a person reads in them."""

import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.schedule.arrangement import arrange
from service.schedule.cadence import Cadence
from service.schedule.cells import CELL_LIMIT, CELL_MARKS_LIMIT, CELLS_LIMIT, MARKS_LIMIT
from service.schedule.diagnostic import Severity
from service.schedule.document import form_of, read_document
from service.schedule.layout import DOCUMENT_LIMIT, LINE_LIMIT, ROW_LIMIT
from service.schedule.report import describe

DATA = Path(__file__).parent / "data"
DOCUMENTS = sorted(path for path in DATA.iterdir() if not path.name.endswith(".expected.json"))
FORMS = st.sampled_from(["markdown", "csv", "yaml", "toml"])
FRAGMENTS = st.sampled_from(
    ["|", "--|--\n", "\n", "| date | title |\n|--|--|\n", "2024-01-27", "1/2", "(월)", "[x](https://e.org)", "~~",
     "<table>", "<tr>", "<td>", "- ", "# ", "1주차", "발표자", "a@b.org", "'", '"', ",", ": ", "{", "[", "---\n",
     "TBA", "휴강", "9999/99/99", "24:61", "~", "\t", "&", "*a"]
)  # fmt: skip


def check(text: str, *, form: str = "markdown", year: int | None = None, timezone: str = "UTC") -> dict[str, Any]:
    document = read_document(text, form=form, year=year, timezone=timezone)
    return describe(arrange(document, Cadence(timezone=ZoneInfo(timezone))), file="a.md")


def codes(text: str, *, form: str = "markdown") -> list[str]:
    return [remark.code for remark in read_document(text, form=form).diagnostics]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_a_document_is_understood_as_its_readers_do(path: Path) -> None:
    expected = json.loads(path.with_suffix(".expected.json").read_text(encoding="utf-8"))
    found = check(
        path.read_text(encoding="utf-8"), form=form_of(path.name), year=expected["year"], timezone=expected["timezone"]
    )
    assert found["sessions"] == expected["sessions"]
    assert found["title"] == expected["title"]
    assert found["language"] == expected["language"]
    assert [{key: remark[key] for key in ("line", "column", "severity", "code")} for remark in found["problems"]] == (
        expected["problems"]
    )


def test_every_document_has_its_expectation() -> None:
    assert len(DOCUMENTS) >= 12
    assert all(path.with_suffix(".expected.json").exists() for path in DOCUMENTS)


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("a.md", "markdown"),
        ("README", "markdown"),
        ("b.CSV", "csv"),
        ("c.yml", "yaml"),
        ("https://example.org/d.toml?raw=1", "toml"),
        ("https://example.org/e.yaml#top", "yaml"),
    ],
)
def test_the_form_is_told_by_the_suffix(name: str, form: str) -> None:
    assert form_of(name) == form


def test_an_unknown_form_is_a_programming_error() -> None:
    with pytest.raises(ValueError, match="docx"):
        read_document("", form="docx")


@pytest.mark.parametrize("text", ["", "\n\n", "Hello, world.", "| a |", "# Only a heading\n\n- one\n- two\n"])
def test_a_document_without_a_schedule_gets_an_error_that_shows_a_table(text: str) -> None:
    remark = read_document(text).diagnostics[0]
    assert (remark.code, remark.severity) == ("no-schedule", Severity.ERROR)
    assert "| Date |" in remark.message


def test_the_table_that_is_shown_is_a_schedule_itself() -> None:
    for text in (
        "Hello, world of words.",
        "안녕하세요 여러분 반갑습니다",
        "これはただのぶんしょうです",
        "这是一个普通的文本文件",
    ):
        shown = read_document(text).diagnostics[0].message.partition("\n")[2]
        assert [entry.number for entry in read_document(shown).entries] == ["1"]
        assert read_document(shown).entries[0].day is not None


@pytest.mark.parametrize(
    ("text", "form", "code"),
    [
        ("a: [b", "yaml", "yaml-unreadable"),
        ("a = ", "toml", "toml-unreadable"),
        ("[" * 100_000, "yaml", "document-unreadable"),
        ("- 1\n" * (LINE_LIMIT + 1), "markdown", "document-too-large"),
        ("a" * (DOCUMENT_LIMIT + 1), "markdown", "document-too-large"),
        ("date,title\n" + "2024-01-02,t\n" * (ROW_LIMIT + 1), "csv", "document-too-large"),
        ("- 2024-01-02 t\n" * (ROW_LIMIT + 1), "markdown", "document-too-large"),
        ("a," * (CELLS_LIMIT + 1) + "\na", "csv", "document-too-large"),
        ("a: &x [1]\nb: *x", "yaml", "yaml-unreadable"),
    ],
    ids=["yaml", "toml", "deep", "lines", "bytes", "rows", "items", "cells", "aliases"],
)
def test_trouble_with_the_form_is_an_error(text: str, form: str, code: str) -> None:
    found = codes(text, form=form)
    assert found == [code]


def test_a_document_at_the_limit_of_its_rows_is_read() -> None:
    text = "date,title\n" + "".join(f"2024-01-{1 + index % 28:02},t{index}\n" for index in range(ROW_LIMIT - 1))
    document = read_document(text, form="csv")
    assert len(document.entries) == ROW_LIMIT - 1
    assert not document.diagnostics


def test_a_cell_that_is_cut_is_told_at_its_place() -> None:
    text = f"| Date | Title | Note |\n|--|--|--|\n| 2024-01-02 | One | {'word ' * 500}|\n"
    document = read_document(text)
    assert [(remark.code, remark.line, remark.column) for remark in document.diagnostics] == [("cell-too-long", 3, 22)]
    assert len(document.entries[0].note) < CELL_LIMIT


def test_markup_that_stays_unread_is_told_at_its_place() -> None:
    text = f"| Date | Title |\n|--|--|\n| 2024-01-02 | {'**' * CELL_MARKS_LIMIT} |\n| 2024-01-09 | **Two** |\n"
    document = read_document(text)
    assert [(remark.code, remark.line, remark.column) for remark in document.diagnostics] == [
        ("too-much-markup", 3, 16)
    ]
    assert document.entries[1].title == "Two"


def test_markup_beyond_the_limit_of_a_document_is_told_once() -> None:
    marks = CELL_MARKS_LIMIT - 10
    rows = "".join(f"| 2024-01-02 | {row} {'*a' * marks} |\n" for row in range(MARKS_LIMIT // marks + 5))
    remarks = read_document("| Date | Title |\n|--|--|\n" + rows).diagnostics
    assert [(remark.code, remark.severity) for remark in remarks] == [("too-much-markup", Severity.WARNING)]


def test_an_id_that_stands_twice_is_a_warning_that_names_both_lines() -> None:
    text = "id,date,title\na,2024-01-02,One\nb,2024-01-09,Two\na,2024-01-16,Three\n,2024-01-23,Four\n,2024-01-30,Five\n"
    remarks = read_document(text, form="csv").diagnostics
    assert [(remark.code, remark.line, remark.severity) for remark in remarks] == [
        ("duplicate-id", 4, Severity.WARNING)
    ]
    assert "line 2" in remarks[0].message
    assert "line 4" in remarks[0].message


def test_no_address_enters_an_entry() -> None:
    text = (
        "# by root@example.org\n\n| Date | Title | Speaker | Where | Notes |\n|--|--|--|--|--|\n"
        "| 2024-01-02 | Mail ada@example.org | bob@example.org, [Cy](mailto:cy@example.org) | at dan@example.org "
        "| see <eve@example.org> or https://example.org/?to=fay@example.org |\n"
    )
    assert "@example.org" not in repr(read_document(text))


def test_a_weekday_that_does_not_fit_its_date_is_a_warning_at_its_place() -> None:
    remark = read_document("| Title | Date |\n|--|--|\n| One | 2024-01-27 (Fri) |\n").diagnostics[0]
    assert (remark.line, remark.column, remark.severity, remark.code) == (3, 9, Severity.WARNING, "weekday-mismatch")
    assert "Saturday" in remark.message


def test_a_date_without_any_year_is_an_error_and_stays_open() -> None:
    document = read_document("| Title | Date |\n|--|--|\n| One | 27 Jan |\n")
    assert [remark.code for remark in document.diagnostics] == ["year-unknown"]
    assert document.entries[0].day is None
    assert document.entries[0].day_open


def test_a_misspelt_header_is_hinted_at() -> None:
    remarks = read_document("| Date | Title | Speeker |\n|--|--|--|\n| 2024-01-27 | One | Ada |\n").diagnostics
    assert [(remark.code, remark.line, remark.column) for remark in remarks] == [("column-unknown", 1, 18)]
    assert "'speaker'" in remarks[0].message


def test_columns_are_found_by_meaning_not_by_position() -> None:
    columns = {"Date": "2024-01-27", "Title": "Waves", "Speaker": "Ada Oak", "Room": "12"}
    for turn in range(4):
        names = [*list(columns)[turn:], *list(columns)[:turn]]
        text = "|".join(names) + "\n" + "|".join("--" for _ in names) + "\n" + "|".join(columns[name] for name in names)
        entry = read_document(text).entries[0]
        assert (str(entry.day), entry.title, entry.speakers, entry.place) == ("2024-01-27", "Waves", ("Ada Oak",), "12")


def test_line_ends_and_a_byte_order_mark_make_no_difference() -> None:
    text = (DATA / "ko-season-by-weeks.md").read_text(encoding="utf-8")
    assert read_document("\ufeff" + text.replace("\n", "\r\n")) == read_document(text)


def test_only_web_addresses_become_links() -> None:
    text = (
        "| Date | Title |\n|--|--|\n"
        "| 2024-01-27 | [a](javascript:alert) [b](./b.pdf) [c](HTTPS://example.org/c) https://example.org/d |\n"
    )
    assert [link.url for link in read_document(text).entries[0].links] == [
        "HTTPS://example.org/c",
        "https://example.org/d",
    ]


@settings(max_examples=150, deadline=None)
@given(text=st.one_of(st.text(max_size=400), st.lists(FRAGMENTS, max_size=60).map("".join)), form=FORMS)
def test_any_text_is_a_document_and_a_schedule(text: str, form: str) -> None:
    document = read_document(text, form=form)
    assert document.entries or any(remark.severity is Severity.ERROR for remark in document.diagnostics)
    assert all(remark.line >= 1 and remark.column >= 1 for remark in document.diagnostics)
    json.dumps(describe(arrange(document, Cadence(timezone=ZoneInfo("UTC"))), file="x"))
