"""Training: the gym as an environment for reinforcement learning, and data that really happened.

Names are imported when they are first asked for. What is not an environment or a learner needs
nothing else; those need the extra `gym`.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from memorygym.training.env import MemoryEnv as MemoryEnv
    from memorygym.training.learner import Learner as Learner
    from memorygym.training.registration import register as register
    from memorygym.training.rewards import RewardFunction as RewardFunction
    from memorygym.training.rewards import ScoreReward as ScoreReward
    from memorygym.training.rewards import ShapedReward as ShapedReward
    from memorygym.training.rollouts import importance_weights as importance_weights
    from memorygym.training.rollouts import read_rollouts as read_rollouts
    from memorygym.training.rollouts import rollout as rollout
    from memorygym.training.rollouts import select as select
    from memorygym.training.rollouts import write_rollouts as write_rollouts
    from memorygym.training.settings import Training as Training
    from memorygym.training.structured_env import MemoryVecEnv as MemoryVecEnv
    from memorygym.training.structured_env import StructuredEnv as StructuredEnv
    from memorygym.training.tasks import Curriculum as Curriculum
    from memorygym.training.tasks import TaskStream as TaskStream
    from memorygym.training.tasks import recipes as recipes

_PLACES = {
    "env": ("MemoryEnv",),
    "learner": ("Learner",),
    "registration": ("register",),
    "rewards": ("RewardFunction", "ScoreReward", "ShapedReward"),
    "rollouts": ("importance_weights", "read_rollouts", "rollout", "select", "write_rollouts"),
    "settings": ("Training",),
    "structured_env": ("MemoryVecEnv", "StructuredEnv"),
    "tasks": ("Curriculum", "TaskStream", "recipes"),
}
"""By module: the public names that it states."""
_PUBLIC = {name: module for module, names in _PLACES.items() for name in names}
_EXTRA = ("gymnasium", "numpy")
"""The packages of the extra `gym`."""
__all__ = [*_PUBLIC]  # noqa: PLE0604  # The names are strings.


def __getattr__(name: str) -> object:
    from importlib import import_module

    from memorygym.core.errors import missing

    if name not in _PUBLIC:
        raise AttributeError(f"module 'memorygym.training' has no attribute {name!r}")
    try:
        found: object = getattr(import_module(f"memorygym.training.{_PUBLIC[name]}"), name)
    except ModuleNotFoundError as error:
        if error.name not in _EXTRA:
            raise
        raise missing(name, error.name, "gym") from None
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
