"""Lead times in words."""

from service.messages.catalog import ENGLISH
from service.reminders.rule import parse_rules
from service.web.lead_times import name_rule
from service.web.pages import Pages


def test_lead_times_are_told_in_words(pages: Pages) -> None:
    rules = parse_rules("2w 1d 1d@20:00 2d@08:05 90m 1h")

    assert [name_rule(rule, ENGLISH) for rule in rules] == [
        "2 weeks before", "2 days before at 08:05", "1 day before", "1 day before at 20:00", "90 minutes before",
        "1 hour before",
    ]  # fmt: skip
    assert [name_rule(rule, pages.catalog("ko")) for rule in rules] == [
        "2주 전", "2일 전 08:05", "1일 전", "1일 전 20:00", "90분 전", "1시간 전",
    ]  # fmt: skip
