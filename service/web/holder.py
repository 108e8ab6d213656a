"""The holder of a link: the participant to whom a mailed link belongs, and the series it is about."""

from dataclasses import dataclass, replace

from starlette.exceptions import HTTPException
from starlette.requests import Request

from service.schedule.series import Series
from service.store.keys import Purpose
from service.store.participants import Participant, State, by_token, is_replaced
from service.web.parts import Parts
from service.web.visit import Visit, receive

__all__ = ["REPLACED_LINK", "UNKNOWN_LINK", "Holder", "find_holder", "name_series"]

UNKNOWN_LINK = "unknown link"
"""The detail of the 404 for a link that leads to nobody."""

REPLACED_LINK = "replaced link"
"""The detail of the 410 for a link instead of which its person has a new one."""


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

    def as_of(self, participant: Participant) -> "Holder":
        """The same visit, after something was done about the participant."""
        return replace(self, participant=participant)


async def find_holder(request: Request, parts: Parts, purpose: Purpose) -> Holder:
    """The holder of the link that was followed; its token stands in the path.

    Raises HTTPException 404 for a link that leads to nobody, and 410 for one that was replaced.
    """
    token, now = request.path_params["token"], parts.now()
    participant = await parts.database.read(lambda connection: by_token(connection, purpose, token, now))
    if participant is None:
        was_one = await parts.database.read(lambda connection: is_replaced(connection, token, now))
        raise HTTPException(410, REPLACED_LINK) if was_one else HTTPException(404, UNKNOWN_LINK)
    visit = receive(
        request,
        parts.pages,
        language=parts.language,
        timezone=participant.timezone,
        chosen=participant.language,
    )
    return Holder(participant, name_series(participant, parts), visit)


def name_series(participant: Participant, parts: Parts) -> Series:
    """The series that a participant is registered for, with its slug for a title if it is not published any more."""
    slug = participant.series
    published = parts.shelf.published(slug)
    if published:
        return published.series
    return Series(
        slug=slug,
        title=slug,
        language=participant.language,
        timezone=participant.timezone,
        url=f"{parts.base_url}/{slug}",
    )
