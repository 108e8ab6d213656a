"""The holder of a link: the participant to whom a mailed link belongs, and the series it is about."""

from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request

from service.schedule.series import Series
from service.store.keys import Purpose
from service.store.participants import Participant, State, by_token
from service.web.parts import Parts
from service.web.visit import Visit, receive

__all__ = ["UNKNOWN_LINK", "Holder", "find_holder"]

UNKNOWN_LINK = "unknown link"
"""The detail of the 404 for a link that leads to nobody."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose link it is. A series that is not published any more still has a name, so that one can leave it."""

    participant: Participant
    series: Series
    visit: Visit

    @property
    def is_registered(self) -> bool:
        """Whether mail is owed to this person."""
        return self.participant.state is State.CONFIRMED


async def find_holder(request: Request, parts: Parts, purpose: Purpose) -> Holder:
    """The holder of the link that was followed; its token stands in the path. Raises HTTPException 404."""
    token, now = request.path_params["token"], parts.now()
    participant = await parts.database.read(lambda connection: by_token(connection, purpose, token, now))
    if participant is None:
        raise HTTPException(404, UNKNOWN_LINK)
    published = parts.shelf.published(participant.series)
    series = published.series if published else _name_series(participant, parts.base_url)
    visit = receive(
        request,
        parts.pages,
        language=parts.language,
        timezone=participant.timezone,
        chosen=participant.language,
    )
    return Holder(participant, series, visit)


def _name_series(participant: Participant, base_url: str) -> Series:
    slug = participant.series
    return Series(
        slug=slug, title=slug, language=participant.language, timezone=participant.timezone, url=f"{base_url}/{slug}"
    )
