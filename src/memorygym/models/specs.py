"""Names a model by a spec: NAME at an OpenAI-compatible endpoint, or PROVIDER:NAME.

A provider is a file of this folder with a `make`, its `Options`, and in `SHAPING` those on which
replies depend; one with `NAMELESS` has a single model and is itself the spec. A colon after
anything else belongs to the name, as in qwen3:8b.
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
from memorygym.models.recorded import Cached
from memorygym.models.reply_log import ReplyLog

DEFAULT = "openai"
_SLIP = 0.85
"""So near to a provider's name that it is taken for a slip; `openchat:7b` is not."""


def find(
    spec: str, api_base: str | None = None, reply_log: ReplyLog | None = None, **options: object
) -> Model:
    """The model of that spec; with a tape, its replies are recorded or replayed.

    To replay needs neither a key nor the provider's package. Raises UnknownPart or BadSettings, and
    BadKey for an endpoint without its key.
    """
    provider, name = split(spec)
    module = providers()[provider]
    asked = described(provider, name, options_of(module.Options, options), module.SHAPING)
    if reply_log is not None and not reply_log.records:
        return Cached(reply_log, asked)
    model: Model = module.make(name, api_base, **options)
    return model if reply_log is None else Cached(reply_log, asked, model)


def split(spec: str) -> tuple[str, str]:
    """The provider and the name.

    >>> split("gpt-x"), split("qwen3:8b"), split("openai:qwen3:8b")
    (('openai', 'gpt-x'), ('openai', 'qwen3:8b'), ('openai', 'qwen3:8b'))
    >>> split("extractive")
    ('extractive', '')
    """
    head, colon, name = spec.partition(":")
    if not colon and getattr(providers().get(head), "NAMELESS", False):
        return head, ""
    if not (colon and head in providers()):
        if colon and get_close_matches(head.casefold(), providers(), 1, _SLIP):
            raise UnknownPart("provider of models", head, providers())
        head, name = DEFAULT, spec
    if not name.strip():
        raise BadSettings(f"model {spec!r} has no name; give NAME or PROVIDER:NAME")
    return head, name


@cache
def providers() -> Mapping[str, Any]:
    """The files of this folder that make models, by name."""
    names = sorted(item.name for item in iter_modules(models.__path__))
    modules = {name: import_module(f"memorygym.models.{name}") for name in names}
    return {name: module for name, module in modules.items() if hasattr(module, "make")}
