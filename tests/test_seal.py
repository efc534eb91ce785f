"""Secrets at rest: sealed to their place, opened with the ring's keys only."""

import pytest

from builder import env, seal

PLACE = "1|connection|abc"
SECRETS = {"token": "pit-0123", "ä": "\u2028 ünïcode"}


@pytest.fixture
def keys(settings):
    def use(*found: str) -> None:
        settings.SEAL_KEYS = list(found)

    use(env.new_seal_key())
    return use


def test_what_was_sealed_opens_at_its_place(keys):
    assert seal.unseal(seal.seal(SECRETS, PLACE), PLACE) == SECRETS


def test_nothing_of_it_can_be_read(keys):
    sealed = seal.seal(SECRETS, PLACE)

    assert "pit-0123" not in sealed
    assert sealed != seal.seal(SECRETS, PLACE)


@pytest.mark.parametrize("place", ["2|connection|abc", "1|connection|abd", "1|hook|abc", ""])
def test_moved_elsewhere_it_does_not_open(keys, place):
    sealed = seal.seal(SECRETS, PLACE)

    with pytest.raises(seal.Unreadable):
        seal.unseal(sealed, place)


@pytest.mark.parametrize("broken", ["x", "a.b", "a.b.c", "a.b.c.d", "....", "ä.ö.ü"])
def test_what_is_no_sealed_text_is_unreadable(keys, broken):
    with pytest.raises(seal.Unreadable):
        seal.unseal(broken, PLACE)


def test_changed_by_one_character_it_does_not_open(keys):
    key_id, nonce, box = seal.seal(SECRETS, PLACE).split(".")

    for changed in (f"{key_id}.{nonce}.{'A' if box[0] != 'A' else 'B'}{box[1:]}", f"{key_id}.{nonce[::-1]}.{box}"):
        with pytest.raises(seal.Unreadable):
            seal.unseal(changed, PLACE)


def test_empty_is_empty(keys):
    assert seal.unseal("", PLACE) == {}
    assert seal.is_current("")


def test_new_key_seals_while_old_ones_still_open(keys):
    old, new = env.new_seal_key(), env.new_seal_key()
    keys(old)
    before = seal.seal(SECRETS, PLACE)

    keys(new, old)
    after = seal.seal(SECRETS, PLACE)

    assert seal.unseal(before, PLACE) == seal.unseal(after, PLACE) == SECRETS
    assert (seal.is_current(before), seal.is_current(after)) == (False, True)
    keys(new)
    with pytest.raises(seal.Unreadable):
        seal.unseal(before, PLACE)


def test_markers_outlive_a_new_key(keys):
    old, new = env.new_seal_key(), env.new_seal_key()
    keys(old)
    before = seal.install_key()

    keys(new, old)

    assert seal.install_key() == before


def test_key_hash_tells_keys_apart_and_gives_none_away():
    assert seal.key_hash("a key") != seal.key_hash("A key")
    assert "a key" not in seal.key_hash("a key")
    assert len(seal.key_hash("ä\x00" * 999)) == 64
