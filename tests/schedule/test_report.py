"""The report has the fields that other programs rely on, in plain types."""

from datetime import date, time
from zoneinfo import ZoneInfo

from service.schedule.arrangement import arrange
from service.schedule.cadence import Cadence
from service.schedule.diagnostic import Diagnostic, Severity
from service.schedule.entry import Document, Entry
from service.schedule.report import describe
from service.schedule.session import Link, Status


def report(*entries: Entry, remarks: tuple[Diagnostic, ...] = ()) -> dict[str, object]:
    document = Document(title="T", language="", timezone="", entries=entries, diagnostics=remarks)
    return describe(arrange(document, Cadence(timezone=ZoneInfo("Asia/Seoul"))), file="a.md")


def test_a_full_session_is_told_in_full() -> None:
    entry = Entry(
        line=3, column=1, title="Waves", number="5", type="lab", speakers=("Ada",), affiliation="Hill", place="12",
        links=(Link("https://example.org/"),), day=date(2024, 1, 27), begins=time(21), status=Status.TENTATIVE,
    )  # fmt: skip
    assert report(entry) == {
        "file": "a.md",
        "title": "T",
        "language": None,
        "timezone": "Asia/Seoul",
        "sessions": [
            {
                "number": 5, "date": "2024-01-27", "time": "21:00", "end": "23:00", "title": "Waves", "type": "lab",
                "speakers": ["Ada"], "affiliation": "Hill", "place": "12", "links": ["https://example.org/"],
                "status": "tentative", "line": 3,
            }
        ],
        "problems": [],
    }  # fmt: skip


def test_what_is_not_known_is_null() -> None:
    sessions = report(Entry(line=1, column=2, title="", status=Status.BREAK))["sessions"]
    assert sessions == [
        {"number": None, "date": None, "time": None, "end": None, "title": None, "type": None, "speakers": [],
         "affiliation": None, "place": None, "links": [], "status": "break", "line": 1}
    ]  # fmt: skip


def test_ends_on_other_days_say_so() -> None:
    late = Entry(line=1, column=1, title="a", day=date(2024, 1, 27), begins=time(23))
    days = Entry(line=2, column=1, title="b", day=date(2024, 1, 27), lasts_days=2)
    sessions = report(late, days)["sessions"]
    assert isinstance(sessions, list)
    assert [session["end"] for session in sessions] == ["2024-01-28T01:00", "2024-01-28"]


def test_problems_have_place_weight_and_code() -> None:
    remark = Diagnostic(2, 3, Severity.NOTE, "column-unknown", "Say what.")
    assert report(remarks=(remark,))["problems"] == [
        {"line": 2, "column": 3, "severity": "note", "code": "column-unknown", "message": "Say what."}
    ]
