"""The sessions that are played: errands of an application, in an order drawn by the seed."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from memorygym.core.errors import BadSettings, UnknownPart, require_at_least
from memorygym.core.factories import set_parameters
from memorygym.core.rng import named_rng
from memorygym.core.track import TaskOptions
from memorygym.core.types import JSON, Budget, Task, content_id
from memorygym.tracks.web.webarena_infinity import checkout, texts
from memorygym.tracks.web.webarena_infinity.recordings import Actions, recorded_actions

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

    @property
    def named(self) -> list[str]:
        """The ids that `tasks` names."""
        return [] if self.tasks in ("all", "recorded") else self.tasks.split(",")

    @property
    def recorded(self) -> Mapping[str, Actions]:
        return recorded_actions(self.app, self.recordings)

    def generate(self) -> Task:
        known = checkout.errands(checkout.root(), self.app)
        ids = self.named or [id for id in known if self.tasks == "all" or id in self.recorded]
        for id in self.named:
            if id not in known:
                raise UnknownPart(f"task of {self.app}", id, known)
        if not self.named:
            named_rng(NAME, self.app, self.salt).shuffle(ids)
        chain = self.chain or len(self.named) or CHAIN
        most = len(ids) // chain
        if self.seed >= most:
            seeds = f"give seeds below {most}, or a" if most else "give a"
            raise BadSettings(
                f"seed {self.seed}: the {len(ids)} tasks of {self.app} make {most} sessions of"
                f" {chain}; {seeds} smaller chain"
            )
        return self.of(ids[self.seed * chain :][:chain])

    def of(self, ids: Sequence[str]) -> Task:
        """The session of these errands."""
        known = checkout.errands(checkout.root(), self.app)
        prefix = {id: self._prefix_of(id) for id in ids} if self.prefix else {}
        recipe: dict[str, JSON] = {**asdict(self), "template": self.app, "tasks": list(ids)}
        del recipe["salt"]
        state: dict[str, JSON] = {**recipe, "prefix": prefix}
        system = texts.system(self.app, self.steps, before=self.told == "before")
        told = [texts.told(number, known[id].text) for number, id in enumerate(ids)]
        id = content_id(NAME, system, told, {**state, "screenshots": ""})
        event = len(ids) * (self.told == "before") - 1
        gold = []
        for number, name in enumerate(ids):
            steps = len(prefix.get(name, ()))
            event += steps + 1
            gold.append(
                {
                    "id": name,
                    "difficulty": known[name].difficulty,
                    "told": told[number],
                    "event": event,
                    "needed": self.told == "before" or steps > 0,
                }
            )
        budget = Budget(turns=max(Budget().turns, self.steps + 1))
        return Task(id, NAME, recipe, system, (), budget, {"errands": gold}, state)

    def _prefix_of(self, id: str) -> list[Any]:
        if id not in self.recorded:
            raise BadSettings(
                f"prefix {self.prefix}: {self.app} {id} has no recorded actions; give"
                " tasks=recorded, or a file of your own as recordings"
            )
        return [list(action) for action in self.recorded[id][: self.prefix]]


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
