"""The track research: an agent reads the results of scripted searches, then answers one multi-hop
question.

Everything is fictional and generated from a seed to any length; the final texts of every instance
are checked.
"""

from collections.abc import Sequence
from functools import partial

from memorygym.core.track import Instances, Track, lazily
from memorygym.core.types import Message, tool
from memorygym.tracks._qa import defaults
from memorygym.tracks._qa.generated import generated
from memorygym.tracks._qa.questions import Reader
from memorygym.tracks.research.generator.settings import ResearchSettings

SEARCH = tool(
    "search",
    "Find the documents that fit best, ten on a page with four sentences of each.",
    optional=["page"],
    query={"type": "string", "description": "Words to look for."},
    page={"type": "integer", "description": "Which page; 1 unless given."},
)
OPEN = tool(
    "open",
    "Read a document.",
    document={"type": "integer", "description": "Its number on a page."},
)


def asks(view: Sequence[Message]) -> bool:
    """Whether the current event needs a decision; in the agentic mode every event does."""
    from memorygym.tracks.research.generator.task_texts import SEARCHING

    return view[0].content == SEARCHING or defaults.asks(view)


def facts(system: str) -> Reader:  # noqa: ARG001  # All system messages say the same.
    """The fact reader, which parses rendered text alone."""
    from memorygym.tracks.research.fact_reader import ResearchReader

    return ResearchReader()


_lazy = lazily(__name__)
recipes, verification = _lazy("strata:recipes_of"), _lazy("verifier:verification")
reasoner = _lazy("reasoners:reasoner")
TRACK = Track(
    **defaults.SHARED
    | generated(
        "research",
        ResearchSettings,
        Instances(recipes=recipes, verification=verification),
    )
    | {
        "env": _lazy("search_env:env"),
        "verify": partial(
            defaults.verified,
            _lazy("verifier:measured"),
            together=_lazy("adversaries:together"),
        ),
        "reasoners": {name: partial(reasoner, name) for name in ("strong", "weak")},
        "asks": asks,
        "note_taker": _lazy("reasoners:note_taker"),
        "oracle": _lazy("search_env:oracle"),
        "reader": _lazy("search_env:reader"),
        "tools": (*defaults.SHARED["tools"], SEARCH, OPEN),
    },
    version="research-v5",
    facts=facts,
)
