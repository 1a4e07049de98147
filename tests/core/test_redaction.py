"""Secrets are masked wherever they are shown; what is no secret stays."""

import pytest

from memorygym.core.redaction import MASK, masked

SECRETS = [
    "sk-" + "a1B2" * 8,
    "ghp_" + "a1B2c3" * 6,
    "AKIA" + "ABCD1234" * 2,
    "Bearer " + "abc.DEF-123" * 2,
    "xoxb-" + "1234567890-abc",
    ".".join(["eyJhbGciOiJI", "eyJzdWIiOiIx", "c2lnbmF0dXJl"]),
    "-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----",
]


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_is_masked_within_any_text(secret: str) -> None:
    assert masked(f"use '{secret}' now") == f"use '{MASK}' now"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgres://ann:pw@db/x", f"postgres://{MASK}@db/x"),
        ('{"password": "hunter2", "user": "ann"}', f'{{"password": "{MASK}", "user": "ann"}}'),
        ("API_KEY=9f8a7c6b5d4e3f2a1b", f"API_KEY={MASK}"),
        ("deploy --password hunter2 --all", f"deploy --password {MASK} --all"),
        ("secret is 9f8a7c6b5d4e3f2a1b.", f"secret is {MASK}"),
    ],
)
def test_what_follows_a_key_like_name_is_masked(text: str, shown: str) -> None:
    assert masked(text) == shown


@pytest.mark.parametrize(
    "text",
    ["token: the next", "max_tokens=1000", "user mia_li_3668 pays 255", "https://x.org/a:b@c",
     "credit_card_4421486", "the secret is out", "tokens: 1234567890123"],
)  # fmt: skip
def test_other_texts_stay(text: str) -> None:
    assert masked(text) == text


def test_the_name_of_an_argument_can_make_a_value_a_secret() -> None:
    assert masked("hunter2", "users[0].password") == MASK
    assert masked("9f8a7c6b5d4e3f2a", "api_key") == MASK
    assert masked("page-2", "next_token") == "page-2"
