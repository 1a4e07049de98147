"""The endpoint and the key that arguments and environment select."""

import pytest

from memorygym.core.errors import BadKey, BadSettings
from memorygym.models.openai import CHUTES, OPENAI, Endpoint, resolve

OURS, THEIRS = "http://ours.example/v1", "http://theirs.example/v1"


@pytest.mark.parametrize(
    ("api_base", "environ", "url", "key"),
    [
        (None, {"OPENAI_API_KEY": "a"}, OPENAI, "a"),
        (None, {"OPENAI_API_KEY": "a", "OPENAI_BASE_URL": OURS}, OURS, "a"),
        (THEIRS, {"OPENAI_API_KEY": "a", "OPENAI_BASE_URL": OURS}, THEIRS, "a"),
        (None, {"CHUTES_API_KEY": "c"}, CHUTES, "c"),
        (None, {"CHUTES_API_KEY": "c", "OPENAI_BASE_URL": OURS}, OURS, "c"),
        (None, {"CHUTES_API_KEY": "c", "OPENAI_API_KEY": "a"}, OPENAI, "a"),
        (None, {"CHUTES_API_KEY": "c", "OPENAI_API_KEY": "", "OPENAI_BASE_URL": ""}, CHUTES, "c"),
        ("http://localhost:8000/v1/", {}, "http://localhost:8000/v1", "none"),
        ("http://127.0.0.1:8000/v1", {}, "http://127.0.0.1:8000/v1", "none"),
        ("http://[::1]:8000/v1", {"OPENAI_API_KEY": "a"}, "http://[::1]:8000/v1", "a"),
        (None, {"OPENAI_BASE_URL": "http://vllm:8000/v1"}, "http://vllm:8000/v1", "none"),
        ("http://192.168.1.5/v1", {}, "http://192.168.1.5/v1", "none"),
    ],
)
def test_the_endpoint_is_found(
    api_base: str | None, environ: dict[str, str], url: str, key: str
) -> None:
    assert resolve(api_base, environ) == Endpoint(url, key)


@pytest.mark.parametrize("api_base", [None, OURS, "https://8.8.8.8/v1"])
def test_a_missing_key_is_one_line_of_error(api_base: str | None) -> None:
    with pytest.raises(BadKey, match=r"^no key for http.*: set OPENAI_API_KEY") as caught:
        resolve(api_base, {})
    assert "\n" not in str(caught.value)


def test_a_key_that_no_header_can_carry_is_refused() -> None:
    with pytest.raises(BadKey, match="header"):
        resolve(None, {"OPENAI_API_KEY": "a\u2026"})


@pytest.mark.parametrize("api_base", ["localhost:8000", "ftp://x/v1", "http://[1", "http://h:x/"])
def test_an_invalid_url_is_bad_settings(api_base: str) -> None:
    with pytest.raises(BadSettings, match="is no URL"):
        resolve(api_base, {"OPENAI_API_KEY": "a"})
