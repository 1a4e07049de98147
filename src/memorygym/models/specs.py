"""Finds a model by its spec: NAME at an OpenAI-compatible endpoint, or PROVIDER:NAME.

A provider is a file of this folder with `make` and `Options`. A provider with `NAMELESS` has a
single model, and its name is the whole spec. A colon after anything but a provider belongs to the
name, as in qwen3:8b.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from memorygym import models
from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.models.model import Model, described, options_of
from memorygym.models.reply_log import Cached, ReplyLog

DEFAULT = "openai"
_SIMILARITY = 0.85
"""From this similarity on, a word is taken for a misspelt provider; `openchat:7b` is below."""


def find(
    spec: str, api_base: str | None = None, reply_log: ReplyLog | None = None, **options: object
) -> Model:
    """The model of a spec; with a reply log, its replies are recorded or replayed.

    Replaying needs neither a key nor the provider's package. Raises UnknownPart, BadSettings, or
    BadKey if an endpoint needs a key.
    """
    provider, name = split_spec(spec)
    module = providers()[provider]
    description = described(provider, name, options_of(module.Options, options))
    if reply_log is not None and not reply_log.records:
        return Cached(reply_log, description)
    model: Model = module.make(name, api_base, **options)
    return model if reply_log is None else Cached(reply_log, description, model)


def split_spec(spec: str) -> tuple[str, str]:
    """The provider and the name of a spec. Raises UnknownPart or BadSettings.

    >>> split_spec("gpt-x"), split_spec("qwen3:8b"), split_spec("openai:qwen3:8b")
    (('openai', 'gpt-x'), ('openai', 'qwen3:8b'), ('openai', 'qwen3:8b'))
    >>> split_spec("extractive")
    ('extractive', '')
    """
    head, colon, name = spec.partition(":")
    if not colon and getattr(providers().get(head), "NAMELESS", False):
        return head, ""
    if not (colon and head in providers()):
        if colon and get_close_matches(head.casefold(), providers(), 1, _SIMILARITY):
            raise UnknownPart("provider of models", head, providers())
        head, name = DEFAULT, spec
    if not name.strip():
        raise BadSettings(f"model {spec!r} has no name; give NAME or PROVIDER:NAME")
    return head, name


@cache
def providers() -> Mapping[str, Any]:
    """The modules of this folder that make models, by name."""
    names = sorted(item.name for item in iter_modules(models.__path__))
    modules = {name: import_module(f"memorygym.models.{name}") for name in names}
    return {name: module for name, module in modules.items() if hasattr(module, "make")}
