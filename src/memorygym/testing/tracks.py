"""What a track must keep to: each rule that it breaks is a sentence that says where and what to do.

Imports are lazy where they reach a high floor; `check_track` needs the track to be found by its
name, as traces name it: by an entry point, or asked for as `module:OBJECT`.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import combinations
from typing import Any

from memorygym import registry
from memorygym.agents.note_taker import Silent
from memorygym.core import Budget, Gold, Memory, Policy, Task
from memorygym.episode import Episode
from memorygym.errors import BadSettings, MemoryGymError, UnknownPart
from memorygym.frozen import Frozen
from memorygym.memory.full import Full
from memorygym.memory.none import Nothing
from memorygym.models import extractive
from memorygym.outcome import Outcome
from memorygym.statements import StatementReader
from memorygym.stores.notebook import TOOLS
from memorygym.trace import Heard, Rewarded, Said, Shown, Trace, read_trace
from memorygym.trace_reader import HELD, TraceReader
from memorygym.track import Options, TaskRecipe, Track, find

CEILING = 0.95
"""What the strong reasoner reaches, at least, where it is shown just what it needs."""
ENDLESS = 1_000
"""Replies in one event, after which it is believed to have no end."""
_ID = re.compile(r"[0-9a-f]{16}")
_NAME = re.compile(r"[a-z][a-z0-9_]*")


class Broken(Exception):
    """A rule that is broken so that nothing more can be found out about the task."""


def check_track(
    track: Track | str,
    seeds: int = 2,
    *,
    knobs: Mapping[str, str] = Frozen(),  # noqa: B008  # it cannot be changed
    tasks: Sequence[TaskRecipe] | None = None,
) -> list[str]:
    """Every rule that the track breaks on the tasks of the first seeds, or on these `tasks`; [] if
    none. The track is one, or what `--track` takes without knobs."""
    try:
        made = find(track) if isinstance(track, str) else track
    except MemoryGymError as error:
        return [f"{track}: {error}"]
    return [f"{made.name}: {found}" for found in _broken(made, seeds, knobs, tasks)]


def _broken(
    track: Track, seeds: int, knobs: Mapping[str, str], tasks: Sequence[TaskRecipe] | None
) -> list[str]:
    """The sentences; what rests on a broken rule is not looked at."""
    if broken := [*_names(track)]:
        return broken
    options = Options(range(seeds), "", knobs)
    try:
        recipes = track.tasks(options) if tasks is None else tasks
        cases = [Case(track, recipe, recipe.deal()) for recipe in recipes]
        broken = [*_made(cases)]
        if tasks is None and cases:
            broken += _salted(track, replace(options, salt="check_track"), cases)
    except MemoryGymError as error:
        return [f"a task of it cannot be made: {error}"]
    broken = broken or [found for case in cases for found in _of(case)]
    return broken or [*_scores(cases)]


@dataclass(frozen=True)
class Case:
    """A task of the track, and what was played of it."""

    track: Track
    recipe: TaskRecipe
    task: Task

    @property
    def where(self) -> str:
        return f"{self.recipe.template}, seed {self.recipe.seed}"

    @property
    def bare(self) -> Task:
        """The task without its gold table."""
        return replace(self.task, gold=None)

    def reasoner(self, name: str) -> Policy:
        return self.track.reasoners[name](self.track.known(self.task))

    @property
    def strong(self) -> str:
        return next(iter(self.track.reasoners))

    def play(self, make: Callable[[], Policy], memory: Callable[[], Memory], each: bool) -> Trace:
        """An episode without limits; with `each` the policy is made anew in every event."""
        episode = Episode(
            self.track.env(self.bare), memory, Budget(turns=self.task.budget.turns),
            extractive.write,
        )  # fmt: skip
        policy, event, replies = make(), episode.event, 0
        while not episode.done:
            if episode.event != event:
                policy, event, replies = make() if each else policy, episode.event, 0
            replies += 1
            if replies > ENDLESS:
                raise Broken(
                    f"event {event + 1} has no end, whatever is replied; let a reply without calls"
                    " go on to the next event"
                )
            episode.step(policy.act(episode.view(), episode.tools))
        episode.trace.gold = self.task.gold
        return episode.trace

    @cached_property
    def full(self) -> Trace:
        return self.play(partial(self.reasoner, self.strong), Full, False)

    @cached_property
    def none(self) -> Trace:
        return self.play(partial(self.reasoner, self.strong), Nothing, False)

    @cached_property
    def silent(self) -> Trace:
        return self.play(Silent, Full, False)

    @cached_property
    def oracle(self) -> Trace:
        from memorygym.isolation.oracle import Oracle

        texts = self.track.oracle(self.task)
        return self.play(partial(self.reasoner, self.strong), partial(Oracle, texts), False)

    @cached_property
    def outcomes(self) -> Sequence[Outcome]:
        """Of the strong reasoner that sees all."""
        return self.track.outcomes(self.full)

    @cached_property
    def reader(self) -> TraceReader:
        if self.track.reader:
            return self.track.reader(self.full)
        goals = [outcome.goal for outcome in self.outcomes]
        facts = self.track.facts(self.task.system)
        return StatementReader(self.full, goals, facts, self.track.tool_names)

    def mean(self, trace: Trace) -> float:
        """The mean score of the goals."""
        told = self.track.outcomes(trace)
        return sum(outcome.score for outcome in told) / len(told) if told else 0.0


def _names(track: Track) -> Iterator[str]:
    if not _NAME.fullmatch(track.name):
        yield "its name is no id: give small letters, digits and _, beginning with a letter"
    if not re.fullmatch(rf"{re.escape(track.name)}-v\d+", track.version):
        yield f'its version is {track.version!r}: give one such as "{track.name}-v1"'
    try:
        find(registry.known("tracks", track.name))
    except UnknownPart:
        yield (
            "nothing finds it by its name, so its traces cannot be read: declare an entry point"
            " `memorygym.tracks`, or give check_track its module:OBJECT"
        )
    theirs = {tool.name for tool in TOOLS}
    for tool in track.tools:
        if tool.name in theirs:
            yield f"its tool {tool.name!r} has the name of a memory's tool: rename it"


def _made(cases: Sequence[Case]) -> Iterator[str]:
    if not cases:
        yield "it makes no task: let `tasks` give at least one for each seed"
    for case in cases:
        yield from (f"{case.where}: {found}" for found in _task(case))
    for one, other in combinations(cases, 2):
        if _bytes(one.task) == _bytes(other.task):
            yield f"{one.where} and {other.where} are one task: let the seed into its rng(…)"
        elif one.task.id == other.task.id:
            yield (
                f"{one.where} and {other.where} have one id, {one.task.id}: let all that an agent"
                " can see into its content_id(…)"
            )


def _task(case: Case) -> Iterator[str]:
    task, recipe = case.task, case.recipe
    if task.track != case.track.name:
        yield f"the task says that it is of {task.track!r}: give the track's name"
    if (task.recipe.get("template"), task.recipe.get("seed")) != (recipe.template, recipe.seed):
        yield "`Task.recipe` does not hold its template and seed: results are grouped by them"
    if not _ID.fullmatch(task.id):
        yield f"its id {task.id!r:.40} is no hash of its content: give core.content_id(…)"
    if _bytes(recipe.deal()) != _bytes(task):
        yield "dealt twice it differs: draw from rng(…) alone, never from a clock, a set or hash()"
    if task.gold is None:
        yield "it has no gold table: give `Task.gold`, such as statements.Goals"
    else:
        yield from _gold(case)


def _gold(case: Case) -> Iterator[str]:
    try:
        before = _gold_json(case.task)
        again = case.track.gold(before) if case.track.gold else before
        after = _gold_json(replace(case.task, gold=again))
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        yield f"its gold table does not go through JSON ({error}): mend to_json and `Track.gold`"
        return
    if after != before:
        yield "its gold table comes back from JSON as another: mend to_json and `Track.gold`"


def _gold_json(task: Task) -> Any:
    gold: Gold | Mapping[str, Any] | None = task.gold
    assert gold is not None
    return json.loads(json.dumps(gold if isinstance(gold, Mapping) else gold.to_json()))


def _bytes(task: Task) -> str:
    """All of a task but where it comes from."""
    gold = task.gold if task.gold is None else _gold_json(task)
    rest = [repr(task.events), repr(task.budget), task.system, gold]
    return json.dumps([rest, task.state], sort_keys=True)


def _salted(track: Track, options: Options, cases: Sequence[Case]) -> Iterator[str]:
    for case, recipe in zip(cases, track.tasks(options), strict=False):
        if _bytes(recipe.deal()) == _bytes(case.task):
            yield f"{case.where}: a salt makes the same task: let `Options.salt` into its rng(…)"
        return


def _of(case: Case) -> Iterator[str]:
    """What one task shows."""
    from memorygym.testing.track_envs import env_rules

    try:
        for rules in (env_rules, _replays, _goals, _facts):
            broken = [f"{case.where}: {found}" for found in rules(case)]
            yield from broken
            if broken:
                return
    except Broken as broken_rule:
        yield f"{case.where}: {broken_rule}"
    except Exception as error:  # noqa: BLE001  # the track's own code, whatever it raises
        yield (
            f"{case.where}: it cannot be played and scored: {type(error).__name__}: {error}; no"
            " environment, reasoner or trace of an agent has the gold table before the end"
        )


def _replays(case: Case) -> Iterator[str]:
    """Reasoners keep nothing from one event to the next."""
    for name in case.track.reasoners:
        make = partial(case.reasoner, name)
        once, renewed = (case.play(make, Full, each) for each in (False, True))
        if (at := once.first_unlike(renewed)) is not None:
            event = once.records[at - 1].event if 0 < at <= len(once.records) else 0
            yield (
                f"the reasoner {name!r}, made anew in every event, acts otherwise in event"
                f" {event + 1}: it may keep nothing, only the view may inform it"
            )


def _goals(case: Case) -> Iterator[str]:
    trace, told = case.full, case.outcomes
    if not told:
        yield "it has no goal: let `outcomes` give one for each thing that is asked for"
    events = {record.event for record in trace.records}
    for number, outcome in enumerate(told, start=1):
        if outcome.goal.event not in events:
            at = outcome.goal.event
            yield f"goal {number} is due in event {at + 1}, which was never played: mend its event"
    copy, damage = read_trace(trace.lines())
    assert not damage
    for what, other in (("again", trace), ("from disk", copy)):
        if (at := _unlike(told, case.track.outcomes(other))) is not None:
            yield (
                f"goal {at + 1} goes otherwise if its trace is read {what}: `outcomes` may look at"
                " the trace alone, and gold and needs must come back from JSON as they were"
            )
    yield from _rewards(trace, told)


def _unlike(some: Sequence[Outcome], others: Sequence[Outcome]) -> int | None:
    rows, rest = (list(map(_row, told)) for told in (some, others))
    if len(rows) != len(rest):
        return min(len(rows), len(rest))
    return next((at for at, row in enumerate(rows) if row != rest[at]), None)


def _row(outcome: Outcome) -> tuple[Any, ...]:
    goal = outcome.goal
    told = (goal.event, goal.kind, goal.competency, goal.text, goal.truth, repr([*goal.needs]))
    return outcome.score, outcome.reason, outcome.answer, *told


def _rewards(trace: Trace, told: Sequence[Outcome]) -> Iterator[str]:
    """Where an environment rewards at all, it does as the outcomes say."""
    earned: dict[int, float] = {}
    for record in trace.records:
        if isinstance(record, Rewarded):
            earned[record.event] = earned.get(record.event, 0.0) + record.reward
    worth: dict[int, float] = {}
    for outcome in told if earned else ():
        worth[outcome.goal.event] = worth.get(outcome.goal.event, 0.0) + outcome.score
    for event in sorted(earned.keys() | worth.keys()):
        given, score = earned.get(event, 0.0), worth.get(event, 0.0)
        if abs(given - score) > 1e-9:
            yield (
                f"event {event + 1} was rewarded with {given:g}, its goals scored {score:g}: let"
                " `Step.reward` and `outcomes` say the same"
            )


def _facts(case: Case) -> Iterator[str]:
    """What goals need can be read: as it is told, where it was shown, in the oracle's text."""
    if case.track.informed:
        return
    reader, texts = case.reader, case.track.oracle(case.task)
    for outcome in case.outcomes:
        goal = outcome.goal
        shown = [record for text in _shown(case, goal.event) for record in reader.read(text)]
        for need in goal.needs:
            fact, where = reader.required(goal, need), f"in event {goal.event + 1}"
            if not case.track.reader and [*reader.read(reader.text(fact))] != [need]:
                yield (
                    f"the fact {need!r}, needed {where}, is not read back from"
                    f" {reader.text(fact)!r}: let `facts` read what it tells"
                )
            elif fact.state(shown) != HELD:
                yield (
                    f"{reader.text(fact)!r}, needed {where}, is not what had been shown by then,"
                    " as `facts` reads it: mend the needs of the goal, or the reader"
                )
            elif fact.state(reader.read(texts.get(goal.event, ""))) != HELD:
                yield (
                    f"{reader.text(fact)!r}, needed {where}, is not in what `oracle` shows there:"
                    " give all needs of the goal, told as `facts` reads them"
                )


