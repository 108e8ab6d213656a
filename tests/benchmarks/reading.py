"""Reading a document: against the Markdown parser alone, which is the floor, for 1,000 sessions."""

from zoneinfo import ZoneInfo

from markdown_it import MarkdownIt

from service.schedule.arrangement import arrange
from service.schedule.cadence import Cadence
from service.schedule.document import read_document
from tests.benchmarks.measure import best_of, report
from tests.benchmarks.seasons import make_document

__all__ = ["run"]


def run() -> None:
    """Read 1,000 rows to dated sessions."""
    text, cadence = make_document(1000), Cadence(timezone=ZoneInfo("Asia/Seoul"))
    parser = MarkdownIt("commonmark").enable("table")
    ours, parsing = best_of(lambda: arrange(read_document(text), cadence), lambda: parser.parse(text))
    report("read 1,000 sessions to the last field", ours, parsing, "markdown-it parsing the table only")
