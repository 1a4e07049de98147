"""A spec names a model; for a misspelt one the error names the nearest."""

import sys
from typing import Any

import pytest

from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.models.specs import find, providers, split_spec

LOCAL = "http://127.0.0.1:9/v1"


def test_the_providers_are_the_files_that_make_models() -> None:
    assert tuple(providers()) == ("extractive", "hf", "openai")


@pytest.mark.parametrize(
    ("spec", "provider", "name"),
    [
        ("openai:gpt-x", "openai", "gpt-x"),
        ("openchat:7b", "openai", "openchat:7b"),
        ("wire:x", "openai", "wire:x"),
        ("hf:/models/tiny", "hf", "/models/tiny"),
        ("openai:extractive", "openai", "extractive"),
        ("org/model:free", "openai", "org/model:free"),
    ],
)
def test_a_spec_names_provider_and_model(spec: str, provider: str, name: str) -> None:
    assert split_spec(spec) == (provider, name)


@pytest.mark.parametrize(
    ("spec", "options", "message"),
    [
        ("opnai:gpt-x", {}, "no provider of models named 'opnai'; did you mean openai"),
        ("OpenAI:gpt-x", {}, "no provider of models named 'OpenAI'; .*openai"),
        *[(spec, {}, "has no name; give NAME") for spec in ("", " ", "openai:", "hf: ")],
        ("gpt-x", {"max_token": 3}, "'max_token'; did you mean max_tokens"),
        ("hf:tiny", {"max_token": 3}, "'max_token'; did you mean max_tokens"),
        ("hf:tiny", {"context": 0}, "context 0: give a whole number from 1"),
        ("hf:tiny", {"api_base": LOCAL}, "leave the endpoint"),
        ("hf:tiny", {}, r'pip install "agent-memorygym\[hf\]"'),
        ("extractive:x", {}, "extractive takes no name; leave 'x' out"),
        ("extractive", {"api_base": LOCAL}, "leave the endpoint"),
    ],
)
def test_a_model_that_cannot_be_found_is_refused_with_the_reason(
    spec: str, options: dict[str, Any], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises((BadSettings, UnknownPart), match=message):
        find(spec, **options)


def test_a_model_is_found_with_its_endpoint_and_options() -> None:
    pytest.importorskip("openai")
    described = find("qwen3:8b", LOCAL, temperature=0.5).describe()
    assert (described["name"], described["endpoint"]) == ("qwen3:8b", LOCAL)
    assert described["temperature"] == 0.5
