import base64

import pytest
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from connectors import public_keys, signatures

BODY = b'{"type": "ContactCreate"}'
KEY, OTHER = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem(key) -> str:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def signed(body: bytes = BODY, key=KEY) -> str:
    return base64.b64encode(key.sign(body)).decode()


def test_right_signature_passes():
    assert public_keys.ed25519(pem(KEY), signed(), BODY) is True


def test_any_key_of_several_passes():
    keys = f"{pem(OTHER)}\n\n{pem(KEY)}"

    assert public_keys.ed25519(keys, signed(), BODY) is True


@pytest.mark.parametrize(
    "signature",
    ["", "N/A", "äöü", signed(key=OTHER), signed(BODY + b" "), signed()[:-4]],
    ids=["none", "not available", "no base64", "another key", "another body", "cut"],
)
def test_wrong_signature_is_refused(signature):
    assert public_keys.ed25519(pem(KEY), signature, BODY) is False


def test_altered_body_is_refused():
    assert public_keys.ed25519(pem(KEY), signed(), BODY.replace(b"Create", b"Delete")) is False


@pytest.mark.parametrize(
    "keys",
    ["", "no key", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", pem(RSA)],
    ids=["none", "no key", "broken", "rsa"],
)
def test_without_a_fitting_key_nothing_passes(keys):
    assert public_keys.ed25519(keys, signed(), BODY) is False


def test_rsa_signature():
    signature = base64.b64encode(RSA.sign(BODY, padding.PKCS1v15(), SHA256())).decode()

    assert public_keys.rsa_sha256(pem(RSA), signature, BODY) is True
    assert public_keys.rsa_sha256(pem(RSA), signature, BODY + b" ") is False
    assert public_keys.rsa_sha256(pem(KEY), signature, BODY) is False


def test_same_compares_whole_secrets():
    assert signatures.same("secret", "secret") is True
    assert signatures.same("secret", "secre") is False
    assert signatures.same("", "") is False