def _shown(case: Case, event: int) -> Iterator[str]:
    """What the environment said before an event."""
    made: dict[str, str] = {}
    for record in case.full.records:
        match record:
            case Said(message=message):
                made = {call.id: call.name for call in message.calls}
            case Shown(at, messages) if at < event:
                yield from (message.content for message in messages)
            case Heard(at, messages) if at < event:
                own = (m for m in messages if made.get(m.call_id) in case.track.tool_names)
                yield from (message.content for message in own)


def _scores(cases: Sequence[Case]) -> Iterator[str]:
    """What the arms must come to, over all tasks."""
    full, none, silent, oracle = (
        sum(case.mean(getattr(case, arm)) for case in cases) / len(cases)
        for arm in ("full", "none", "silent", "oracle")
    )
    if oracle < CEILING:
        yield (
            f"with the oracle its strong reasoner reaches {oracle:.1%}, not 95 %: show all needs,"
            " or let it act on them"
        )
    if full < none:
        yield (
            f"its strong reasoner reaches {full:.1%} if it sees all and {none:.1%} if nothing: it"
            " must not be led astray by what it sees"
        )
    if silent > full:
        yield (
            f"to do nothing is worth {silent:.1%}, what its strong reasoner does {full:.1%}: give"
            " no reward for silence"
        )
