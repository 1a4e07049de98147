"""The sessions that are played: errands of an application, in an order drawn by the seed."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from memorygym.core.errors import BadSettings, UnknownPart, require_at_least
from memorygym.core.factories import set_parameters
from memorygym.core.rng import named_rng
from memorygym.core.track import TaskOptions
from memorygym.core.types import JSON, Budget, Task, content_id
from memorygym.tracks.web.webarena_infinity import checkout, texts
from memorygym.tracks.web.webarena_infinity.recordings import recorded_actions

NAME = "webarena_infinity"
CHAIN = 3
"""Errands in a session, unless they are named."""
TIMES = {"before": "all at the start, and asked for by number later", "now": "when it is to be run"}


@dataclass(frozen=True)
class WebArenaRecipe:
    """A session; what has a type and a default is a parameter of the track."""

    seed: int
    salt: str
    app: str = "gmail"
    tasks: str = "all"
    chain: int = 0
    told: str = "before"
    prefix: int = 0
    steps: int = 50
    recordings: str = ""
    screenshots: str = ""

    @property
    def template(self) -> str:
        return self.app

    def generate(self) -> Task:
        known, ids, before = checkout.errands(self.app), self._chosen(), self.told == "before"
        told = [texts.told(number, known[id].text) for number, id in enumerate(ids)]
        prefix = {id: self._prefix(id) for id in ids} if self.prefix else {}
        recipe: dict[str, JSON] = {**asdict(self), "template": self.app, "tasks": [*ids]}
        del recipe["salt"]
        state = {**recipe, "prefix": prefix}
        system = texts.system(self.app, self.steps, before=before)
        event, gold = len(ids) * before - 1, list[JSON]()
        for id, text in zip(ids, told, strict=True):
            steps = len(prefix.get(id, ()))
            event += steps + 1
            gold.append(
                {
                    "id": id,
                    "difficulty": known[id].difficulty,
                    "told": text,
                    "event": event,
                    "needed": before or steps > 0,
                }
            )
        budget = Budget(turns=max(Budget().turns, self.steps + 1))
        content = content_id(NAME, system, told, {**state, "screenshots": ""})
        return Task(content, NAME, recipe, system, (), budget, {"errands": gold}, state)

    def _chosen(self) -> list[str]:
        """The errands of this session. Raises UnknownPart or BadSettings."""
        known, recorded = checkout.errands(self.app), recorded_actions(self.app, self.recordings)
        named = [] if self.tasks in ("all", "recorded") else self.tasks.split(",")
        for id in named:
            if id not in known:
                raise UnknownPart(f"task of {self.app}", id, known)
        ids = named or [id for id in known if self.tasks == "all" or id in recorded]
        if not named:
            named_rng(NAME, self.app, self.salt).shuffle(ids)
        chain = self.chain or len(named) or CHAIN
        most = len(ids) // chain
        if self.seed >= most:
            seeds = f"give seeds below {most}, or a" if most else "give a"
            raise BadSettings(
                f"seed {self.seed}: {len(ids)} tasks of {self.app} make {most} sessions of {chain};"
                f" {seeds} smaller chain"
            )
        return ids[self.seed * chain :][:chain]

    def _prefix(self, id: str) -> list[Any]:
        recorded = recorded_actions(self.app, self.recordings)
        if id not in recorded:
            raise BadSettings(
                f"prefix {self.prefix}: {self.app} {id} has no recorded actions; give"
                " tasks=recorded, or a file of your own as recordings"
            )
        return [*recorded[id][: self.prefix]]


def recipes(options: TaskOptions) -> list[WebArenaRecipe]:
    """One session for each seed. Raises BadSettings or UnknownPart."""
    values: Mapping[str, Any] = set_parameters(NAME, WebArenaRecipe, options.parameters)
    made = [WebArenaRecipe(seed, options.salt, **values) for seed in options.seeds]
    for recipe in made[:1]:
        require_at_least(0, chain=recipe.chain, prefix=recipe.prefix)
        require_at_least(1, steps=recipe.steps)
        if recipe.told not in TIMES:
            raise UnknownPart("value of told", recipe.told, TIMES)
    return made


def parameters() -> dict[str, str]:
    """The parameters of the track, each with its meaning."""
    return {
        "app": f"one of {', '.join(checkout.apps())} (gmail)",
        "tasks": "all, recorded (those with recorded actions), or ids with commas between (all)",
        "chain": f"errands in one session ({CHAIN}, or all that are named)",
        "told": "; ".join(f"{name}: {about}" for name, about in TIMES.items()),
        "prefix": "recorded actions that are made before the agent goes on with an errand (0)",
        "steps": "calls after which an errand ends (50)",
        "recordings": "a file of recorded actions (default: those of this package)",
        "screenshots": "a folder for a picture of every page that is read (none)",
    }
