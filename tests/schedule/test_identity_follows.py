"""Property tests of identity: whatever an organiser does to a table, every uid stays with its session."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from service.schedule.session import Session, Status
from tests.schedule.terms import BEFORE_TERM, Term, make_session, make_when, renumber

PLACES = st.integers(0, 99)
ABOUT = st.sampled_from(["speaker", "paper", "both", "neither"])


class Organiser(RuleBasedStateMachine):
    """An organiser who edits a table row by row and publishes after every kind of edit.

    The model knows which row is which session by a key of its own, which the table does not show.
    """

    def __init__(self) -> None:
        super().__init__()
        self.term = Term()
        self.rows: list[tuple[int, Session]] = []
        self.deleted: list[tuple[int, Session]] = []
        self.uids: dict[int, str] = {}
        self.serial = 0
        self.now = BEFORE_TERM

    @initialize(abouts=st.lists(ABOUT, min_size=2, max_size=9))
    def begin(self, abouts: list[str]) -> None:
        for about in abouts:
            self.rows.append(self.write(about))
        self.renumber()
        self.publish()

    @rule(place=PLACES, about=ABOUT)
    def insert(self, place: int, about: str) -> None:
        self.rows.insert(place % (len(self.rows) + 1), self.write(about))
        self.renumber()
        self.publish()

    @rule(places=st.sets(PLACES, max_size=4))
    def rename(self, places: set[int]) -> None:
        for place in {place % len(self.rows) for place in places}:
            self.edit(place, title=self.invent("Renamed"))
        self.publish()

    @rule(place=PLACES, days=st.integers(1, 300))
    def move(self, place: int, days: int) -> None:
        self.edit(place % len(self.rows), when=make_when(days / 7 + 1 / 168))
        self.publish()

    @rule(one=PLACES, other=PLACES)
    def swap(self, one: int, other: int) -> None:
        one, other = one % len(self.rows), other % len(self.rows)
        self.rows[one], self.rows[other] = self.rows[other], self.rows[one]
        self.renumber()
        self.publish()

    @rule(data=st.data())
    def reorder(self, data: st.DataObject) -> None:
        self.rows = data.draw(st.permutations(self.rows))
        self.publish()

    @rule(place=PLACES)
    def cancel(self, place: int) -> None:
        self.edit(place % len(self.rows), status=Status.CANCELLED)
        self.publish()

    @rule(place=PLACES)
    def bring_back(self, place: int) -> None:
        self.edit(place % len(self.rows), status=Status.CONFIRMED)
        self.publish()

    @rule(place=PLACES)
    def delete(self, place: int) -> None:
        if len(self.rows) > 1:
            self.deleted.append(self.rows.pop(place % len(self.rows)))
            self.renumber()
            self.publish()

    @rule(place=PLACES)
    def undelete(self, place: int) -> None:
        if self.deleted:
            self.rows.insert(place % (len(self.rows) + 1), self.deleted.pop())
            self.renumber()
            self.publish()

    @rule(place=PLACES)
    def try_and_undo(self, place: int) -> None:
        """A -> B -> A gives A, but for its history."""
        rows, before = list(self.rows), self.term.list_uids()
        sessions = [version.session for version in self.term.versions if not version.withdrawn]
        self.rows = [(key, replace(session, title=f"{session.title}?")) for key, session in rows]
        if len(rows) > 1:
            self.rows.pop(place % len(rows))
            self.renumber()
        self.publish()
        self.rows = rows
        self.publish()
        assert self.term.list_uids() == before
        assert [version.session for version in self.term.versions if not version.withdrawn] == sessions

    @invariant()
    def no_uid_has_two_sessions(self) -> None:
        assert len(set(self.uids.values())) == len(self.uids)

    def write(self, about: str) -> tuple[int, Session]:
        session = make_session(
            self.invent("Topic"),
            speakers=[self.invent("Speaker")] if about in ("speaker", "both") else (),
            url=f"https://arxiv.org/abs/2401.{self.serial:05}" if about in ("paper", "both") else "",
        )
        return self.serial, session

    def invent(self, kind: str) -> str:
        self.serial += 1
        return f"{kind} {self.serial * 7919 % 100_003:05}"

    def edit(self, place: int, **changes: object) -> None:
        key, session = self.rows[place]
        self.rows[place] = key, replace(session, **changes)  # type: ignore[arg-type]

    def renumber(self) -> None:
        keys = [key for key, _ in self.rows]
        self.rows = list(zip(keys, renumber([session for _, session in self.rows]), strict=True))

    def publish(self) -> None:
        self.now += timedelta(seconds=30)
        self.term.publish(*[session for _, session in self.rows], now=self.now)
        uids = self.term.list_uids()
        for (key, _), uid in zip(self.rows, uids, strict=True):
            assert self.uids.setdefault(key, uid) == uid
        assert self.term.warned == []


TestEveryUidStaysWithItsSession = Organiser.TestCase
TestEveryUidStaysWithItsSession.settings = settings(max_examples=80, stateful_step_count=12, deadline=None)
