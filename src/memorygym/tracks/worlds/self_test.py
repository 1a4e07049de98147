"""The self-test of worlds: what must hold of all agents on all worlds."""

import re
from collections.abc import Iterable, Sequence
from math import log2
from string import ascii_letters, ascii_lowercase, digits, punctuation

from memorygym.core.rng import named_rng
from memorygym.core.tokens import count, normalize, words
from memorygym.core.trace import Action, Context, MemoryUpdate, Observation, ToolResult, Trace
from memorygym.core.track import Invariant, PlayAgain, PlayedEpisode, TaskRecipe
from memorygym.core.types import Call, Message, Policy, Task, Tool
from memorygym.scoring.episode_scores import score
from memorygym.stats import estimate
from memorygym.tracks.worlds import agents
from memorygym.tracks.worlds.agents.radix import held_records
from memorygym.tracks.worlds.agents.recoder import BOOKS
from memorygym.tracks.worlds.axes import admitted, gold_of

ENOUGH_SEEDS, ENOUGH_WORLDS = 10, 100
"""With fewer, a margin fails only if its whole 95 % interval lies beyond the bound."""
SMALL = 1e-9
_HEADING = re.compile(r"^=== [A-Z]+ · event (\d+) of (\d+) ", re.M)


def inspect(agent: str, trace: Trace) -> dict[str, float]:
    """What the invariants need of a trace, counted anew and not taken from the referee."""
    measures = {"admitted": admitted(trace), **_events(trace)}
    if trace.budget.capacity is not None:
        measures |= _usage(trace)
    if book := BOOKS.get(agent):
        measures["recoded"] = held_records(trace, book)
    return measures


def _usage(trace: Trace) -> dict[str, float]:
    """The shares of the limits that were used, and how far the referee's own count is off."""
    capacity, slot, writes = trace.budget.capacity, trace.budget.slot, trace.budget.writes
    assert capacity and slot and writes
    known = set(words(trace.system))
    prices: dict[str, int] = {}
    held: dict[str, int] = {}
    said: tuple[Call, ...] = ()
    off, fullest, largest, paid, free = 0, 0, 0, 0, 0
    for record in trace.records:
        match record:
            case Observation(messages=messages):
                free = any("first successful Edit" in message.content for message in messages)
                for message in messages:
                    known |= words(message.content)
            case MemoryUpdate(entries=entries, dropped=dropped, tokens=tokens):
                for id in dropped:
                    held.pop(id, None)
                for entry in entries:
                    size = prices.get(entry.text) or count(entry.text, known)
                    held[entry.id] = prices[entry.text] = size
                    largest = max(largest, size)
                total = sum(held.values())
                fullest, off = max(fullest, total), max(off, abs(total - tokens))
            case Action(message=message):
                said = message.calls
            case ToolResult(messages=messages):
                ran = [c.name for c, m in zip(said, messages, strict=False) if _ran(m.content)]
                stored, edited = ran.count("Write"), ran.count("Edit")
                paid += stored + max(0, edited - free)
                free = max(0, free - edited)
    used = {"capacity": fullest / capacity, "slot": largest / slot, "writes": paid / writes}
    return {**used, "miscounted": off}


def _ran(result: str) -> bool:
    """Whether a tool did what it was called for."""
    return not result.startswith(("refused", "not run", "no tool", "Write:", "Edit:"))


def _events(trace: Trace) -> dict[str, float]:
    """Whether every event and question was shown once and in order, without what came before."""
    shown = [r for r in trace.records if isinstance(r, Observation) and r.evict]
    texts = [message.content for record in shown for message in record.messages]
    heads = [(int(n), int(of)) for text in texts for n, of in _HEADING.findall(text)]
    missed = [n for n, _ in heads] != list(range(1, (heads[-1][1] if heads else 0) + 1))
    questions = len(gold_of(trace).questions)
    return {
        "world": float(int(trace.task[:12], 16)),
        "questions": questions,
        "unasked": missed + abs(sum("=== QUESTION" in text for text in texts) - questions),
        "undropped": sum(not r.evict for r in trace.records if isinstance(r, Observation)),
    }


