"""The teller: tells times to one reader, at one moment."""

from dataclasses import dataclass
from datetime import datetime

from service.messages.wording import render_ago, render_until, render_when, render_zone
from service.schedule.session import When
from service.web.views import Reader

__all__ = ["Teller"]


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells times to `reader` at `now` (aware), without the name of their zone: that is told once."""

    reader: Reader
    now: datetime

    @property
    def zone(self) -> str:
        """What the reader's time zone is called now."""
        return render_zone(self.now, timezone=self.reader.timezone, language=self.reader.language)

    def tell(self, when: When | None) -> str:
        """Day and hours; empty if there are none."""
        zone, language = self.reader.timezone, self.reader.language
        return render_when(when, timezone=zone, language=language, names_zone=False) if when else ""

    def tell_moment(self, moment: datetime) -> str:
        """Day and clock."""
        return self.tell(When(moment, moment))

    def tell_ago(self, moment: datetime) -> str:
        """How long ago it was."""
        return render_ago(self.now - moment, self.reader.language)

    def tell_until(self, moment: datetime) -> str:
        """How long it still takes."""
        return render_until(moment - self.now, self.reader.language)
