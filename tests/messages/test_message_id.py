import re

import pytest

from service.messages.message_id import message_id


def test_the_same_delivery_has_the_same_id() -> None:
    assert message_id(b"secret", "reminder 1", "example.org") == message_id(b"secret", "reminder 1", "example.org")


def test_another_delivery_or_another_secret_has_another_id() -> None:
    ids = {message_id(secret, key, "example.org") for secret in (b"a", b"b") for key in ("1", "2", "길")}

    assert len(ids) == 6


def test_an_id_is_short_enough_for_every_header_and_stands_in_angle_brackets() -> None:
    assert re.fullmatch(r"<[0-9a-f]{40}@xn--bj0bj06e\.kr>", message_id(b"secret", "key", "한글.kr"))


def test_a_domain_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="is no domain"):
        message_id(b"secret", "key", "example.org>\r\nBcc: a")
