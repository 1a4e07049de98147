"""Names a model by a spec: NAME at an OpenAI-compatible endpoint, or PROVIDER:NAME.

A provider is a file of this folder with a `make` and a `plan`; one with `NAMELESS` has a single
model and is itself the spec. A colon after anything else belongs to the name, as in qwen3:8b.
"""

from difflib import get_close_matches
from functools import cache
from importlib import import_module
from importlib.resources import files
from typing import Any

from memorygym.errors import BadSettings, UnknownPart
from memorygym.models.model import Model
from memorygym.models.notice import Notice
from memorygym.models.replay import Cached
from memorygym.models.tape import Tape

DEFAULT = "openai"
_SLIP = 0.85
"""So near to a provider's name that it is taken for a slip; `openchat:7b` is not."""


def find(
    spec: str,
    api_base: str | None = None,
    tape: Tape | None = None,
    say: Notice | None = None,
    **options: object,
) -> Model:
    """The model of that spec; with a tape, its replies are recorded or replayed.

    `say` is told why it waits. To replay needs neither a key nor the provider's package. Raises
    UnknownPart or BadSettings, and BadKey for an endpoint without its key.
    """
    provider, name = split(spec)
    module: Any = import_module(f"memorygym.models.{provider}")
    asked = module.plan(name, **options)
    if tape is not None and not tape.records:
        return Cached(tape, asked)
    model: Model = module.make(name, api_base, say, **options)
    return model if tape is None else Cached(tape, asked, model)


def split(spec: str) -> tuple[str, str]:
    """The provider and the name.

    >>> split("gpt-x"), split("qwen3:8b"), split("openai:qwen3:8b")
    (('openai', 'gpt-x'), ('openai', 'qwen3:8b'), ('openai', 'qwen3:8b'))
    >>> split("extractive")
    ('extractive', '')
    """
    head, colon, rest = spec.partition(":")
    if not colon and _nameless(head):
        return head, ""
    if colon and head in providers():
        name = rest
    else:
        if colon and get_close_matches(head.casefold(), providers(), 1, _SLIP):
            raise UnknownPart("provider of models", head, providers())
        head, name = DEFAULT, spec
    if not name.strip():
        raise BadSettings(f"model {spec!r} has no name; give NAME or PROVIDER:NAME")
    return head, name


@cache
def providers() -> tuple[str, ...]:
    """The files of this folder that make models by name."""
    names = (item.name.removesuffix(".py") for item in files("memorygym.models").iterdir())
    modules = sorted(name for name in names if name.isidentifier() and name != "__pycache__")
    return tuple(name for name in modules if _makes(name))


def _makes(name: str) -> bool:
    module = import_module(f"memorygym.models.{name}")
    return hasattr(module, "make") and hasattr(module, "plan")


def _nameless(head: str) -> bool:
    module = import_module(f"memorygym.models.{head}") if head in providers() else None
    return getattr(module, "NAMELESS", False)
