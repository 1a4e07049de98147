"""Sessions to play in tests."""

from functools import cache

from memorygym.core.registry import names
from memorygym.core.track import find
from memorygym.core.types import Task
from memorygym.tracks.web.generator import WebRecipe

TRACK = find("web")
APPS = names("apps")


@cache
def session(app: str = "shop", seed: int = 0, tokens: int = 20_000, forms: int = 1) -> Task:
    """The task of a recipe."""
    return WebRecipe(app, seed, tokens=tokens, forms=forms).generate()
