"""Mutants: what could be wrong in the path of a mail through the ledger, a sentence and a patch each.

Every one must be caught by a test; one that lives shows that a test is missing. `make mutants` tries them all.
"""

from dataclasses import dataclass
from typing import Final

__all__ = ["MUTANTS", "Mutant"]

CLAIMING: Final = "service/store/claiming.py"
WANTING: Final = "service/store/wanting.py"
SETTLING: Final = "service/store/settling.py"
JUDGING: Final = "service/delivery/settling.py"
OUTCOME: Final = "service/delivery/outcome.py"
LINE: Final = "service/delivery/smtp_line.py"
COURIER: Final = "service/delivery/courier.py"
CLERK: Final = "service/delivery/clerk.py"
COMPOSING: Final = "service/delivery/composing.py"
JOURNAL: Final = "service/delivery/journal.py"
POISON: Final = "service/store/poison.py"
WITHDRAWING: Final = "service/store/withdrawing.py"
LANES: Final = "service/store/lanes.py"
ROUND: Final = "service/delivery/round.py"


@dataclass(frozen=True, slots=True)
class Mutant:
    """What is wrong, and where: in `file`, `old` (which stands there once) became `new`.

    `caught_by` is the quickest test that notices, in `tests/`.
    """

    wrong: str
    file: str
    old: str
    new: str
    caught_by: str

    def apply(self, text: str) -> str:
        """The text of `file` with what is wrong. Raises `ValueError` if it does not fit there."""
        if text.count(self.old) != 1:
            raise ValueError(f"{self.file} has no single place for: {self.wrong}")
        return text.replace(self.old, self.new)


