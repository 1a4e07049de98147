"""A track of another package, whose agents act: a door opens by a code from an earlier message."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from memorygym.agents.calls import END, calls
from memorygym.core.outcome import Outcome
from memorygym.core.statements import Statement, SubTask
from memorygym.core.trace import Reward, Trace
from memorygym.core.track import Track
from memorygym.core.types import Budget, Env, Event, Message, Policy, Step, Task, Tool

OPEN = Tool(
    "open",
    "Open the door.",
    {"type": "object", "properties": {"code": {"type": "string"}}, "required": ["code"]},
)
CODES = re.compile(r"The code of the (\w+) is (\d+)\.")
NEED = Statement("door", "code", "4711")
GOAL = SubTask(1, "door", "Open the door.", NEED.value, (NEED,))


class DoorEnv(Env):
    tools = (OPEN,)

    def __init__(self, task: Task) -> None:
        self.task, self.index = task, 0

    def reset(self) -> Step:
        self.index = 0
        return Step((Message("user", self.task.events[0].text),), evict=True)

    def step(self, reply: Message) -> Step:
        code = self.task.recipe["code"]
        right = [call.arguments for call in reply.calls] == [{"code": code}]
        reward, self.index = float(right), self.index + 1
        if self.index == len(self.task.events):
            return Step(reward=reward, done=True, evict=True)
        shown = Message("user", self.task.events[self.index].text)
        return Step((shown,), reward=reward, evict=True)


class Facts:
    def read(self, text: str) -> list[Statement]:
        return [Statement(subject, "code", code) for subject, code in CODES.findall(text)]

    def render(self, fact: Statement) -> str:
        return f"The code of the {fact.subject} is {fact.value}."


class Porter(Policy):
    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        codes = CODES.findall("\n".join(message.content for message in view))
        asked = any(message.content.endswith("Open the door.") for message in view)
        return calls(("open", {"code": codes[-1][1]})) if asked and codes else END


def outcomes(trace: Trace) -> list[Outcome]:
    earned = sum(record.reward for record in trace.records if isinstance(record, Reward))
    return [Outcome(GOAL, earned, "it opened" if earned else "it stayed shut")]


@dataclass(frozen=True)
class Recipe:
    seed: int
    template = "door"

    def generate(self) -> Task:
        texts = ("The code of the door is 4711.", "Open the door.")
        events = tuple(Event("turn", text) for text in texts)
        recipe = {"template": "door", "seed": self.seed, "code": NEED.value}
        task = Task("", "later", recipe, "Mind the door.", events, Budget(capacity=100), {})
        return replace(task, id=f"later-{self.seed}")


TRACK = Track(
    name="later",
    version="later-v1",
    tasks=lambda options: [Recipe(seed) for seed in options.seeds],
    env=DoorEnv,
    outcomes=outcomes,
    facts=lambda _: Facts(),
    reasoners={"strong": lambda _: Porter()},
    oracle=lambda _: {1: Facts().render(NEED)},
    tools=(OPEN,),
)