class ViewRecorder(Policy):
    """Plays as another policy does, and keeps the views."""

    def __init__(self, policy: Policy) -> None:
        self.views: list[list[Message]] = []
        self._policy = policy

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        self.views.append(list(view))
        return self._policy.act(view, tools)

    def surprises(self, trace: Trace) -> int:
        """Views that are not what the record says was to be seen since the last eviction."""
        pinned = Message("system", trace.system)
        composed: tuple[Message, ...] = ()
        live: list[Message] = []
        expected: list[list[Message]] = []
        for record in trace.records:
            match record:
                case Context(messages=messages, kept=kept):
                    composed = (*composed[:kept], *messages)
                case Observation(messages=messages, evict=evict):
                    live = [*messages] if evict else [*live, *messages]
                case ToolResult(messages=messages):
                    live = [*live, *messages]
                case Action(message=message):
                    expected.append([pinned, *composed, *live])
                    live = [*live, message]
        return sum(seen != said for seen, said in zip(self.views, expected, strict=True))


class InvalidActor(Policy):
    """Makes mistakes that must be refused, writes until nothing fits, and answers nothing."""

    def __init__(self, slot: int, writes: int) -> None:
        page = "7 " * (slot - 1)
        first = [Call("Write", {"content": text}) for text in ("qvtwin", "qvtwin", "qvlone")]
        edits = [("qvtwin", "one"), ("qvabsent", "one"), ("qvlone", f"{page} 7 7")]
        wrong = [Call("Edit", {"old_text": a, "new_text": b}, "wrong") for a, b in edits]
        wrong += [Call("Write", {"content": text}, "wrong") for text in (f"{page} 7 7", " ")]
        more = [Call("Write", {"content": f"{a}{n}"}) for a in (page, "") for n in range(writes)]
        self._reply = Message("assistant", "", (*first, *wrong, *more))

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        return self._reply if "· event 1 of" in view[-1].content else Message("assistant", "")


def _density() -> float:
    """The most bits that a token of random letters, digits or marks holds."""
    found = []
    for alphabet in (ascii_lowercase, ascii_letters, digits, punctuation, "äßñøçé"):
        stream = named_rng("density", alphabet)
        text = normalize("".join(stream.choice(alphabet) for _ in range(120)))
        found.append(120 * log2(len(alphabet)) / max(1, count(text, ())))
    return max(found)


class Check:
    """Evaluates invariants over all results."""

    def __init__(self, results: Iterable[PlayedEpisode], seeds: int) -> None:
        self.results = list(results)
        self.by_agent: dict[str, list[PlayedEpisode]] = {}
        for result in self.results:
            self.by_agent.setdefault(result.agent, []).append(result)
        worlds = {(result.template, result.seed) for result in self.results}
        self.strict = seeds >= ENOUGH_SEEDS and len(worlds) >= ENOUGH_WORLDS
        self.rows: list[Invariant] = []

    def exact(self, name: str, values: Iterable[float], bound: float) -> None:
        """Every value must equal the bound; the one farthest from it is shown."""
        value = max(values, key=lambda value: abs(value - bound), default=None)
        if value is not None:
            gap = abs(value - bound)
            self.rows.append(Invariant(name, value, bound, -gap, gap <= SMALL))

    def never_above(self, name: str, values: Iterable[float], bound: float) -> None:
        """No value may lie above the bound."""
        value = max(values, default=None)
        if value is not None:
            self.rows.append(Invariant(name, value, bound, bound - value, value <= bound + SMALL))

    def at_most(self, name: str, values: Sequence[float], bound: float, side: int = 1) -> None:
        """The mean over worlds may not lie above the bound; with side -1, not below it."""
        if values:
            found = estimate([side * value for value in values])
            beyond = found.mean if self.strict else found.low
            margin, holds = side * bound - found.mean, beyond <= side * bound + SMALL
            self.rows.append(Invariant(name, side * found.mean, bound, margin, holds))

    def at_least(self, name: str, values: Sequence[float], bound: float) -> None:
        """The mean over worlds may not lie below the bound."""
        self.at_most(name, values, bound, -1)

    def composites(self, agent: str, over: str = "") -> list[float]:
        """In points, one a world, minus those of `over` if given; [] if either did not play."""
        values = [100 * result.score.composite for result in self.by_agent.get(agent, ())]
        if not over:
            return values
        others = self.composites(over)
        return [v - o for v, o in zip(values, others, strict=True)] if values and others else []

    def measure(self, name: str) -> list[float]:
        """A measure of all episodes that have it; the budget's are lacking where it was lifted."""
        return [r.measures[name] for r in self.results if name in r.measures]


