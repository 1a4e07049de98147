"""The difference of two runs: each agent's scores, and the questions that became right or wrong."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from memorygym.core.errors import BadSettings, UnknownPart, clip
from memorygym.core.types import JSON
from memorygym.reports.stored_runs import read_played, readable
from memorygym.reports.terminal import fit
from memorygym.runs.comparison.system_specs import role_of
from memorygym.runs.episode_result import Result
from memorygym.runs.results import KINDS, RunResults, check_version
from memorygym.runs.store import Run
from memorygym.runs.tasks import Limits
from memorygym.scoring.attribution import Attribution
from memorygym.scoring.episode_scores import outcomes
from memorygym.stats import Difference, paired, unpaired

ALIKE = ("track", "data", "memory", "memory_model", "judge", *Limits.__slots__)
"""What must agree in two recipes before their scores are compared, beside the parameters."""


class QuestionPair(NamedTuple):
    """One question in both runs."""

    before: str
    """The earlier episode."""
    now: str
    number: int

    @property
    def id(self) -> str:
        """The question of the run now, as `memorygym explain` takes it."""
        return f"{readable(self.now)}#{self.number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDifference:
    """The difference of two agents, or of one agent on two sets of tasks; or of two systems."""

    agent: str
    """Its row in the summary; for a comparison with memory and budget."""
    memory: str
    other: str
    """The earlier row."""
    difference: Difference
    """Composite now minus before, from -1 to 1."""
    paired: bool
    """Whether both played the same tasks, compared task by task."""
    regressed: Sequence[QuestionPair]
    """The questions that were right and are wrong."""
    improved: Sequence[QuestionPair]
    unchanged: int
    alone: tuple[int, int]
    """Episodes that are only in the earlier run, and only in the run now."""

    @property
    def asked(self) -> int:
        """Questions that were asked in both."""
        return len(self.regressed) + len(self.improved) + self.unchanged

    @property
    def worse(self) -> bool:
        """The whole interval of the composite's difference lies below 0."""
        return self.difference.estimate.high < 0


def difference_row(pair: RunDifference) -> dict[str, JSON]:
    """A difference as `diff --json` prints it; composites as shares."""
    return {
        "agent": pair.agent,
        "other": pair.other,
        "difference": dict(pair.difference.estimate.to_json()),
        "paired": pair.paired,
        "worse": pair.worse,
        "questions": pair.asked,
        "regressed": [question.id for question in pair.regressed],
        "improved": [question.id for question in pair.improved],
        "unchanged": pair.unchanged,
        "only_in_a": pair.alone[0],
        "only_in_b": pair.alone[1],
    }


def differences(now: RunResults, before: RunResults) -> list[RunDifference]:
    """Every agent of a run against itself in an earlier one; if they share none, the only agent of
    each.

    Other secrets give other tasks, as for a public and a private test set: these are compared
    unpaired. Raises BadSettings if the two cannot be compared.
    """
    _check_alike(now, before)
    ours, theirs = (
        [*dict.fromkeys(result.place.who for result in run.results)] for run in (now, before)
    )
    pairs = [(agent, agent) for agent in ours if agent in theirs]
    if not pairs and len(ours) == len(theirs) == 1:
        pairs = [(ours[0], theirs[0])]
    if not pairs:
        who = "system" if now.compared else "agent"
        first, second = (clip(", ".join(names) or "none", 200) for names in (ours, theirs))
        raise BadSettings(f"no {who} is in both runs: {first} and {second}")
    return [_difference(now, before, who, other) for who, other in pairs]


def _check_alike(now: RunResults, before: RunResults) -> None:
    """Raises BadSettings if the two measured different things."""
    if now.kind != before.kind:
        kinds = " and ".join(sorted({KINDS[now.kind], KINDS[before.kind]}))
        raise BadSettings(f"{kinds} measure different things: give two of one kind")
    check_version(now.version, before.version)
    settings, others = _settings(now), _settings(before)
    for name in {**settings, **others}:
        value, other = settings.get(name), others.get(name)
        if value != other:
            raise BadSettings(f"{name} {value} and {name} {other} differ: play both alike")


def _settings(run: RunResults) -> dict[str, Any]:
    """The settings that must agree; not templates: tasks that both played are compared."""
    parameters = {k: value for k, value in run.recipe["parameters"].items() if k != "template"}
    return {name: run.recipe.get(name) for name in ALIKE} | parameters


