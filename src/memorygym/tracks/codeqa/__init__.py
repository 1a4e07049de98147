"""The track codeqa: an agent reads files of a package and a debugging session, then answers
questions about them."""

from memorygym.core.track import Instances, Track, lazily
from memorygym.tracks._qa import defaults
from memorygym.tracks._qa.generated import generated
from memorygym.tracks._qa.questions import Reader
from memorygym.tracks.codeqa.generator.settings import CodeQASettings


def facts(_: str) -> Reader:
    """The fact reader; it does not depend on the system message."""
    from memorygym.tracks.codeqa.questions import CodeReader

    return CodeReader()


_lazy = lazily(__name__)
recipes, verification = _lazy("generator.recipe:recipes"), _lazy("verifier:verification")
_instances = Instances(recipes=recipes, verification=verification)
TRACK = Track(
    **defaults.SHARED,
    **generated("codeqa", CodeQASettings, _instances, together=_lazy("verifier:together")),
    version="codeqa-v6",
    facts=facts,
)