def check(results: Sequence[PlayedEpisode], tier: str, seeds: int) -> list[Invariant]:
    """What can be told from results; a row on agents that did not play is left out."""
    c = Check(results, seeds)
    c.exact(
        "perfect: accuracy %", [100 * r.score.accuracy for r in c.by_agent.get("perfect", ())], 100
    )
    c.exact("clairvoyant", c.composites("clairvoyant"), 100)
    _check_play(c)
    _check_scores(c)
    for agent in ("guesser", "abstainer"):
        c.exact(agent, c.composites(agent), 0)
    c.at_most("smart_guesser", c.composites("smart_guesser"), 5)
    gap = 5 if tier == "hard" else 10
    c.at_least("strategic - naive", c.composites("strategic", "naive"), gap)
    c.at_least("template_expert - strategic", c.composites("template_expert", "strategic"), 15)
    c.at_least("priority - random", c.composites("priority_strategic", "random_strategic"), 10)
    for agent in c.by_agent:
        if agent in agents.AGENTS and (bound := agents.AGENTS[agent].bound):
            name = f"{agent} - {bound.over}" if bound.over else agent
            c.at_most(name, c.composites(agent, bound.over), bound.most)
        if agent in BOOKS:
            held = [result.measures["recoded"] for result in c.by_agent[agent]]
            c.at_most(f"{agent}: capacities held", held, 1.5)
    return c.rows


def _check_play(c: Check) -> None:
    """Everything was shown, nothing stayed, no budget was exceeded."""
    worlds = {(r.template, r.seed): r.measures["world"] for r in c.results}
    c.exact("worlds that are alike", [len(worlds) - len(set(worlds.values()))], 0)
    c.exact("questions not shown", c.measure("unasked"), 0)
    c.exact("events that kept context", c.measure("undropped"), 0)
    c.exact("tokens miscounted", c.measure("miscounted"), 0)
    c.never_above("bits in a token of code", [_density()], 10)
    for name in ("capacity", "slot", "writes"):
        c.never_above(f"{name} used, at most", c.measure(name), 1)


def _check_scores(c: Check) -> None:
    """The rules of the axes, whoever plays."""
    unscored, maintained, efficient = [], [], []
    for result in c.results:
        score, m = result.score, result.measures
        asked = sum(asked for _, asked in score.question_types.values())
        unscored.append(m["questions"] - asked)
        breadth, maintenance = score.axes["breadth"], score.axes["maintenance"]
        if breadth is not None and maintenance is not None:
            maintained.append(maintenance - min(1.0, breadth / m["admitted"]))
        efficiency = score.axes["efficiency"]
        if efficiency is not None and "writes" in m:
            used = max(m["writes"], m["capacity"])
            efficient.append(efficiency - score.correct / score.answerable * (1.25 - used / 4))
    c.exact("questions not scored", unscored, 0)
    c.never_above("maintenance above its gate", maintained, 0)
    c.never_above("efficiency above its use", efficient, 0)


def _replay(task: Task, results: Sequence[PlayedEpisode], play: PlayAgain) -> list[Invariant]:
    """The first world twice more: same traces and scores, views as recorded, mistakes refused."""
    c = Check((), 0)
    changed, surprises = [], []
    for result in results:
        witness: list[ViewRecorder] = []

        def watched(policy: Policy, seen: list[ViewRecorder] = witness) -> Policy:
            seen.append(ViewRecorder(policy))
            return seen[-1]

        trace, again = play(task, result.agent, watched), play(task, result.agent, None)
        same = list(trace.lines()) == list(again.lines()) and score(trace) == result.score
        changed.append(not same)
        surprises.append(witness[0].surprises(trace))
    c.exact("same seed, another trace", [sum(changed)], 0)
    c.exact("views unlike the record", surprises, 0)
    if task.budget.slot and task.budget.writes:
        bungler = InvalidActor(task.budget.slot, task.budget.writes)
        trace = play(task, "abstainer", lambda _: bungler)
        heard = [m for r in trace.records if isinstance(r, ToolResult) for m in r.messages]
        wrong = [m.content for m in heard if m.call_id == "wrong"]
        c.exact("mistakes not refused", [sum(not text.startswith("refused") for text in wrong)], 0)
        for name, value in _usage(trace).items():
            c.never_above(f"greedy writer: {name}", [value], name != "miscounted")
    return c.rows


def validate(
    recipes: Sequence[TaskRecipe], results: Sequence[PlayedEpisode], play: PlayAgain
) -> list[Invariant]:
    """The self-test over results that were played with `inspect`."""
    at = recipes[0]
    first = [r for r in results if (r.template, r.seed) == (at.template, at.seed)]
    task, seeds = at.generate(), len({one.seed for one in recipes})
    return [*_replay(task, first, play), *check(results, str(task.recipe["tier"]), seeds)]
