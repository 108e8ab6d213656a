import pytest

from service.delivery.outcome import Outcome, Phase, Verdict, is_go_ahead, judge_break, judge_reply
from service.delivery.reply import Reply

BEFORE_RECIPIENT = (Phase.CONNECT, Phase.BANNER, Phase.EHLO, Phase.TLS, Phase.AUTH, Phase.RSET, Phase.MAIL)
FOR_THIS_MAIL = (Phase.RCPT, Phase.DATA, Phase.BODY, Phase.DOT)


@pytest.mark.parametrize("phase", list(Phase))
def test_only_a_break_behind_the_dot_is_doubtful(phase: Phase) -> None:
    expected = Verdict.DOUBTFUL if phase is Phase.DOT else Verdict.UNSENT
    assert judge_break(phase, "gone") == Outcome(expected, phase, text="gone")


def test_the_steps_before_the_body_go_ahead_on_a_good_reply() -> None:
    assert is_go_ahead(Phase.MAIL, Reply(250))
    assert is_go_ahead(Phase.RCPT, Reply(251))
    assert is_go_ahead(Phase.DATA, Reply(354))


@pytest.mark.parametrize(
    ("phase", "code"),
    [(Phase.MAIL, 354), (Phase.RCPT, 354), (Phase.DATA, 250), (Phase.BODY, 250), (Phase.DATA, 300), (Phase.DOT, 250)],
)
def test_a_reply_out_of_place_is_no_go_ahead(phase: Phase, code: int) -> None:
    assert not is_go_ahead(phase, Reply(code))


def test_a_good_reply_to_the_dot_is_acceptance() -> None:
    outcome = judge_reply(Phase.DOT, Reply(250, "2.0.0 queued as 4711"))
    assert outcome == Outcome(Verdict.ACCEPTED, Phase.DOT, 250, "2.0.0", "2.0.0 queued as 4711")


def test_a_good_reply_before_the_dot_is_not_believed() -> None:
    assert judge_reply(Phase.BODY, Reply(250)).verdict is Verdict.UNSENT


def test_a_reply_to_the_dot_that_says_neither_yes_nor_no_is_doubtful() -> None:
    assert judge_reply(Phase.DOT, Reply(354)).verdict is Verdict.DOUBTFUL


@pytest.mark.parametrize("phase", BEFORE_RECIPIENT)
@pytest.mark.parametrize("code", [421, 450, 550, 554])
def test_a_refusal_before_the_recipient_burns_no_attempt(phase: Phase, code: int) -> None:
    outcome = judge_reply(phase, Reply(code))
    assert outcome.verdict is Verdict.UNSENT
    assert outcome.permanent_setup is (code >= 500 and phase in (Phase.AUTH, Phase.MAIL))


@pytest.mark.parametrize("phase", FOR_THIS_MAIL)
def test_a_transient_refusal_defers_and_a_permanent_one_refuses_this_mail(phase: Phase) -> None:
    assert judge_reply(phase, Reply(451)).verdict is Verdict.DEFERRED
    assert judge_reply(phase, Reply(554)).verdict is Verdict.REFUSED


def test_421_is_relay_trouble_before_the_dot_and_a_clear_no_behind_it() -> None:
    for phase in (Phase.RCPT, Phase.DATA, Phase.BODY):
        assert judge_reply(phase, Reply(421)).verdict is Verdict.UNSENT
    assert judge_reply(Phase.DOT, Reply(421)).verdict is Verdict.DEFERRED


@pytest.mark.parametrize("phase", [Phase.AUTH, Phase.MAIL, Phase.RCPT, Phase.DATA, Phase.DOT])
@pytest.mark.parametrize("code", [530, 534, 535, 538])
def test_wrong_credentials_are_a_matter_of_settings_wherever_the_relay_says_so(phase: Phase, code: int) -> None:
    outcome = judge_reply(phase, Reply(code, "5.7.0 authentication required"))
    assert (outcome.verdict, outcome.permanent_setup) == (Verdict.UNSENT, True)


def test_a_temporary_failure_to_log_in_passes() -> None:
    assert not judge_reply(Phase.AUTH, Reply(454, "4.7.0 try later")).permanent_setup


@pytest.mark.parametrize(
    ("phase", "reply", "verdict"),
    [
        (Phase.RCPT, Reply(552, "5.2.2 mailbox full"), Verdict.DEFERRED),
        (Phase.DOT, Reply(554, "5.2.2 mailbox full"), Verdict.DEFERRED),
        (Phase.RCPT, Reply(552, "over quota"), Verdict.DEFERRED),
        (Phase.RCPT, Reply(552, "5.2.3 too large"), Verdict.REFUSED),
        (Phase.DOT, Reply(552, "too large"), Verdict.REFUSED),
        (Phase.MAIL, Reply(552, "5.3.4 too large"), Verdict.REFUSED),
        (Phase.MAIL, Reply(552, "too large"), Verdict.REFUSED),
    ],
)
def test_a_full_mailbox_is_waited_for_and_a_mail_too_large_is_not(phase: Phase, reply: Reply, verdict: Verdict) -> None:
    assert judge_reply(phase, reply).verdict is verdict
