"""A track in one file: a clerk who orders coats by what customers said many turns ago.

memorygym compare --track my_track:SHOP:turns=20 --memories bm25,recency,markdown --budget 120
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import Any

from memorygym.agents.calls import calls
from memorygym.core import Budget, Env, Message, Policy, Step, Task, Tool, content_id, tool
from memorygym.frozen import thaw
from memorygym.outcome import SubTask
from memorygym.registry import set_knobs
from memorygym.rng import rng
from memorygym.scoring import rewarded
from memorygym.statements import Goals, Known, Statement
from memorygym.track import Track

SYSTEM = "You are a clerk. Customers say what they want, and change their minds; at the end you"
SYSTEM += " order for them: the dearest coat of the size and colour that is within the budget."
WISHES = {"size": "S M L".split(), "colour": "blue green red".split(), "budget": "40 60 80".split()}
FACT = re.compile(r"Turn (\d+): (\w+)'s (size|colour|budget|friend) is (\w+)\.")
REQUEST = re.compile(r"Turn \d+: Order a coat for (\w+)('s friend)?\.")
FIND = tool("find", "Coats, the dearest first.", size="string", colour="string", budget="integer")
ORDER = tool("order", "Order a coat by its number; it ends the turn.", coat="string")
WAIT = tool("wait", "End the turn without an order.")


class Reader:  # What any text tells, be it a message, a note or a summary.
    def read(self, text: str) -> list[Statement]:  # Of two values the one of higher rank holds.
        return [Statement(who, key, value, (int(n),)) for n, who, key, value in FACT.findall(text)]

    def tell(self, fact: Statement) -> str:
        return f"Turn {fact.rank[0]}: {fact.subject}'s {fact.key} is {fact.value}."


def needs(texts: Sequence[str], *, first: bool = False) -> list[Statement]:
    """The facts that the last text rests on if it is a request: a friend, then the wishes."""
    known = Known((fact for text in texts for fact in Reader().read(text)), first=first)
    for name, friend in REQUEST.findall(texts[-1]):
        met = known.get(name, "friend") if friend else None
        whose = known.about(met.value if met else "" if friend else name)
        return [fact for fact in (met, *map(whose.get, WISHES)) if fact]
    return []


def find(stock: Sequence[Sequence[Any]], size: str, colour: str, budget: str | int) -> list[str]:
    return [coat for coat, *of, price in stock if of == [size, colour] and price <= int(budget)]


class ShopEnv(Env):  # Plays a task: a turn is an event, which evicts all that was shown before.
    tools = (FIND, ORDER, WAIT)

    def __init__(self, task: Task) -> None:
        self.task, self.state, self.turn = task, thaw(task.state), 0

    def reset(self) -> Step:
        return Step((Message("user", self.state["script"][0]),), evict=True)

    def step(self, reply: Message) -> Step:
        reward, coat = 0.0, None
        match [(call.name, call.arguments) for call in reply.calls]:
            case [("find", wishes)]:
                found = " ".join(find(self.state["stock"], **wishes))
                return Step((Message("user", found or "There is no such coat."),))
            case [("order", {"coat": coat})]:
                self.state["orders"].append([self.turn, coat])
                wanted = [fact.value for fact in needs(self.state["script"][: self.turn + 1])[-3:]]
                reward = float(bool(wanted) and coat == find(self.state["stock"], *wanted)[0])
        self.turn += 1
        shown = [Message("user", text) for text in self.state["script"][self.turn :][:1]]
        return Step(tuple(shown), reward=reward, done=not shown, evict=True, answer=coat)


class Clerk(Policy):  # Acts on the view alone; the weak one believes what it reads first.
    def __init__(self, task: Task, *, weak: bool = False) -> None:
        self.weak = weak

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        now = max(i for i, m in enumerate(view) if m.role == "user" and m.content[:5] == "Turn ")
        if any(call.name == "find" for message in view[now:] for call in message.calls):
            coats = re.findall(r"\bP\d+", " ".join(message.content for message in view[now:]))
            return calls(("order", {"coat": coats[0]}) if coats else ("wait", {}))
        texts = [message.content for message in (*view[1:], view[now])]
        wishes = [fact.value for fact in needs(texts, first=self.weak) if fact.key in WISHES]
        if len(wishes) < len(WISHES):
            return calls(("wait", {}))
        return calls(("find", {"size": wishes[0], "colour": wishes[1], "budget": int(wishes[2])}))


@dataclass(frozen=True)
class Recipe:  # A task that can be made; the fields with a default are the knobs.
    seed: int
    salt: str
    turns: int = 12
    template = "shop"

    def deal(self) -> Task:
        draw = rng("shop", self.seed, self.salt, self.turns)
        coats = zip(draw.sample(range(100, 1000), 27), product(*WISHES.values()), strict=True)
        stock = [[f"P{n}", size, colour, int(b) - draw.below(15)] for n, (size, colour, b) in coats]
        stock.sort(key=lambda coat: -coat[-1])
        people = draw.sample("Ada Ben Eva Ida Leo Max Nia Sam Tom Zoe".split(), 4)
        told = [(who, key, draw.choice(some)) for who in people for key, some in WISHES.items()]
        told += zip(people, ["friend", "friend"], people[2:], strict=False)
        draw.shuffle(told)
        told += [(who, "size", draw.choice(WISHES["size"])) for who in people[1:3]]  # They change.
        lines = [f"{who}'s {key} is {value}." for who, key, value in told]
        talk = "Do you know when the {} train to the coast leaves, and what it costs this summer?"
        lines += [talk.format(draw.choice("first next last".split())) for _ in range(self.turns)]
        lines += [f"Order a coat for {who}{of}." for of in ("", "'s friend") for who in people[:2]]
        script = [f"Turn {number}: {line}" for number, line in enumerate(lines, 1)]
        goals = []
        for turn in range(len(told) + self.turns, len(script)):
            facts = tuple(needs(script[: turn + 1]))
            best, kind = find(stock, *(f.value for f in facts[-3:]))[0], ("own", "friend")[len(facts) - 3]
            goals.append(SubTask(turn, kind, script[turn], best, facts))
        return Task(
            id=content_id("shop", state := {"stock": stock, "script": script, "orders": []}),
            track="shop", recipe={"template": "shop", "seed": self.seed, "turns": self.turns},
            system=SYSTEM, events=(), budget=Budget(), gold=Goals(tuple(goals)), state=state,
        )  # fmt: skip


SHOP = Track(
    name="shop",
    version="shop-v1",
    tasks=lambda asked: [
        Recipe(seed, asked.salt, **set_knobs("track shop", Recipe, asked.knobs))
        for seed in asked.seeds
    ],
    env=ShopEnv,
    outcomes=rewarded,
    gold=Goals.from_json,
    facts=lambda _: Reader(),
    reasoners={"strong": Clerk, "weak": partial(Clerk, weak=True)},
    oracle=lambda task: task.gold.texts(Reader().tell),
    tools=ShopEnv.tools,
    knobs=lambda: {"turns": "turns of small talk before the requests (12)"},
)
