"""The track codeqa: an agent reads files of a package and a debugging session, then answers
questions about them."""

from memorygym.core.track import Instances, Lazy, Track
from memorygym.tracks._qa import defaults
from memorygym.tracks._qa.generated import generated
from memorygym.tracks._qa.questions import Reader
from memorygym.tracks.codeqa.generator.settings import CodeQASettings


def facts(_: str) -> Reader:
    """The fact reader; it does not depend on the system message."""
    from memorygym.tracks.codeqa.questions import CodeReader

    return CodeReader()


recipes = Lazy(f"{__name__}.generator.recipe:recipes")
verification = Lazy(f"{__name__}.verifier:verification")
TRACK = Track(
    **defaults.SHARED,
    **generated("codeqa", CodeQASettings, Instances(recipes=recipes, verification=verification)),
    version="codeqa-v3",
    facts=facts,
)
