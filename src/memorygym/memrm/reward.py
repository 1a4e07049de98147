"""MemRM as a reward for training: does the memory still support what the task asks?"""

from copy import copy
from typing import TYPE_CHECKING

from memorygym.core.errors import BadSettings, missing
from memorygym.core.trace import Observation, Trace
from memorygym.core.track import reader_of
from memorygym.core.types import Message

if TYPE_CHECKING:
    from memorygym.memrm.model import RewardModel


class CompactionReward:
    """At the end, 1 minus the mean probability that a need of the task is lost, 0 before.

    The full context is what the environment showed, the compacted one what the memory holds at the
    end, and the needs are the task's questions, never their answers. So a memory can be rewarded
    whatever was answered, and without `reader`. Needs the extra `rm`; `model` defaults to the one
    that ships. Raises BadSettings for a task that asks nothing.
    """

    def __init__(self, model: "RewardModel | None" = None) -> None:
        try:
            from memorygym.memrm.model import load
        except ModuleNotFoundError as error:
            raise missing("the reward memrm", error.name, "rm") from error
        self._model = model or load()

    def step(self, trace: Trace, *, ended: bool) -> float:
        """The reward of the latest step."""
        if not ended:
            return 0.0
        if not (needs := [*dict.fromkeys(goal.text for goal in reader_of(trace).goals)]):
            raise BadSettings(f"the task {trace.task} asks nothing, so no need can be judged")
        shown = [r.messages for r in trace.records if isinstance(r, Observation)]
        full = [message for messages in shown for message in messages]
        held = [Message("user", text) for text in trace.final_memory.values()]
        lost = self._model.p_lost(full, held, needs)
        return 1 - sum(lost) / len(lost)

    def fork(self) -> "CompactionReward":
        """An independent copy; the model is shared."""
        return copy(self)