MUTANTS: Final = (
    Mutant(
        "the last check does not ask who owns the delivery",
        CLAIMING,
        '        deliveries.c.owner == bindparam("holder"),\n        deliveries.c.state == DeliveryState.CLAIMED,\n',
        '        (deliveries.c.owner == bindparam("holder")) | (deliveries.c.owner != ""),\n'
        "        deliveries.c.state == DeliveryState.CLAIMED,\n",
        caught_by="store/test_ledger.py::test_who_lost_a_delivery_can_neither_send_nor_settle_it",
    ),
    Mutant(
        "the last check does not ask whether the delivery is still claimed",
        CLAIMING,
        "        deliveries.c.state == DeliveryState.CLAIMED,\n"
        '        deliveries.c.expires_at > bindparam("present"),\n',
        '        deliveries.c.expires_at > bindparam("present"),\n',
        caught_by="store/test_ledger.py::test_a_mail_on_its_way_is_not_handed_over_again",
    ),
    Mutant(
        "the last check sends what comes too late",
        CLAIMING,
        '        deliveries.c.expires_at > bindparam("present"),\n        IS_WANTED,\n',
        '        (deliveries.c.expires_at > bindparam("present")) | (deliveries.c.id > 0),\n        IS_WANTED,\n',
        caught_by="store/test_ledger.py::test_the_last_check_refuses_what_would_come_too_late",
    ),
    Mutant(
        "the last check is gone",
        CLAIMING,
        '        deliveries.c.expires_at > bindparam("present"),\n        IS_WANTED,\n',
        '        deliveries.c.expires_at > bindparam("present"),\n',
        caught_by="store/test_ledger.py::test_the_last_check_obeys_whatever_happened_since_the_claim",
    ),
    Mutant(
        "who has unsubscribed meanwhile gets the mail",
        WANTING,
        "participants.c.state == _AWAITED",
        "participants.c.state != State.SUPPRESSED",
        caught_by="store/test_ledger.py::test_the_last_check_obeys_whatever_happened_since_the_claim",
    ),
    Mutant(
        "a session that moved meanwhile is still told at the old time",
        WANTING,
        "            sessions.c.starts_at == deliveries.c.starts_at,\n",
        "",
        caught_by="store/test_ledger.py::test_the_last_check_obeys_whatever_happened_since_the_claim",
    ),
    Mutant(
        "a session that was called off meanwhile is still told",
        WANTING,
        "            sessions.c.takes_place == (deliveries.c.kind != Kind.CANCELLED),\n",
        "",
        caught_by="store/test_ledger.py::test_the_last_check_obeys_whatever_happened_since_the_claim",
    ),
    Mutant(
        "what others have claimed is claimed, too",
        CLAIMING,
        "        IS_PLANNED,\n        deliveries.c.lane",
        "        deliveries.c.state.in_((DeliveryState.PLANNED, DeliveryState.CLAIMED)),\n        deliveries.c.lane",
        caught_by="store/test_ledger.py::test_a_delivery_is_claimed_by_one_process_only",
    ),
    Mutant(
        "what rests is claimed at once",
        CLAIMING,
        'deliveries.c.next_at <= bindparam("present")',
        '(deliveries.c.next_at <= bindparam("present")) | (deliveries.c.id > 0)',
        caught_by="store/test_ledger.py::test_what_rests_is_not_claimed_before_its_time",
    ),
    Mutant(
        "the lease of a mail on its way is shorter than the relay may take",
        CLAIMING,
        "HANDING_LEASE: Final = timedelta(minutes=15)",
        "HANDING_LEASE: Final = timedelta(minutes=5)",
        caught_by="delivery/test_settling.py::test_nobody_is_taken_for_dead_who_still_waits_for_the_relays_answer",
    ),
    Mutant(
        "the lease of a claim is over at once",
        CLAIMING,
        "CLAIM_LEASE: Final = timedelta(minutes=2)",
        "CLAIM_LEASE: Final = timedelta(minutes=-2)",
        caught_by="store/test_ledger.py::test_a_lease_that_still_runs_is_respected",
    ),
    Mutant(
        "what others hold is given back although their lease still runs",
        CLAIMING,
        "    elif not alone:\n",
        "    elif alone:\n",
        caught_by="store/test_ledger.py::test_a_lease_that_still_runs_is_respected",
    ),
    Mutant(
        "what others are handing over is taken for abandoned",
        CLAIMING,
        "    if not alone:\n",
        "    if alone:\n",
        caught_by="store/test_ledger.py::test_a_lease_that_still_runs_is_respected",
    ),
    Mutant(
        "a mail that was on its way when its process died is planned again as if nothing had been",
        CLAIMING,
        "    claimed = IS_HELD & (deliveries.c.state == DeliveryState.CLAIMED)\n    if owner:\n",
        "    claimed = IS_HELD\n    if owner:\n",
        caught_by="store/test_ledger.py::test_what_is_on_its_way_is_never_given_back",
    ),
    Mutant(
        "whoever lost a delivery can still settle it",
        SETTLING,
        '        deliveries.c.owner == bindparam("holder"),\n',
        '        or_(deliveries.c.owner == bindparam("holder"), deliveries.c.owner != ""),\n',
        caught_by="store/test_ledger.py::test_who_lost_a_delivery_can_neither_send_nor_settle_it",
    ),
    Mutant(
        "what is settled can be settled again",
        SETTLING,
        '        deliveries.c.owner == bindparam("holder"),\n        or_(_HANDING, ',
        '        or_(deliveries.c.owner == bindparam("holder"), deliveries.c.owner == ""),\n'
        '        or_(_HANDING, deliveries.c.owner == "", ',
        caught_by="store/test_ledger.py::test_what_is_settled_stays_settled",
    ),
    Mutant(
        "doubts are not counted",
        SETTLING,
        'deliveries.c.doubts + bindparam("doubted")',
        'deliveries.c.doubts + 0 * bindparam("doubted")',
        caught_by="store/test_ledger.py::test_what_was_in_doubt_stays_uncertain_when_the_last_check_refuses_it",
    ),
    Mutant(
        "the rest before the next attempt is forgotten",
        SETTLING,
        'func.coalesce(bindparam("again_at", type_=deliveries.c.next_at.type), deliveries.c.next_at)',
        'func.coalesce(deliveries.c.next_at, bindparam("again_at", type_=deliveries.c.next_at.type))',
        caught_by="store/test_ledger.py::test_an_attempt_that_does_not_count_is_taken_back",
    ),
    Mutant(
        "what was in doubt and is too late is forgotten",
        SETTLING,
        "case((deliveries.c.doubts > 0, DeliveryState.UNCERTAIN), else_=DeliveryState.EXPIRED)",
        "DeliveryState.EXPIRED",
        caught_by="store/test_ledger.py::test_late_mail_expires_but_what_was_in_doubt_stays_uncertain",
    ),
    Mutant(
        "an attempt is counted at the hand-off, and once more when it is settled",
        SETTLING,
        'case((_HANDING, literal_column("1")), else_',
        'case((_HANDING, literal_column("0")), else_',
        caught_by="store/test_ledger.py::test_a_delivery_goes_out_and_is_settled",
    ),
    Mutant(
        "what is in doubt is sent again at once",
        JUDGING,
        "again_at = now + DOUBT_RESTS",
        "again_at = now",
        caught_by="delivery/test_settling.py::test_only_a_first_doubt_about_a_mail_that_helps_is_sent_again",
    ),
    Mutant(
        "what is in doubt is sent again and again",
        JUDGING,
        "policy is Doubtful.RESEND and delivery.doubts == 0 and",
        "policy is Doubtful.RESEND and",
        caught_by="delivery/test_settling.py::test_only_a_first_doubt_about_a_mail_that_helps_is_sent_again",
    ),
    Mutant(
        "the setting `hold` is ignored",
        JUDGING,
        "policy is Doubtful.RESEND and delivery.doubts == 0 and",
        "delivery.doubts == 0 and",
        caught_by="delivery/test_settling.py::test_only_a_first_doubt_about_a_mail_that_helps_is_sent_again",
    ),
    Mutant(
        "a sign-up mail in doubt is sent again",
        JUDGING,
        " and delivery.kind not in (Kind.CONFIRMATION, Kind.KNOWN)",
        "",
        caught_by="delivery/test_settling.py::test_only_a_first_doubt_about_a_mail_that_helps_is_sent_again",
    ),
    Mutant(
        "what is in doubt is sent again although it comes too late",
        JUDGING,
        "if once_more and again_at < delivery.expires_at:",
        "if once_more:",
        caught_by="delivery/test_settling.py::test_a_doubtful_mail_is_sent_again_only_if_it_is_still_in_time",
    ),
    Mutant(
        "what a dead process left on its way counts as surely not sent",
        JUDGING,
        '    return _doubt(delivery, "in doubt: studybell stopped while the mail was on its way", policy, now)',
        '    return Settlement(state=DeliveryState.PLANNED, reason="again", next_at=now, burnt=False)',
        caught_by="delivery/test_settling.py::test_a_process_that_died_leaves_a_doubt",
    ),
    Mutant(
        "what a dead process left on its way counts as sent",
        JUDGING,
        '    return _doubt(delivery, "in doubt: studybell stopped while the mail was on its way", policy, now)',
        '    return Settlement(state=DeliveryState.SENT, reason="surely")',
        caught_by="delivery/test_settling.py::test_a_process_that_died_leaves_a_doubt",
    ),
    Mutant(
        "a line that broke behind the dot counts as sent",
        JUDGING,
        '            return _doubt(delivery, f"in doubt: {words}", policy, now)',
        "            return Settlement(state=DeliveryState.SENT, reason=words)",
        caught_by="delivery/test_settling.py::test_only_a_first_doubt_about_a_mail_that_helps_is_sent_again",
    ),
    Mutant(
        "a line that broke behind the dot counts as not sent",
        OUTCOME,
        "return Verdict.DOUBTFUL if phase is Phase.DOT else Verdict.UNSENT",
        "return Verdict.UNSENT",
        caught_by="delivery/test_outcome.py::test_only_a_break_behind_the_dot_is_doubtful",
    ),
    Mutant(
        "the dot leaves before the hand-off commit",
        LINE,
        "        if not await commit():\n",
        '        self._dialogue.say(b".\\r\\n")\n        if not await commit():\n',
        caught_by="delivery/test_smtp_line.py::test_the_dot_waits_for_the_commit",
    ),
    Mutant(
        "the dot leaves although the hand-off commit refuses",
        LINE,
        "        if not await commit():\n",
        "        if not await commit() and not content:\n",
        caught_by="delivery/test_smtp_line.py::test_a_mail_the_ledger_withdraws_gets_no_dot",
    ),
    Mutant(
        "the line forgets that the dot was said",
        LINE,
        "        self._phase = phase\n",
        "        self._phase = min(phase, Phase.DATA, key=list(Phase).index)\n",
        caught_by="delivery/test_courier.py::test_a_real_line_that_fails_ends_in_the_right_state",
    ),
    Mutant(
        "mails are handed over without a hand-off commit, and marked behind it",
        COURIER,
        "partial(self._clerk.may_leave, delivery)",
        "partial(asyncio.sleep, 0, True)",
        caught_by="delivery/test_courier.py::test_a_mail_that_nobody_wants_any_more_is_withdrawn_at_the_last_moment",
    ),
    Mutant(
        "mails are marked as sent before they are handed over",
        COURIER,
        "        try:\n            outcome = await line.hand_over(",
        "        from service.store.ledger import DeliveryState\n"
        "        from service.store.settling import Settlement\n"
        '        self._clerk.settle(delivery, Settlement(state=DeliveryState.SENT, reason="surely"))\n'
        "        await self._clerk.finish()\n"
        "        try:\n            outcome = await line.hand_over(",
        caught_by="delivery/test_courier.py::test_every_outcome_ends_in_its_state_with_a_reason",
    ),
    Mutant(
        "nobody takes up what a dead process left on its way",
        COURIER,
        "        for one in await self._database.read(partial(abandoned, alone=alone)):\n",
        "        for one in [*await self._database.read(partial(abandoned, alone=alone))][:0]:\n",
        caught_by="delivery/test_courier.py::test_who_is_alone_takes_up_at_once_what_a_killed_process_left",
    ),
    Mutant(
        "outcomes are forgotten when the database is away",
        CLERK,
        "                self._settled = settled + self._settled\n",
        "",
        caught_by="delivery/test_clerk_sharing.py::test_a_fault_that_nobody_foresaw_makes_the_clerk_forget_nothing",
    ),
    Mutant(
        "the ledger's yes is heard before it is on the disk",
        CLERK,
        "        try:\n            may = await self._database.write(work)\n",
        "        for one in asked:\n            one.answer.set_result(True)\n"
        "        try:\n            may = await self._database.write(work)\n",
        caught_by="delivery/test_clerk_sharing.py::test_each_gets_the_answer_to_its_own_question",
    ),
    Mutant(
        "every attempt has a Message-ID of its own",
        COMPOSING,
        "message_id(self._keys.secret, delivery.key, self._domain)",
        'message_id(self._keys.secret, f"{delivery.key}{delivery.attempts}", self._domain)',
        caught_by="delivery/test_courier.py::test_a_mail_in_doubt_is_sent_once_more_after_ten_minutes_under_the_same_message_id",
    ),
    Mutant(
        "what was sent is planned again",
        WITHDRAWING,
        "deliveries.c.state == DeliveryState.CANCELLED, deliveries.c.reason.in_((SUPERSEDED, CALLED_OFF, UNINVITED))",
        "deliveries.c.state.in_((DeliveryState.CANCELLED, DeliveryState.SENT))",
        caught_by="store/test_welcoming.py::test_whose_welcome_was_sent_gets_no_other",
    ),
    Mutant(
        "what was in doubt is called off without a word",
        WITHDRAWING,
        "case((in_doubt, DeliveryState.UNCERTAIN), else_=DeliveryState.CANCELLED)",
        "DeliveryState.CANCELLED",
        caught_by="store/test_ledger.py::test_what_was_in_doubt_stays_uncertain_when_its_session_is_called_off",
    ),
    Mutant(
        "the journal closes what another process holds",
        JOURNAL,
        "(delivery.owner, delivery.state) == (one.owner, DeliveryState.HANDING)",
        "delivery.state is DeliveryState.HANDING",
        caught_by="delivery/test_journal.py::test_what_was_accepted_enters_the_ledger_only_if_it_was_on_its_way_then",
    ),
    Mutant(
        "on PostgreSQL somebody can leave between the last check and its commit",
        CLAIMING,
        '    connection.execute(_HOLD_PEOPLE, {"batch": list({delivery.participant_id for delivery in batch})})\n',
        "",
        caught_by="store/test_last_check.py::test_nobody_is_answered_between_the_last_check_and_its_commit",
    ),
    Mutant(
        "on PostgreSQL a session can move between the last check and its commit",
        CLAIMING,
        '    connection.execute(_HOLD_SESSIONS, {"batch": list({delivery.session for delivery in batch})})\n',
        "",
        caught_by="store/test_last_check.py::test_nobody_is_answered_between_the_last_check_and_its_commit",
    ),
    Mutant(
        "the last check withdraws what somebody else has claimed meanwhile",
        CLAIMING,
        "mine = (deliveries.c.owner == owner) & ",
        'mine = (deliveries.c.owner != "") & ',
        caught_by="store/test_ledger.py::test_who_lost_a_delivery_can_neither_send_nor_settle_it",
    ),
    Mutant(
        "what somebody else has claimed meanwhile is put back into the plan",
        CLAIMING,
        "claimed = (deliveries.c.owner == owner) & ",
        'claimed = (deliveries.c.owner != "") & ',
        caught_by="store/test_ledger.py::test_only_what_is_still_claimed_by_its_owner_is_put_back",
    ),
    Mutant(
        "who has paused meanwhile gets the reminder",
        WANTING,
        '            or_(deliveries.c.kind.not_in(PAUSABLE), is_awake(bindparam("present"))),\n',
        "",
        caught_by="store/test_wishes.py::test_what_was_planned_and_what_is_on_its_way_stops_at_the_pause",
    ),
    Mutant(
        "trouble with the relay costs the mail an attempt",
        JUDGING,
        "next_at=now + _UNSENT_RESTS, burnt=False)",
        "next_at=now + _UNSENT_RESTS)",
        caught_by="delivery/test_courier.py::test_every_outcome_ends_in_its_state_with_a_reason",
    ),
    Mutant(
        "a mail whose hand-off was not answered stays on its way",
        COURIER,
        "            self._clerk.settle(delivery, postpone(trouble, self._now()))\n            return\n",
        "            return\n",
        caught_by="delivery/test_courier.py::test_a_hand_off_whose_commit_was_done_but_not_heard_of_leaves_no_doubt",
    ),
    Mutant(
        "more mails are claimed although the ledger cannot be told what became of these",
        CLERK,
        "        self._enough.set()\n",
        "",
        caught_by="delivery/test_clerk.py::test_nothing_more_is_claimed_until_the_ledger_knows_and_then_all_goes_on",
    ),
    Mutant(
        "who has given up waiting for the ledger's yes is marked as on its way",
        CLERK,
        "[one for one in leaving if not one.answer.done()]",
        "list(leaving)",
        caught_by="delivery/test_clerk_sharing.py::test_who_has_given_up_waiting_is_not_handed_over",
    ),
    Mutant(
        "what a dead process noted in its journal is not entered into the ledger",
        COURIER,
        "            await self._database.write(partial(take_over, left=left, now=self._now()))\n",
        "            pass\n",
        caught_by="delivery/test_clerk.py::test_who_is_killed_before_the_ledger_could_be_told_leaves_word_and_nothing_is_sent_twice",
    ),
    Mutant(
        "the journal of a process that lives is taken up",
        JOURNAL,
        "                    fcntl.flock(left, fcntl.LOCK_EX | fcntl.LOCK_NB)\n",
        "",
        caught_by="delivery/test_journal.py::test_the_journal_of_a_process_that_lives_is_left_to_it",
    ),
    Mutant(
        "a line of the journal is believed without its checksum",
        JOURNAL,
        'if checksum != b"%08x" % zlib.crc32(said):',
        "if not checksum:",
        caught_by="delivery/test_journal.py::test_a_line_of_which_a_part_never_reached_the_disk_is_ignored",
    ),
    Mutant(
        "a mail is set aside for the deaths of processes that did not hold it",
        POISON,
        " & (deliveries.c.owner == owner)",
        "",
        caught_by="delivery/test_journal.py::test_a_mail_at_which_three_processes_ended_is_parked_and_no_other",
    ),
    Mutant(
        "what was sent is owed again when its lane is held",
        LANES,
        " & (deliveries.c.state == DeliveryState.FAILED)",
        "",
        caught_by="store/test_lanes.py::test_who_was_refused_with_a_lane_is_owed_the_mail_again_but_nobody_who_has_got_it",
    ),
    Mutant(
        "a line hands over another mail than it has announced",
        LINE,
        "if not self.usable or (self._announced and self._announced != commands):",
        "if not self.usable:",
        caught_by="delivery/test_smtp_line_ahead.py::test_a_line_that_has_announced_one_mail_takes_no_other",
    ),
    Mutant(
        "the next mail goes on waiting behind one for which the relay takes its time",
        ROUND,
        "            if work.announced_at < long_ago and self._give_up_next(work):\n",
        "            if work.announced_at < long_ago and self._is_over():\n",
        caught_by="delivery/test_round.py::test_nobody_waits_behind_a_mail_for_which_the_relay_takes_its_time",
    ),
    Mutant(
        "what was announced is sent although nothing more is to leave",
        ROUND,
        "        if self._is_over():\n            self._give_up_next(work)\n",
        "",
        caught_by="delivery/test_courier.py::test_who_is_stopped_lets_mails_under_way_arrive_and_gives_back_the_rest",
    ),
)
