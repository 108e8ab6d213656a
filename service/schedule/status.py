"""The status of a draft: whether it takes place, as all the words around it tell."""

from dataclasses import replace

from service.schedule.datecell import is_unfinished_date
from service.schedule.draft import Draft
from service.schedule.session import Status
from service.schedule.wording import is_open, is_question, read_notice

__all__ = ["decide_status"]


def decide_status(
    draft: Draft, said: str, badges: tuple[str, ...] = (), state: str = "", *, struck: bool = False
) -> Draft:
    """`draft` with the status that its words announce; words that only announce it leave the title, like TBA.

    `said` is what stands in the speaker's place, `badges` what images say, `state` what a column of its own says;
    `struck` tells that the whole row is struck through.
    """
    has_speaker = bool(draft.speakers)
    unknown = not has_speaker and (is_open(draft.title) or (not draft.title and is_open(said)))
    draft = replace(draft, title="") if is_open(draft.title) else draft
    notice = read_notice(draft.title, has_speaker=has_speaker)
    announced = [notice.status, read_notice(state).status]
    announced += [Status.BREAK for badge in badges if read_notice(badge).status is Status.BREAK]
    announced += [Status.CANCELLED] if read_notice(draft.note).status is Status.CANCELLED else []
    announced += [read_notice(said.lstrip("? ")).status, Status.CANCELLED if struck else Status.CONFIRMED]
    status = next((status for status in announced if status is not Status.CONFIRMED), Status.CONFIRMED)
    doubtful = is_question(said) or is_question(draft.title) or is_open(draft.when) or is_open(draft.place)
    doubtful = doubtful or unknown
    if is_question(said) or (status is not Status.CANCELLED and (doubtful or is_unfinished_date(draft.when))):
        status = Status.TENTATIVE
    title = "" if is_question(notice.rest) else notice.rest
    return replace(draft, title=title, status=status, note=draft.note or ("" if notice.rest else draft.title))
