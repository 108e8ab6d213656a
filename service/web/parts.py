"""What the site is built from: every part is made elsewhere and handed in."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from service.delivery.mailbox import Mailbox
from service.reminders.rule import Rule
from service.store.database import Database
from service.store.keys import Keys
from service.store.participants import CONFIRM_WITHIN
from service.web.assets import Assets
from service.web.fetches import Fetches
from service.web.pages import Pages
from service.web.shelf import Shelf

__all__ = ["Health", "Parts"]


@dataclass(frozen=True, slots=True)
class Health:
    """Whether the service keeps its promises now, and the figures that tell so (JSON values)."""

    is_well: bool
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Everything the pages need.

    `now` is the service's clock, `real_now` the machine's: they differ in the demo, where a form must still be open to
    people for two hours. `confirm_within` is how long, by the service's clock, a registration can be confirmed. `rules`
    are each series' own reminders by slug, `speaker_rules` those for whoever speaks. `wake` is called when there is new
    mail to send, which `is_restrained` forbids. `mailbox` is None if mails are really sent. `fetches` tell how lately
    calendars asked for each feed.
    """

    shelf: Shelf
    database: Database
    keys: Keys
    pages: Pages
    assets: Assets
    base_url: str
    now: Callable[[], datetime]
    real_now: Callable[[], datetime]
    health: Callable[[], Awaitable[Health]]
    language: str = "en"
    rules: Mapping[str, Sequence[Rule]] = field(default_factory=dict)
    speaker_rules: Mapping[str, Sequence[Rule]] = field(default_factory=dict)
    trusted_proxies: int = 0
    confirm_within: timedelta = CONFIRM_WITHIN
    wake: Callable[[], None] = lambda: None
    is_restrained: Callable[[], bool] = lambda: False
    mailbox: Mailbox | None = None
    fetches: Fetches = field(default_factory=Fetches)
