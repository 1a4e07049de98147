"""web: an agent runs errands in a browser, by what it read on pages that are gone.

Three applications are written once, as trees of roles and names: rendered in process, or as HTML in
Chromium. In the place of WebArena-Infinity (CMU web-arena-x 2026) under a memory budget.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

from memorygym.core import registry
from memorygym.core.factories import set_parameters
from memorygym.core.json_types import from_json
from memorygym.core.statements import SubTaskGold
from memorygym.core.track import TaskOptions, TaskRecipe, Track, lazily
from memorygym.scoring.episode_scores import rewarded
from memorygym.tracks._qa.defaults import sub_task_oracle, verified
from memorygym.tracks._qa.self_test import self_test
from memorygym.tracks.web.agents import AGENTS, LEAST_OF_NOTES, note_taker, reasoner
from memorygym.tracks.web.env import WEB_TOOLS, WebEnv

_lazy = lazily(__name__)
facts = _lazy("fact_reader:reader_of")


def tasks(options: TaskOptions) -> Sequence[TaskRecipe]:
    """The recipes of the chosen applications. Raises UnknownPart or BadSettings."""
    from memorygym.tracks.web.apps import app_named
    from memorygym.tracks.web.generator import WebRecipe

    parameters = dict(options.parameters)
    chosen = parameters.pop("template", "") or ",".join(registry.names("apps"))
    settings: dict[str, Any] = set_parameters("web", WebRecipe, parameters)
    return [
        WebRecipe(app_named(name).name, seed, options.salt, **settings)
        for name in chosen.split(",")
        for seed in options.seeds
    ]


TRACK = Track(
    name="web",
    version="web-v1",
    tasks=tasks,
    env=WebEnv,
    outcomes=rewarded,
    gold=partial(from_json, SubTaskGold),
    facts=facts,
    reasoners={name: partial(reasoner, name) for name in ("strong", "weak")},
    note_taker=note_taker,
    oracle=partial(sub_task_oracle, facts),
    tools=WEB_TOOLS,
    reader=_lazy("fact_reader:WebTraceReader"),
    agents=AGENTS,
    self_test=self_test("web", LEAST_OF_NOTES),
    axes=("1 facts", "2 facts", "3 facts", "4+ facts"),
    verify=partial(verified, _lazy("verifier:verification"), together=_lazy("verifier:together")),
    parameters=lambda: {
        "template": "an application, or several with commas between (default: all)",
        "tokens": "length of all that the user and the notes say (20,000)",
    },
)
