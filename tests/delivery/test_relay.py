import pytest

from service.delivery.relay import Relay, Security, Timeouts


def make_relay(host: str, security: Security, username: str = "") -> Relay:
    return Relay(
        host=host, port=25, security=security, local_hostname="c.example.org", username=username, password="hush"
    )


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost", "LOCALHOST"])
def test_an_open_connection_stays_on_this_machine(host: str) -> None:
    assert make_relay(host, Security.NONE).host == host


@pytest.mark.parametrize("host", ["mail.example.org", "192.0.2.1", "0.0.0.0", "localhost.example.org", "10.0.0.1", ""])
def test_an_open_connection_to_elsewhere_is_an_error_that_says_what_to_do(host: str) -> None:
    with pytest.raises(ValueError, match="starttls"):
        make_relay(host, Security.NONE)


def test_a_password_is_never_sent_in_clear() -> None:
    with pytest.raises(ValueError, match="password"):
        make_relay("127.0.0.1", Security.NONE, username="bell")


def test_a_password_is_never_shown() -> None:
    assert "hush" not in repr(make_relay("mail.example.org", Security.TLS, username="bell"))


def test_deadlines_are_not_shorter_than_the_standard_asks_for() -> None:
    deadlines = Timeouts()
    assert (deadlines.command, deadlines.data, deadlines.body, deadlines.dot) == (300, 120, 180, 600)
