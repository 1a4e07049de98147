"""The self-test of worlds: invariants that must hold for all agents on all tasks."""

from collections.abc import Iterable, Sequence
from math import log2
from string import ascii_letters, ascii_lowercase, digits, punctuation

from memorygym.core.rng import named_rng
from memorygym.core.tokens import count, normalize
from memorygym.core.trace import Action, Context, Observation, ToolResult, Trace
from memorygym.core.track import Invariant, PlayAgain, PlayedEpisode, TaskRecipe
from memorygym.core.types import Call, Message, Policy, Task, Tool
from memorygym.scoring.episode_scores import score
from memorygym.stats import estimate
from memorygym.tracks.worlds.agents import built_in
from memorygym.tracks.worlds.trace_measures import usage

ENOUGH_SEEDS, ENOUGH_TASKS = 10, 100
"""With fewer, a mean fails only if its whole 95 % interval lies beyond the bound."""
SMALL = 1e-9


class ViewRecorder(Policy):
    """A policy that acts as another one does, and keeps every view."""

    def __init__(self, policy: Policy) -> None:
        self.views: list[list[Message]] = []
        self._policy = policy

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        self.views.append(list(view))
        return self._policy.act(view, tools)

    def differences(self, trace: Trace) -> int:
        """Number of views that differ from the view that the trace records."""
        system = Message("system", trace.system)
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
                    expected.append([system, *composed, *live])
                    live = [*live, message]
        return sum(seen != recorded for seen, recorded in zip(self.views, expected, strict=True))


class InvalidActor(Policy):
    """A policy that makes calls that must be refused, writes until nothing fits, never answers."""

    def __init__(self, slot: int, writes: int) -> None:
        page = "7 " * (slot - 1)
        # The line breaks at the end must cost nothing: only normalised text is priced.
        first = [Call("Write", {"content": text}) for text in ("qvtwin", "qvtwin", "qva\n\n\n")]
        edits = [("qvtwin", "one"), ("qvabsent", "one"), ("qva", f"{page} 7 7")]
        wrong = [_edit(*texts, "wrong") for texts in edits]
        wrong += [Call("Write", {"content": text}, "wrong") for text in (f"{page} 7 7", " ")]
        more = [Call("Write", {"content": f"{a}{n}"}) for a in (page, "") for n in range(writes)]
        self._first = Message("assistant", "", (*first, *wrong, *more))
        self._words = [f"qv{letter}" for letter in ascii_lowercase]

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        if "· event 1 of" in view[-1].content:
            return self._first
        if "=== CORRECTION" not in view[-1].content:
            return Message("assistant", "")
        old, new, newer, *_ = self._words  # No write is left, and only the first Edit is free.
        del self._words[0]
        return Message("assistant", "", (_edit(old, new), _edit(new, newer, "wrong")))


def _edit(old: str, new: str, id: str = "") -> Call:
    return Call("Edit", {"old_text": old, "new_text": new}, id)


def _bits_per_token() -> float:
    """The most bits that a token of random letters, digits or punctuation can hold."""
    densities = []
    for alphabet in (ascii_lowercase, ascii_letters, digits, punctuation, "äßñøçé"):
        stream = named_rng("density", alphabet)
        text = normalize("".join(stream.choice(alphabet) for _ in range(120)))
        densities.append(120 * log2(len(alphabet)) / max(1, count(text, ())))
    return max(densities)


class Check:
    """The invariants over all results, evaluated one by one."""

    def __init__(self, results: Iterable[PlayedEpisode], seeds: int) -> None:
        self.results = list(results)
        self.by_agent: dict[str, list[PlayedEpisode]] = {}
        for result in self.results:
            self.by_agent.setdefault(result.agent, []).append(result)
        self.measures = [result.measures for result in self.results]
        tasks = {(result.template, result.seed) for result in self.results}
        self.strict = seeds >= ENOUGH_SEEDS and len(tasks) >= ENOUGH_TASKS
        self.rows: list[Invariant] = []

    def exact(self, name: str, values: Iterable[float], bound: float) -> None:
        """Every value must equal the bound; the row shows the value farthest from it."""
        value = max(values, key=lambda value: abs(value - bound), default=None)
        if value is not None:
            error = abs(value - bound)
            self.rows.append(Invariant(name, float(value), float(bound), -error, error <= SMALL))

    def never_above(self, name: str, values: Iterable[float], bound: float) -> None:
        """No value may lie above the bound."""
        value = max(values, default=None)
        if value is not None:
            margin, holds = bound - value, value <= bound + SMALL
            self.rows.append(Invariant(name, float(value), float(bound), margin, holds))

    def at_most(self, name: str, values: Sequence[float], bound: float, side: int = 1) -> None:
        """The mean over tasks may not lie above the bound; with side -1, not below it."""
        if values:
            interval = estimate([side * value for value in values])
            lowest = interval.mean if self.strict else interval.low
            margin, holds = side * bound - interval.mean, lowest <= side * bound + SMALL
            self.rows.append(Invariant(name, side * interval.mean, bound, margin, holds))

    def at_least(self, name: str, values: Sequence[float], bound: float) -> None:
        """The mean over tasks may not lie below the bound."""
        self.at_most(name, values, bound, -1)

    def composites(self, agent: str, over: str = "") -> list[float]:
        """The composites by task, in points, minus those of agent `over` if given.

        Empty if one of them did not play.
        """
        values = [100 * result.score.composite for result in self.by_agent.get(agent, ())]
        if not over:
            return values
        others = self.composites(over)
        if not values or not others:
            return []
        return [value - other for value, other in zip(values, others, strict=True)]

    def measure(self, name: str) -> list[float]:
        """A measure of all episodes that have it; unbounded agents have none of the budget."""
        return [measures[name] for measures in self.measures if name in measures]


