from __future__ import annotations

import io

import pytest

from anonymizer.errors import UsageError
from anonymizer.keys import Keyring, read_key

KEY = bytes(range(32))


@pytest.mark.parametrize("given", [KEY, KEY.hex().encode(), KEY.hex().upper().encode() + b"\n"])
def test_a_key_comes_as_bytes_or_hexadecimal(given):
    assert read_key(io.BytesIO(given)) == KEY


@pytest.mark.parametrize("given", [b"", b"ab", KEY[:31], KEY + b"x", b"g" * 64, b"ab " * 32, b"a" * 65])
def test_anything_else_is_refused_without_being_shown(given):
    with pytest.raises(UsageError) as raised:
        read_key(io.BytesIO(given))
    assert str(len(given)) in str(raised.value)
    assert not given or given.decode("latin-1") not in str(raised.value)


def test_domains_and_keys_give_different_keys():
    ring = Keyring(KEY)
    assert ring.for_domain("a") == Keyring(KEY).for_domain("a")
    assert len({ring.for_domain("a"), ring.for_domain("b"), Keyring(KEY[::-1]).for_domain("a")}) == 3


def test_a_keyring_shows_nothing_of_its_key():
    ring = Keyring(KEY)
    assert KEY.hex()[:8] not in repr(ring)
    assert ring.check_value() != Keyring(KEY[::-1]).check_value()


def test_an_ephemeral_key_is_another_each_time():
    one, other = Keyring.ephemeral(), Keyring.ephemeral()
    assert one.check_value() != other.check_value()
    assert one.for_domain("a") == one.for_domain("a") != other.for_domain("a")
