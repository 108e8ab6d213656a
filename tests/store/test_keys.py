"""Keys: links that nobody can guess, each for one purpose of one person, and fingerprints that tell nothing."""

import re

from hypothesis import given
from hypothesis import strategies as st

from service.store.keys import Keys, Purpose, digest

KEYS = Keys(b"k" * 32)


def test_a_link_is_the_same_as_long_as_nothing_changes() -> None:
    assert KEYS.token(Purpose.CONFIRM, 7, 0) == Keys(b"k" * 32).token(Purpose.CONFIRM, 7, 0)


def test_a_link_fits_into_an_address() -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]{24}", KEYS.token(Purpose.PREFERENCES, 10**12, 3))


def test_purposes_people_generations_and_installations_share_no_link() -> None:
    made = {
        keys.token(purpose, person, generation)
        for keys in (KEYS, Keys(b"j" * 32))
        for purpose in Purpose
        for person in range(200)
        for generation in range(3)
    }

    assert len(made) == 2 * 3 * 200 * 3


def test_the_digest_does_not_contain_the_link() -> None:
    token = KEYS.token(Purpose.CONFIRM, 7, 0)

    assert re.fullmatch(r"[0-9a-f]{64}", digest(token))
    assert token not in digest(token)


@given(st.text(max_size=60), st.text(max_size=60))
def test_fingerprints_tell_whether_two_texts_are_the_same(one: str, other: str) -> None:
    assert (KEYS.fingerprint(one) == KEYS.fingerprint(other)) is (one == other)
    assert len(KEYS.fingerprint(one)) == 32


def test_a_fingerprint_is_no_link() -> None:
    assert KEYS.fingerprint("confirm:7:0") not in KEYS.token(Purpose.CONFIRM, 7, 0)
