"""The keyed hash is the standard's, however often it is asked."""

import hmac

from hypothesis import given
from hypothesis import strategies as st

from service.keyed_hash import keyed_hash


@given(st.binary(min_size=1, max_size=200), st.lists(st.binary(max_size=200), min_size=1, max_size=4))
def test_it_is_hmac_sha256(secret: bytes, texts: list[bytes]) -> None:
    assert [keyed_hash(secret, text) for text in texts] == [hmac.digest(secret, text, "sha256") for text in texts]
