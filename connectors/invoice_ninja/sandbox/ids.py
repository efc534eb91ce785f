"""Ids as Invoice Ninja prints them: hashids of the row's number, without a salt, ten characters at least.

After the algorithm published at hashids.org (read 2026-11-22); row 1 is `VolejRejNm` on a default install.
"""

from functools import lru_cache

ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ1234567890"
SEPARATORS = "cfhistuCFHISTU"
LENGTH = 10


def _shuffled(text: str, salt: str) -> str:
    letters = list(text)
    if salt:
        i, v, p = len(letters) - 1, 0, 0
        while i > 0:
            v %= len(salt)
            p += ord(salt[v])
            j = (ord(salt[v]) + v + p) % i
            letters[i], letters[j] = letters[j], letters[i]
            i, v = i - 1, v + 1
    return "".join(letters)


def _prepared() -> tuple[str, str, str]:
    """Alphabet, separators and guards."""
    separators = "".join(c for c in SEPARATORS if c in ALPHABET)
    alphabet = "".join(c for c in ALPHABET if c not in separators)
    want = -(-len(alphabet) * 2 // 7)
    if want > len(separators):
        extra = want - len(separators)
        separators, alphabet = separators + alphabet[:extra], alphabet[extra:]
    guards = -(-len(alphabet) // 12)
    return alphabet[guards:], separators, alphabet[:guards]


LETTERS, SEPS, GUARDS = _prepared()


def _digits(number: int, alphabet: str) -> str:
    text = ""
    while True:
        number, rest = divmod(number, len(alphabet))
        text = alphabet[rest] + text
        if not number:
            return text


@lru_cache(maxsize=50_000)
def encode(number: int) -> str:
    """The printed id of row `number`."""
    seed = number % 100
    lottery = LETTERS[seed % len(LETTERS)]
    alphabet = _shuffled(LETTERS, (lottery + LETTERS)[: len(LETTERS)])
    text = lottery + _digits(number, alphabet)
    if len(text) < LENGTH:
        text = GUARDS[(seed + ord(text[0])) % len(GUARDS)] + text
    if len(text) < LENGTH:
        text += GUARDS[(seed + ord(text[2])) % len(GUARDS)]
    half = len(alphabet) // 2
    while len(text) < LENGTH:
        alphabet = _shuffled(alphabet, alphabet)
        text = alphabet[half:] + text + alphabet[:half]
        extra = (len(text) - LENGTH) // 2
        if len(text) > LENGTH:
            text = text[extra : extra + LENGTH]
    return text
