"""web: an agent runs errands in a browser, by what it read on pages that are gone.

Three applications are written once, as trees of roles and names: rendered in process, or as HTML in
Chromium. In the place of WebArena-Infinity (CMU web-arena-x 2026) under a memory budget.
"""

from collections.abc import Sequence

from memorygym.core import registry
from memorygym.core.track import TaskOptions, TaskRecipe, Track, lazily
from memorygym.tracks._qa.defaults import session_recipes, sub_task_fields
from memorygym.tracks._qa.self_test import self_test
from memorygym.tracks.web.agents import AGENTS, LEAST_OF_NOTES, note_taker, reasoner
from memorygym.tracks.web.env import WEB_TOOLS, WebEnv

_lazy = lazily(__name__)


def tasks(options: TaskOptions) -> Sequence[TaskRecipe]:
    """The recipes of the chosen applications. Raises UnknownPart or BadSettings."""
    from memorygym.tracks.web.apps import app_named
    from memorygym.tracks.web.generator import WebRecipe

    parameters = dict(options.parameters)
    chosen = parameters.pop("template", "") or ",".join(registry.names("apps"))
    apps = [app_named(name).name for name in chosen.split(",")]
    return session_recipes("web", WebRecipe, apps, options, parameters)


TRACK = Track(
    name="web",
    version="web-v1",
    tasks=tasks,
    env=WebEnv,
    **sub_task_fields(__name__, reasoner),
    note_taker=note_taker,
    tools=WEB_TOOLS,
    opens=_lazy("own_browser:opened"),
    agents=AGENTS,
    self_test=self_test("web", LEAST_OF_NOTES),
    axes=("direct", "chained", "described"),
    parameters=lambda: {
        "template": "an application, or several with commas between (default: all)",
        "tokens": "length of all that the user and the notes say (20,000)",
        "forms": "forms that an errand asks for, 1 to 30 (1)",
        "browser": "process, or chromium: shows the same pages (process)",
        "screenshots": "a folder, which gets a picture of each page in chromium",
    },
)