def _difference(now: RunResults, before: RunResults, who: str, other: str) -> RunDifference:
    ours, theirs = (
        next(summary.composites for summary in run.summaries if summary.who == name)
        for run, name in ((now, who), (before, other))
    )
    same = now.recipe["salt"] == before.recipe["salt"]
    asked = {result.place.task: len(result.right) for result in now.results}
    shared = [task for task in ours if same and task in theirs]
    step = 1 / max(1, sum(asked[task] for task in shared))
    old, new = _episodes(before, other), _episodes(now, who)
    changed: dict[tuple[bool, bool], list[QuestionPair]] = {}
    for first, second in ((old[key], new[key]) for key in new if key in old):
        for number, verdicts in enumerate(zip(first.right, second.right, strict=True), start=1):
            pair = QuestionPair(first.place.episode, second.place.episode, number)
            changed.setdefault(verdicts, []).append(pair)
    scores = [*ours.values()], [*theirs.values()]
    return RunDifference(
        agent=readable(who),
        memory=next(result.place.memory for result in new.values()),
        other=readable(other),
        difference=paired(ours, theirs, step) if shared else unpaired(*scores),
        paired=bool(shared),
        regressed=changed.get((True, False), []),
        improved=changed.get((False, True), []),
        unchanged=sum(len(changed.get((right, right), [])) for right in (False, True)),
        alone=(len(old.keys() - new.keys()), len(new.keys() - old.keys())),
    )


def _episodes(run: RunResults, who: str) -> Mapping[tuple[str, int], Result]:
    """The episodes of an agent or a system by task, whose id is a hash of all that it asks, and
    repeat."""
    own = (result for result in run.results if result.place.who == who)
    return {(result.task, result.place.repeat): result for result in own}


def chosen(
    pairs: Sequence[RunDifference], agent: str | None, memory: str | None, *, compared: bool
) -> Sequence[RunDifference]:
    """The differences of this agent or this memory; else all, of a comparison those of memories.

    Raises UnknownPart if there is none.
    """
    memories = {pair.memory for pair in pairs}
    if memory is not None and memory not in memories:
        raise UnknownPart("memory in both", memory, memories)
    pairs = [pair for pair in pairs if memory in (None, pair.memory)]
    if agent is not None:
        named = [pair for pair in pairs if readable(agent) in (pair.agent, pair.other)]
        if not named:
            raise UnknownPart("agent in both", agent, {pair.agent for pair in pairs})
        return named
    of_memories = [pair for pair in pairs if role_of(pair.memory) == "memory"]
    return of_memories if compared and memory is None and of_memories else pairs


@dataclass(frozen=True, slots=True)
class Questions:
    """The questions of a run as its traces hold them."""

    run: RunResults
    damaged: dict[str, str] = field(default_factory=dict)
    """By episode: the error of a trace that could not be shown."""

    def text(self, episode: str, number: int, *, right: bool) -> tuple[str, str] | None:
        """A question with its truth, and its answer; None without a whole trace that agrees."""
        path = self.run.folder and Run(self.run.folder).trace_path(episode)
        if episode in self.damaged or not path or not path.exists():
            return None
        ((stored, damage),) = read_played([path])
        questions = outcomes(stored.trace) if stored else []
        outcome = questions[number - 1] if number <= len(questions) else None
        if not stored or not outcome or outcome.correct != right:
            self.damaged[episode] = damage or f"{path}: its score is not the one in the results"
            return None
        goal = outcome.goal
        answer = "no answer" if outcome.answer is None else outcome.answer
        cause = "" if outcome.correct else f" ({Attribution(stored.trace).cause(outcome)})"
        return (
            f"{goal.question_type}: {goal.text}\ntruth {goal.truth}",
            f"{answer} | {outcome.reason}{cause}",
        )


def difference_lines(
    pair: RunDifference, a: Questions, b: Questions, most: int | None
) -> Iterator[str]:
    """A difference of B from A with at most so many questions that became right, and wrong."""
    yield from fit(_headline(pair, b.run.summaries[0].score))
    for title, side, questions in (
        ("regressed", "A", pair.regressed),
        ("improved", "B", pair.improved),
    ):
        if questions:
            yield f"\n{title}, right in {side} alone:"
        for question in questions[:most]:
            yield from _question(question, a, b, improved=side == "B")
        if rest := len(questions[most:]) if most else 0:
            yield f"  … {rest} more; -v shows them"


def _headline(pair: RunDifference, figure: str) -> str:
    same = pair.agent == pair.other
    names = pair.agent if same else f"{pair.agent} (B) against {pair.other} (A)"
    how = "paired" if pair.paired else "other tasks, unpaired"
    better = "better" if pair.difference.estimate.low > 0 else "not significant"
    only = [f"{n} only in {side}" for side, n in zip("AB", pair.alone, strict=True) if n]
    return (
        f"{names}: {len(pair.improved)} improved, {len(pair.regressed)} regressed,"
        f" {pair.unchanged} unchanged of {pair.asked} questions; {figure} B minus A"
        f" {pair.difference.in_points}, {how}: {'worse' if pair.worse else better}"
        + (f"\nepisodes: {', '.join(only)}" if only else "")
    )


def _question(pair: QuestionPair, a: Questions, b: Questions, *, improved: bool) -> Iterator[str]:
    """The question with both answers, as far as their traces are there."""
    yield from fit(pair.id, "  ")
    both = {
        "A": a.text(pair.before, pair.number, right=not improved),
        "B": b.text(pair.now, pair.number, right=improved),
    }
    shown = {side: texts for side, texts in both.items() if texts}
    for question in dict.fromkeys(question for question, _ in shown.values()):
        yield from fit(question, "    ")
    for side, (_, answer) in shown.items():
        yield from fit(f"{side}: {answer}", "    ")
