"""What a task's arguments deal: one recipe a sample, fit for a log, with no secret in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from memorygym import registry
from memorygym.core import JSON, Policy, Task
from memorygym.episode import Episode
from memorygym.errors import BadSettings, UnknownPart
from memorygym.runner import episode_for, labels_of, policy_for
from memorygym.runs.tasks import checked_salt, salt_hash
from memorygym.sandbox.choosing import check as check_memory
from memorygym.tracks.worlds.dealing.tiers import TIERS, Sizes
from memorygym.tracks.worlds.settings import Settings

TOOL_MODES = ("native", "text")
SIZES = tuple(Sizes.__slots__)
USUAL = ("template", "tier", "seed", "seeds", "memory")
MORE = (*SIZES, "salt_file", "tool_mode")
"""Arguments beside the usual ones."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """One sample: what is dealt, with which memory, and how tools are told."""

    track: str
    template: str
    seed: int
    tier: str
    memory: str
    sizes: Mapping[str, int] = field(default_factory=dict)
    """What is set beside the tier."""
    salt_file: str = ""
    """Where the secret of a sealed set is read: a log keeps arguments, so none of them holds it."""
    tool_mode: str = "native"
    """`text` tells the tools in the system message, for models without tool calling."""

    @property
    def name(self) -> str:
        """The sample's id: one world."""
        return f"{self.template}-{self.seed}"

    @property
    def salt(self) -> str:
        """The secret of a sealed set, "" for the public one."""
        return secret(self.salt_file) if self.salt_file else ""

    @property
    def settings(self) -> Settings:
        """As the runner has them."""
        sizes = Sizes(**self.sizes)
        return Settings(self.template, self.seed, self.tier, sizes, self.salt, self.memory)

    def deal(self) -> Task:
        """The task; a track that does not say how it is dealt is dealt as `worlds` is."""
        module, settings = registry.load_module("tracks", self.track), self.settings
        if not hasattr(module, "deal"):
            return settings.deal()
        task: Task = module.deal(self.template, self.seed, self.tier, settings.sizes, self.salt)
        return task

    def mind(self, agent: str, task: Task) -> Policy:
        """The registered agent of that name. Raises UnknownPart."""
        return policy_for(agent, task)

    def seat(self, task: Task, mind: Policy) -> tuple[Episode, Policy]:
        """The episode, and who plays it: the agent alone."""
        return episode_for(task, mind, self.settings.make_memory), mind

    def labels(self, agent: str, _: Task) -> dict[str, JSON]:
        """Who plays, as the runner says it."""
        return labels_of(self.settings, agent)

    def to_json(self) -> dict[str, Any]:
        """As a sample's metadata hold it."""
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> "Recipe":
        """Reads it back from a sample's metadata."""
        return cls(**{name: raw[name] for name in cls.__slots__})


def recipes(
    track: str, template: object, seeds: range, tier: str, memory: str, **more: Any
) -> list[Recipe]:
    """Every world that the arguments name. Raises UnknownPart or BadSettings."""
    for name in more:
        if name not in MORE:
            raise UnknownPart("argument", name, (*USUAL, *MORE))
    if tier not in TIERS:
        raise UnknownPart("tier", tier, TIERS)
    mode = str(more.get("tool_mode", TOOL_MODES[0]))
    if mode not in TOOL_MODES:
        raise UnknownPart("tool_mode", mode, TOOL_MODES)
    check_memory(memory)
    if salt_file := salt_file_of(more):
        secret(salt_file)
    sizes = {name: whole(name, more[name]) for name in SIZES if more.get(name) is not None}
    found = [
        Recipe(track, name, seed, tier, memory, sizes, salt_file, mode)
        for name in _chosen(track, template)
        for seed in seeds
    ]
    found[0].deal()
    return found


def chosen_seeds(seed: object, seeds: object) -> range:
    """That seed alone if one is given, else the first `seeds`. Raises BadSettings."""
    if seed is None:
        if (number := whole("seeds", seeds)) < 1:
            raise BadSettings(f"seeds {number}: give at least 1")
        return range(number)
    if (first := whole("seed", seed)) < 0:
        raise BadSettings(f"seed {first}: seeds are counted from 0")
    return range(first, first + 1)


def about(recipe: Recipe, contract: str) -> dict[str, JSON]:
    """What a log says of the whole task; a salt only as its hash."""
    return {
        "contract": contract, "track": recipe.track, "tier": recipe.tier, "memory": recipe.memory,
        "sizes": dict(recipe.sizes), "salt": salt_hash(recipe.salt),
    }  # fmt: skip


def templates(track: str) -> list[str]:
    """What a track can deal; a track that does not say deals the worlds."""
    module = registry.load_module("tracks", track)
    return list(module.templates()) if hasattr(module, "templates") else registry.names("worlds")


def _chosen(track: str, template: object) -> list[str]:
    known = templates(track)
    wanted = list(template) if isinstance(template, (list, tuple)) else [str(template)]
    if wanted == ["all"]:
        return known
    for name in wanted:
        if name not in known and ":" not in str(name):
            raise UnknownPart(track, str(name), known)
    return wanted


def whole(name: str, value: object) -> int:
    """A number that `-T` gave. Raises BadSettings."""
    if type(value) is not int:
        raise BadSettings(f"{name} {value!r}: give a whole number")
    return value


def salt_file_of(given: Mapping[str, Any]) -> str:
    """Where the arguments say the secret is, "" if they do not. Raises BadSettings for `-T
    salt_file=`, which Inspect reads as None."""
    if "salt_file" not in given:
        return ""
    path = given["salt_file"]
    return str(Path(checked_salt("" if path is None else str(path), "salt_file")).resolve())


def secret(path: str) -> str:
    """What a salt_file holds. Raises BadSettings."""
    try:
        found = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadSettings(f"salt_file {path}: cannot be read ({error})") from error
    if not found:
        raise BadSettings(f"salt_file {path}: holds no secret")
    return found
