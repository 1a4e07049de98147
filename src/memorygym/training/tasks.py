"""The tasks to learn from: three splits that never meet, endless streams, and a curriculum."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import floor

from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.core.json_values import FrozenDict
from memorygym.core.rng import named_rng
from memorygym.core.track import TaskOptions, TaskRecipe
from memorygym.core.types import JSON
from memorygym.runs.tasks import generated

SPLITS = ("train", "validation", "test")
SEEDS = 100_000
"""Seeds of each template that a stream draws from, beginning with 0."""
BLOCK = 50
"""Neighbouring seeds that a stream draws together, as some tracks list all seeds up to the last."""


def recipes(track: str, split: str, seeds: range, /, **parameters: object) -> Sequence[TaskRecipe]:
    """The recipes of a split's tasks, for all templates that the track's parameters choose.

    The tasks of a split come from a salt of its own, so none is in another split or in the public
    set, which has no salt. Raises UnknownPart or BadSettings.

    >>> [task.seed for task in recipes("worlds", "train", range(2), template="city")]
    [0, 1]
    """
    if split not in SPLITS:
        raise UnknownPart("split", str(split), SPLITS)
    texts = {name: str(value) for name, value in parameters.items()}
    return generated(track, TaskOptions(seeds, f"memorygym training: {split}", texts)).recipes


@dataclass
class TaskStream(Iterator[TaskRecipe]):
    """An endless stream of a split's tasks: each is drawn over templates and seeds.

    Streams of one seed are equal; the position alone decides which task is next, so that a stream
    continues from a stored position. Raises UnknownPart or BadSettings.
    """

    track: str
    split: str = "train"
    seed: int = 0
    parameters: Mapping[str, object] = field(default_factory=FrozenDict)
    """The track's own: template, tier, number of entities, and so on."""
    position: int = 0
    """How many tasks were drawn."""

    _block: tuple[int, Sequence[TaskRecipe]] = field(default=(-1, ()), init=False, repr=False)
    """The number of the current block, and its tasks in the order of the stream."""

    def __post_init__(self) -> None:
        recipes(self.track, self.split, range(1), **self.parameters)

    def __next__(self) -> TaskRecipe:
        number, index = divmod(self.position, BLOCK)
        if number != self._block[0]:
            rng = named_rng("training", self.track, self.split, self.seed, number)
            first = rng.below(SEEDS // BLOCK) * BLOCK
            seeds = range(first, first + BLOCK)
            tasks = [*recipes(self.track, self.split, seeds, **self.parameters)]
            rng.shuffle(tasks)
            self._block = number, tasks
        self.position += 1
        return self._block[1][index]


@dataclass
class Curriculum:
    """Chooses the difficulty of each next episode, so that about `target` of them pass.

    The rule is the weighted up-down staircase (Kaernbach 1991; for a target of 0.5 the up-down
    method of Dixon and Mood 1948): the level rises by 2 * step * (1 - target) after an episode that
    passed, and falls by 2 * step * target after one that failed, so it rests where `target` pass. A
    level between two settings draws one of them. Raises BadSettings for a wrong field.
    """

    settings: Sequence[Mapping[str, str]]
    """Parameters of the track, from the easiest to the hardest."""
    bar: float = 0.5
    """The score from which an episode has passed."""
    target: float = 0.5
    step: float = 0.1
    seed: int = 0
    level: float = 0.0
    """The position in `settings`, from 0."""
    episodes: int = 0
    """How many episodes were reported."""

    def __post_init__(self) -> None:
        if not self.settings:
            raise BadSettings("a curriculum needs settings: give at least one, the easiest first")
        if not (0 < self.target < 1 and self.step > 0):
            raise BadSettings(
                f"target {self.target}, step {self.step}: give a target between 0 and 1, and a step"
                " above 0"
            )

    def parameters(self, number: int = 0) -> Mapping[str, str]:
        """The parameters of the next episode; `number` tells apart episodes that run together."""
        draw = named_rng("curriculum", self.seed, self.episodes, number).uniform()
        return self.settings[min(floor(self.level + draw), len(self.settings) - 1)]

    def report(self, score: float) -> None:
        """Takes the score of an episode."""
        change = 2 * self.step * ((score >= self.bar) - self.target)
        self.level = min(max(self.level + change, 0.0), len(self.settings) - 1.0)
        self.episodes += 1

    def state(self) -> dict[str, JSON]:
        """The state as JSON; Curriculum(settings, …, **state) continues from it."""
        return {"level": self.level, "episodes": self.episodes}
