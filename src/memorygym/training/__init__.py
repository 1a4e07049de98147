"""Training: the gym as an environment for reinforcement learning, with rewards and splits.

Names are imported when they are first asked for: `recipes`, `TaskStream`, `Curriculum` and the
rewards need nothing else; `MemoryEnv` needs the extra `train`.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from memorygym.training.env import MemoryEnv as MemoryEnv
    from memorygym.training.registration import register as register
    from memorygym.training.rewards import Reward as Reward
    from memorygym.training.rewards import ScoreReward as ScoreReward
    from memorygym.training.rewards import ShapedReward as ShapedReward
    from memorygym.training.tasks import Curriculum as Curriculum
    from memorygym.training.tasks import TaskStream as TaskStream
    from memorygym.training.tasks import recipes as recipes

_PLACES = {
    "env": ("MemoryEnv",),
    "registration": ("register",),
    "rewards": ("Reward", "ScoreReward", "ShapedReward"),
    "tasks": ("Curriculum", "TaskStream", "recipes"),
}
"""By module: the public names that it states."""
_PUBLIC = {name: module for module, names in _PLACES.items() for name in names}
__all__ = [*_PUBLIC]  # noqa: PLE0604  # The names are strings.


def __getattr__(name: str) -> object:
    from importlib import import_module

    if name not in _PUBLIC:
        raise AttributeError(f"module 'memorygym.training' has no attribute {name!r}")
    found: object = getattr(import_module(f"memorygym.training.{_PUBLIC[name]}"), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
