"""The rules for a track: each broken one is a sentence that says where and what to do.

The track must be found by its name, because its traces name it: by an entry point, or because it
was asked for as `module:OBJECT`.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import combinations
from typing import Any

from memorygym.agents.calls import END
from memorygym.agents.reasoner_agent import Silent
from memorygym.core import registry
from memorygym.core.episode import Episode
from memorygym.core.errors import MemoryGymError, UnknownPart
from memorygym.core.guard import raised
from memorygym.core.json_types import to_json
from memorygym.core.json_values import FrozenDict
from memorygym.core.outcome import Outcome
from memorygym.core.statements import HELD
from memorygym.core.trace import Action, Reward, Trace, first_difference, read_trace
from memorygym.core.track import TaskOptions, TaskRecipe, Track, find
from memorygym.core.types import Budget, Env, Memory, Message, Policy, Task
from memorygym.memories.full import FullContext
from memorygym.memories.none import Nothing
from memorygym.memories.stores.notebook import TOOLS
from memorygym.models import extractive
from memorygym.runs.comparison.memory_specs import Oracle
from memorygym.runs.comparison.sanity_checks import UPPER_BOUND
from memorygym.runs.systems import FreshPolicy
from memorygym.testing.fresh_process import differing_event

ENDLESS = 200
"""Replies in one event after which the event is taken to be endless."""
ENDLESS_TASK = 2_000
"""Events of a task after which the task is taken to be endless."""
AHEAD = 3
"""Steps that an original plays after its fork was made."""


def check_track(
    track: Track | str,
    seeds: int = 2,
    *,
    parameters: Mapping[str, str] = FrozenDict(),
    tasks: Sequence[TaskRecipe] | None = None,
) -> list[str]:
    """Every rule that the track breaks on the tasks of the first seeds, or on these `tasks`; [] if
    none. The track is an object, or what `--track` takes without its parameters."""
    try:
        checked = find(track) if isinstance(track, str) else track
    except MemoryGymError as error:
        return [f"{track}: {error}"]
    try:
        broken = _broken(checked, TaskOptions(range(seeds), "", parameters), tasks)
    except Exception as error:  # noqa: BLE001  # the track's own, whatever it is
        broken = [f"it {raised(error)}"]
    return [f"{checked.name}: {sentence}" for sentence in broken]


def _broken(
    track: Track, options: TaskOptions, tasks: Sequence[TaskRecipe] | None
) -> Sequence[str]:
    """The sentences; rules that depend on a broken one are not checked."""
    if broken := [*_names(track)]:
        return broken
    try:
        recipes = track.tasks(options) if tasks is None else tasks
        cases = [CheckedTask(track, recipe, recipe.generate()) for recipe in recipes]
        broken = [*_tasks(cases)]
        if tasks is None and not broken:
            private = track.tasks(replace(options, salt="check_track"))[0].generate()
            if _bytes(private) == _bytes(cases[0].task):
                advice = "use `TaskOptions.salt` in named_rng(…)"
                return [f"{cases[0].where}: a secret changes nothing: {advice}"]
    except MemoryGymError as error:
        return [f"a task cannot be made: {error}"]
    broken = broken or [sentence for case in cases for sentence in _played(case)]
    return broken or [*_scores(cases)]


def _names(track: Track) -> Iterator[str]:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", track.name):
        yield f"its name {track.name!r} is no id: give a-z, 0-9 and _, a letter first"
    if not re.fullmatch(rf"{re.escape(track.name)}-v\d+", track.version):
        yield f'its version is {track.version!r}: give one such as "{track.name}-v1"'
    try:
        find(registry.require_name("tracks", track.name))
    except UnknownPart:
        yield (
            "nothing finds it by its name, so its traces cannot be read: declare an entry point"
            " `memorygym.tracks`, or give check_track its module:OBJECT"
        )
    for name in track.tool_names & {tool.name for tool in TOOLS}:
        yield f"its tool {name!r} has the name of a memory's tool: rename it"


@dataclass(frozen=True)
class CheckedTask:
    """A task of the track, and the episodes played on it."""

    track: Track
    recipe: TaskRecipe
    task: Task

    @property
    def where(self) -> str:
        return f"{self.recipe.template}, seed {self.recipe.seed}"

    def env(self) -> Env:
        """A new environment, which never sees the gold table."""
        return self.track.env(replace(self.task, gold=None))

    def reasoner(self, name: str = "") -> Policy:
        """A reasoner of the track, by default the strong one."""
        reasoners = self.track.reasoners
        return reasoners[name or next(iter(reasoners))](self.track.reasoner_task(self.task))

    def episode(self, memory: Callable[[], Memory]) -> Episode:
        """An episode without limits."""
        budget = Budget(turns=self.task.budget.turns)
        return Episode(self.env(), memory, budget, extractive.write)

    def play(
        self, make: Callable[[], Policy], memory: Callable[[], Memory], *, each: bool = False
    ) -> Trace:
        """An episode to its end; with `each` the policy is made anew in every event."""
        episode = self.episode(memory)
        policy = FreshPolicy(make, episode) if each else make()
        replies = Counter[int]()
        while not episode.done:
            event = episode.event
            replies[event] += 1
            if replies[event] > ENDLESS:
                raise RuleViolation(
                    f"event {event + 1} does not end within {ENDLESS} replies: let a reply without"
                    " calls lead to the next event (`Step.evict`)"
                )
            if event > ENDLESS_TASK:
                raise RuleViolation(
                    f"the task does not end within {event:,} events: let a Step say done=True"
                )
            episode.step(policy.act(episode.view(), episode.tools))
        episode.trace.gold = self.task.gold
        return episode.trace

    @cached_property
    def full(self) -> Trace:
        """The strong reasoner with the full context."""
        return self.play(self.reasoner, FullContext)

    def repeat(self) -> Trace:
        """The same replies once more, whatever the environment shows."""
        return self.play(partial(RepeatedPolicy, self.full), Nothing)

    repeated = cached_property(repeat)

    def mean(self, trace: Trace) -> float:
        """The mean score of the goals."""
        outcomes = self.track.outcomes(trace)
        return sum(outcome.score for outcome in outcomes) / len(outcomes) if outcomes else 0.0


class RuleViolation(Exception):
    """A broken rule after which nothing else about the task can be checked."""


def _tasks(cases: Sequence[CheckedTask]) -> Iterator[str]:
    if not cases:
        yield "it makes no task: let `tasks` return at least one recipe for each seed"
    broken = [f"{case.where}: {sentence}" for case in cases for sentence in _task(case)]
    yield from broken
    for case, other in combinations(() if broken else cases, 2):
        if _bytes(case.task) == _bytes(other.task):
            yield f"{case.where} and {other.where} are the same task: use the seed in named_rng(…)"
        elif case.task.id == other.task.id:
            yield (
                f"{case.where} and {other.where} have the same id, {case.task.id}: give"
                " content_id(…) all that an agent can see"
            )


def _task(case: CheckedTask) -> Iterator[str]:
    task, recipe = case.task, case.recipe
    if task.track != case.track.name:
        yield f"`Task.track` is {task.track!r}: give the track's name, {case.track.name!r}"
    if (task.recipe.get("template"), task.recipe.get("seed")) != (recipe.template, recipe.seed):
        yield "`Task.recipe` lacks its template and seed: add them; they group the results"
    if not re.fullmatch(r"(\w+-)?[0-9a-f]{16}", task.id):
        yield f"`Task.id` is {task.id!r:.40}, no hash of its content: give core.types.content_id(…)"
    if broken := [*_gold(case)]:
        yield from broken
    elif _bytes(recipe.generate()) != _bytes(task):
        yield "generated twice, it differs: draw from named_rng(…) alone, no clock, set or hash()"


def _gold(case: CheckedTask) -> Iterator[str]:
    if case.task.gold is None:
        yield "`Task.gold` is None: give the gold table, such as core.statements.SubTaskGold"
        return
    try:
        before = _gold_json(case.task.gold)
        after = _gold_json(case.track.gold(before) if case.track.gold else before)
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        yield (
            f"its gold table cannot be written to JSON and read again ({error}): mend `Task.gold`"
            " and `Track.gold`"
        )
    else:
        if after != before:
            yield "its gold table is another one after JSON: mend `Task.gold` and `Track.gold`"


def _gold_json(gold: object) -> Any:
    return json.loads(json.dumps(to_json(gold)))


def _bytes(task: Task) -> str:
    """All of a task but its recipe."""
    shown = [repr(task.events), repr(task.budget), task.system, task.state]
    return json.dumps([shown, _gold_json(task.gold)], sort_keys=True)


def _played(case: CheckedTask) -> Iterator[str]:
    """The rules that one task breaks when it is played: those after a broken one are left out."""
    try:
        for rule in (_env, _forks, _replays, _goals, _facts):
            broken = [f"{case.where}: {sentence}" for sentence in rule(case)]
            yield from broken
            if broken:
                return
    except RuleViolation as broken_rule:
        yield f"{case.where}: {broken_rule}"
    except Exception as error:  # noqa: BLE001  # the track's own code, whatever it raises
        yield (
            f"{case.where}: playing or scoring it {raised(error)}. Note that no environment,"
            " reasoner or trace has the gold table before the end"
        )


def _env(case: CheckedTask) -> Iterator[str]:
    env = case.env()
    if env.task.gold is not None:
        yield "its environment has a task with the gold table: keep the task that it is given"
    for tool in env.tools:
        if tool.name not in case.track.tool_names:
            yield f"its environment offers the tool {tool.name!r}: add it to `Track.tools`"
    first = env.reset()
    if not (first.evict and first.messages):
        yield "reset() begins no event: let it return Step((Message(…),), evict=True)"
        return
    if event := differing_event(case.repeated.records, case.repeat().records):
        yield (
            f"played twice, its environment differs at event {event}: draw from named_rng(…) alone,"
            " and keep no state outside the environment"
        )


class RepeatedPolicy(Policy):
    """Replies as in an earlier episode."""

    def __init__(self, trace: Trace) -> None:
        self._replies = (r.message for r in trace.records if isinstance(r, Action))

    def act(self, view: object, tools: object) -> Message:
        return next(self._replies, END)


def _forks(case: CheckedTask) -> Iterator[str]:
    """A fork goes on as the original would, whatever the original does meanwhile."""
    episode, policy = case.episode(Nothing), RepeatedPolicy(case.full)
    while not episode.done:
        episode.view()
        original, episode, reply = episode, episode.fork(), policy.act((), ())
        for message in (reply, *[END] * AHEAD):
            original.step(message)
        episode.step(reply)
    if event := differing_event(case.repeated.records, episode.trace.records):
        yield (
            f"a fork plays otherwise from event {event} on: let it copy all state, or remove your"
            " fork(); that of core.types.Env copies deeply"
        )


def _replays(case: CheckedTask) -> Iterator[str]:
    """No reasoner keeps anything from one event to the next."""
    for name in case.track.reasoners:
        make = partial(case.reasoner, name)
        once, renewed = (case.play(make, FullContext, each=each).records for each in (False, True))
        if event := differing_event(once, renewed):
            yield (
                f"the reasoner {name!r}, made anew at every event, acts differently at event"
                f" {event}: keep nothing on self, act on the view alone"
            )


def _goals(case: CheckedTask) -> Iterator[str]:
    """Every goal is due in an event that is played, and its outcome follows from the trace."""
    trace, outcomes = case.full, case.track.outcomes(case.full)
    if not outcomes:
        yield "it has no goal: let `outcomes` return one Outcome for each thing asked for"
    events = {record.event for record in trace.records}
    for number, outcome in enumerate(outcomes, start=1):
        if (due := outcome.goal.event) not in events:
            yield f"goal {number} is due in event {due + 1}, which was never played: mend its event"
    copy, damage = read_trace(trace.lines())
    assert not damage
    for source, other in (("again", trace), ("from disk", copy)):
        index = first_difference(map(_row, outcomes), map(_row, case.track.outcomes(other)))
        if index is not None:
            yield (
                f"goal {index + 1} has another outcome if its trace is read {source}: compute"
                " `outcomes` from the trace alone, and keep gold and needs the same through JSON"
            )
    yield from _rewards(trace, outcomes)


def _row(outcome: Outcome) -> tuple[Any, ...]:
    goal = outcome.goal
    fields = (goal.event, goal.kind, goal.question_type, goal.text, goal.truth, repr([*goal.needs]))
    return outcome.score, outcome.reason, outcome.answer, *fields


def _rewards(trace: Trace, outcomes: Sequence[Outcome]) -> Iterator[str]:
    """An environment that rewards at all rewards what the outcomes score."""
    rewards = [
        (record.event, record.reward) for record in trace.records if isinstance(record, Reward)
    ]
    scores = [(outcome.goal.event, outcome.score) for outcome in outcomes if rewards]
    for event in sorted({event for event, _ in (*rewards, *scores)}):
        reward, score = (sum(x for e, x in pairs if e == event) for pairs in (rewards, scores))
        if abs(reward - score) > 1e-9:
            yield (
                f"event {event + 1} was rewarded with {reward:g}, but its goals score {score:g}:"
                " make `Step.reward` and `outcomes` agree"
            )


def _facts(case: CheckedTask) -> Iterator[str]:
    """Needed facts can be read: in their own sentence, in what was shown, in the oracle's text."""
    if case.track.reasoners_see_gold:
        return
    reader, texts = case.track.reader_for(case.full), case.track.oracle(case.task)
    documents = [*case.full.environment_texts(case.track.tool_names)]
    for goal in (outcome.goal for outcome in case.track.outcomes(case.full)):
        earlier = (text for event, text in documents if event < goal.event)
        shown = [fact for text in earlier for fact in reader.read(text)]
        for need in goal.needs:
            text, where = reader.text(need), f"in event {goal.event + 1}"
            if not case.track.reader and [*reader.read(text)] != [need]:
                yield (
                    f"the fact {need!r}, needed {where}, is not read back from {text!r}: let read()"
                    " of `facts` parse what its render() writes"
                )
            elif need.state(shown) != HELD:
                yield (
                    f"{text!r}, needed {where}, is not in the documents shown before, as `facts`"
                    " reads them: mend the needs of the goal, or read() of `facts`"
                )
            elif need.state(reader.read(texts.get(goal.event, ""))) != HELD:
                yield (
                    f"{text!r}, needed {where}, is not in the text that `oracle` gives for it: add"
                    " all needs of the goal, as render() of `facts` writes them"
                )


def _scores(cases: Sequence[CheckedTask]) -> Iterator[str]:
    """What the reasoner must reach with each reference memory, over all tasks."""

    def mean(trace_of: Callable[[CheckedTask], Trace]) -> float:
        return sum(case.mean(trace_of(case)) for case in cases) / len(cases)

    full = mean(lambda case: case.full)
    none = mean(lambda case: case.play(case.reasoner, Nothing))
    silent = mean(lambda case: case.play(Silent, FullContext))
    oracle = mean(
        lambda case: case.play(case.reasoner, partial(Oracle, case.track.oracle(case.task)))
    )
    if oracle < UPPER_BOUND:
        yield (
            f"with gold evidence (`oracle`) its strong reasoner scores {oracle:.1%}, less than"
            " 95 %: let `oracle` give all needed facts, or mend the reasoner"
        )
    if full < none:
        yield (
            f"its strong reasoner scores {full:.1%} with the full context and {none:.1%} with none:"
            " mend the reasoner, which the texts mislead"
        )
    if silent > full:
        yield (
            f"an agent that does nothing scores {silent:.1%}, its strong reasoner {full:.1%}:"
            " reward no silence"
        )