def _check_agents(checks: Check, tier: str) -> None:
    """References score what they must, better ones more than worse ones, adversaries too little."""
    perfect = [100 * result.score.accuracy for result in checks.by_agent.get("perfect", ())]
    checks.exact("perfect: accuracy %", perfect, 100)
    checks.exact("clairvoyant", checks.composites("clairvoyant"), 100)
    for agent in ("guesser", "abstainer"):
        checks.exact(agent, checks.composites(agent), 0)
    checks.at_most("smart_guesser", checks.composites("smart_guesser"), 5)
    for better, worse, points in (
        ("strategic", "naive", 5 if tier == "hard" else 10),
        ("positional_expert", "template_expert", 3 if tier == "hard" else 5),
        ("template_expert", "strategic", 15),
        ("priority_strategic", "random_strategic", 10),
    ):
        checks.at_least(f"{better} - {worse}", checks.composites(better, worse), points)
    for agent in checks.by_agent:
        if agent in built_in() and (bound := built_in()[agent].bound):
            name = f"{agent} - {bound.over}" if bound.over else agent
            checks.at_most(name, checks.composites(agent, bound.over), bound.most)
    checks.at_most("codec: capacities held", checks.measure("held"), 1.5)


def _check_play(checks: Check) -> None:
    """Every event was shown, no context was kept, and no budget was exceeded."""
    tasks = {(r.template, r.seed): r.measures["task"] for r in checks.results}
    checks.exact("identical tasks", [len(tasks) - len(set(tasks.values()))], 0)
    checks.exact("questions not shown", checks.measure("unasked"), 0)
    checks.exact("events that kept context", checks.measure("undropped"), 0)
    checks.exact("tokens miscounted", checks.measure("miscounted"), 0)
    checks.exact("entries whose blanks hold data", checks.measure("blank"), 0)
    checks.never_above("bits per token of random text", [_bits_per_token()], 10)
    for name in ("capacity", "slot", "writes"):
        checks.never_above(f"{name} used, at most", checks.measure(name), 1)


def _check_scores(checks: Check) -> None:
    """The rules of the axes hold for every agent."""
    unscored, breadth_error, maintenance_excess, efficiency_excess = [], [], [], []
    for result in checks.results:
        score, measures = result.score, result.measures
        asked = sum(asked for _, asked in score.question_types.values())
        unscored.append(measures["questions"] - asked)
        breadth, maintenance = score.axes["breadth"], score.axes["maintenance"]
        if breadth is not None and "breadth" in measures:
            breadth_error.append(breadth - measures["breadth"])
        if breadth is not None and maintenance is not None:
            maintenance_excess.append(maintenance - min(1.0, breadth / measures["admitted"]))
        efficiency = score.axes["efficiency"]
        if efficiency is not None and "writes" in measures:
            used = max(measures["writes"], measures["capacity"])
            most = score.correct / score.answerable * (1.25 - used / 4)
            efficiency_excess.append(efficiency - most)
    checks.exact("questions not scored", unscored, 0)
    checks.exact("breadth not by importance", breadth_error, 0)
    checks.exact("old values said to be new", checks.measure("outdated"), 0)
    checks.never_above("maintenance above its limit", maintenance_excess, 0)
    checks.never_above("efficiency above its limit", efficiency_excess, 0)


def _check_replay(
    checks: Check, task: Task, results: Sequence[PlayedEpisode], play: PlayAgain
) -> None:
    """Plays the first task twice more: same trace and score, same views, mistakes refused."""
    changed, differences = [], []
    for result in results:
        recorders: list[ViewRecorder] = []

        def recorded(policy: Policy, recorders: list[ViewRecorder] = recorders) -> Policy:
            recorders.append(ViewRecorder(policy))
            return recorders[-1]

        trace, again = play(task, result.agent, recorded), play(task, result.agent, None)
        same = trace == again and score(trace) == result.score
        changed.append(not same)
        differences.append(recorders[0].differences(trace))
    checks.exact("same seed, another trace", [sum(changed)], 0)
    checks.exact("views unlike the trace", differences, 0)
    if task.budget.slot and task.budget.writes:
        policy = InvalidActor(task.budget.slot, task.budget.writes)
        trace = play(task, "abstainer", lambda _: policy)
        replies = [m for r in trace.records if isinstance(r, ToolResult) for m in r.messages]
        wrong = [m.content for m in replies if m.call_id == "wrong"]
        accepted = sum(not text.startswith("refused") for text in wrong)
        checks.exact("mistakes not refused", [accepted], 0)
        checks.measures.append(usage(trace))


def validate(
    recipes: Sequence[TaskRecipe], results: Sequence[PlayedEpisode], play: PlayAgain
) -> list[Invariant]:
    """The self-test, over results that hold the measures of `inspect`."""
    recipe = recipes[0]
    first = [r for r in results if (r.template, r.seed) == (recipe.template, recipe.seed)]
    checks = Check(results, len({recipe.seed for recipe in recipes}))
    task = recipe.generate()
    _check_replay(checks, task, first, play)
    _check_play(checks)
    _check_scores(checks)
    _check_agents(checks, str(task.recipe["tier"]))
    return checks.rows
