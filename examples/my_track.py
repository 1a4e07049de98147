"""A track in one file: a clerk who orders coats by what customers said many turns ago."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product

from memorygym.agents.calls import calls
from memorygym.core.json_types import from_json
from memorygym.core.json_values import thaw
from memorygym.core.registry import set_parameters
from memorygym.core.rng import named_rng
from memorygym.core.statements import Sentence, Statement, StatementIndex, SubTask, SubTaskGold
from memorygym.core.track import Track
from memorygym.core.types import Budget, Env, Message, Policy, Step, Task, Tool, content_id, tool
from memorygym.scoring.episode_scores import rewarded

SYSTEM = "You are a clerk. Customers say what they want, and some change it; order the dearest."
WISHES = {"size": "S M L".split(), "colour": "blue green red".split(), "budget": "40 60 80".split()}
FACTS = Sentence("Turn {rank}: {subject}'s {key} is {value}.")  # The highest rank holds.
REQUEST = re.compile(r"Turn \d+: Order a coat for (\w+)('s friend)?\.")
FIND = tool("find", "Coats, the dearest first.", size="string", colour="string", budget="string")
ORDER = tool("order", "Order a coat by its number; it ends the turn.", coat="string")
WAIT = tool("wait", "End the turn without an order.")


def needs(texts: Sequence[str], *, first: bool = False) -> list[Statement]:
    """The facts that a request in the last text needs: a friend, then the wishes."""
    known = StatementIndex((fact for text in texts for fact in FACTS.read(text)), first=first)
    ((name, friend),) = REQUEST.findall(texts[-1]) or [("nobody", "")]
    via = known.get(name, "friend") if friend else None
    return [*filter(None, (via, *map(known.about(via.value if via else name).get, WISHES)))]


def find(stock: list[list[str]], size: str = "", colour: str = "", budget: str = "") -> list[str]:
    return [row[0] for row in stock if row[1:3] == [size, colour] and row[3] <= budget]


class ShopEnv(Env):  # Plays a task: a turn is an event, which evicts all that was shown before.
    tools = (FIND, ORDER, WAIT)

    def __init__(self, task: Task) -> None:
        self.task, self.state, self.turn = task, thaw(task.state), 0

    def reset(self) -> Step:
        return Step((Message("user", self.state["script"][0]),), evict=True)

    def step(self, reply: Message) -> Step:
        stock, script, reward, coat = self.state["stock"], self.state["script"], 0.0, None
        match [(call.name, call.arguments) for call in reply.calls]:
            case [("find", wishes)]:
                return Step((Message("user", " ".join(find(stock, **wishes)) or "No such coat."),))
            case [("order", {"coat": coat})]:
                self.state["orders"].append([self.turn, coat])
                values = (fact.value for fact in needs(script[: self.turn + 1])[-3:])
                reward = float([coat] == find(stock, *values)[:1])
        self.turn += 1
        messages = tuple(Message("user", text) for text in script[self.turn : self.turn + 1])
        return Step(messages, reward=reward, done=not messages, evict=True, answer=coat)


@dataclass(frozen=True)
class Clerk(Policy):  # Acts on the view alone; a weak one believes what it reads first.
    weak: bool = False

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        start = max(i for i, m in enumerate(view) if m.role == "user" and m.content[:5] == "Turn ")
        if any(call.name == "find" for message in view[start:] for call in message.calls):
            coats = re.findall(r"\bP\d+", " ".join(message.content for message in view[start:]))
            return calls(("order", {"coat": coats[0]}) if coats else ("wait", {}))
        facts = needs([message.content for message in (*view[1:], view[start])], first=self.weak)
        wishes = {fact.key: fact.value for fact in facts if fact.key in WISHES}
        return calls(("find", wishes) if len(wishes) == len(WISHES) else ("wait", {}))


@dataclass(frozen=True)
class Recipe:  # A task that can be made; what has a type and a default is a parameter.
    seed: int
    salt: str
    turns: int = 12
    template = "shop"

    def generate(self) -> Task:
        draw = named_rng("shop", self.seed, self.salt, self.turns)
        coats = [f"P{number}" for number in draw.sample(range(100, 1000), 27)]
        stock = [[coats.pop(), *kind] for kind in product(*WISHES.values())][::-1]
        people = draw.sample("Ada Ben Eva Ida Leo Max Nia Sam Tom Zoe".split(), 4)
        said = [(name, key, draw.choice(WISHES[key])) for name in people for key in WISHES]
        said += [(people[0], "friend", people[2]), (people[1], "friend", people[3])]
        draw.shuffle(said)
        said += [(name, "size", draw.choice(WISHES["size"])) for name in people[1:3]]  # Changes.
        lines = [f"{name}'s {key} is {value}." for name, key, value in said]
        lines += ["Nobody knows when the train to the sea leaves, or what it costs."] * self.turns
        lines += [f"Order a coat for {name}{s}." for s in ("", "'s friend") for name in people[:2]]
        script = [f"Turn {number}: {line}" for number, line in enumerate(lines, 1)]
        state = {"stock": stock, "script": script, "orders": []}
        goals = ()
        for turn, text in enumerate(script):
            if facts := needs(script[: turn + 1]):
                kind = "own" if len(facts) == len(WISHES) else "friend"
                truth = find(stock, *(fact.value for fact in facts[-3:]))[0]
                goals += (SubTask(turn, kind, text, truth, tuple(facts)),)
        recipe = {"template": self.template, "seed": self.seed, "turns": self.turns}
        id = content_id("shop", SYSTEM, state)
        return Task(id, "shop", recipe, SYSTEM, (), Budget(), SubTaskGold(goals), state)


SHOP = Track(
    name="shop",
    version="shop-v1",
    tasks=lambda options: [
        Recipe(seed, options.salt, **set_parameters("shop", Recipe, options.parameters))
        for seed in options.seeds
    ],
    env=ShopEnv,
    outcomes=rewarded,
    gold=partial(from_json, SubTaskGold),
    facts=lambda _: FACTS,
    reasoners={"strong": lambda _: Clerk(), "weak": lambda _: Clerk(weak=True)},
    oracle=lambda task: task.gold.texts(FACTS.render),
    tools=ShopEnv.tools,
    parameters=lambda: {"turns": "turns of small talk before the requests (12)"},
)
