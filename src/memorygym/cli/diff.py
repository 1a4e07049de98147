"""Compare two runs question by question; regressions come first."""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from memorygym.cli._checks import given_path
from memorygym.core.errors import UnknownPart
from memorygym.core.types import JSON
from memorygym.reports.stored_runs import read_played, readable
from memorygym.reports.tables import ACCURACY, COMPOSITE
from memorygym.reports.terminal import fit
from memorygym.runs.comparison.system_specs import role_of
from memorygym.runs.episode_result import Result
from memorygym.runs.results import RunDifference, RunResults, differences, load, source_note
from memorygym.runs.store import Run
from memorygym.scoring.attribution import Attribution
from memorygym.scoring.episode_scores import outcomes

SHOWN = 10
"""Questions of a list without --verbose."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two runs."""

    run: RunResults
    damaged: dict[str, str] = field(default_factory=dict)
    """By episode: the error of a trace that could not be shown."""

    def question(self, episode: str, number: int, *, right: bool) -> tuple[str, str] | None:
        """A question with its truth, and its answer; None without a whole trace that agrees."""
        if episode in self.damaged or not self.run.folder:
            return None
        ((stored, damage),) = read_played([Run(self.run.folder).trace_path(episode)])
        outcome = None
        if stored:
            questions = outcomes(stored.trace)
            outcome = questions[number - 1] if number <= len(questions) else None
            if outcome is None or outcome.correct != right:
                damage = f"{stored.path}: its score is not the one in the results"
        if damage or not stored or not outcome:
            self.damaged[episode] = damage
            return None
        goal = outcome.goal
        answer = "no answer" if outcome.answer is None else outcome.answer
        cause = "" if outcome.correct else f" ({Attribution(stored.trace).cause(outcome)})"
        return (
            f"{goal.question_type}: {goal.text}\ntruth {goal.truth}",
            f"{answer} | {outcome.reason}{cause}",
        )


class QuestionPair(NamedTuple):
    """One question in A and in B."""

    before: str
    """The episode in A."""
    now: str
    """The episode in B."""
    number: int

    @property
    def id(self) -> str:
        """The question of B, as `memorygym explain` takes it."""
        return f"{readable(self.now)}#{self.number}"


@dataclass(slots=True)
class Changes:
    """The questions that changed between an agent of A and one of B."""

    comparison: RunDifference
    regressed: list[QuestionPair] = field(default_factory=list)
    improved: list[QuestionPair] = field(default_factory=list)
    unchanged: int = 0
    alone: tuple[int, int] = (0, 0)
    """Episodes that are only in A, and only in B."""

    @property
    def asked(self) -> int:
        """Questions that were asked in both."""
        return len(self.regressed) + len(self.improved) + self.unchanged

    @property
    def worse(self) -> bool:
        """The whole interval of the composite's difference lies below 0."""
        return self.comparison.difference.estimate.high < 0

    def to_json(self) -> dict[str, JSON]:
        """As --json prints it; composites as shares."""
        gap = self.comparison.difference.estimate
        return {
            "agent": readable(self.comparison.agent),
            "other": readable(self.comparison.other),
            "difference": dict(gap.to_json()),
            "paired": self.comparison.paired, "worse": self.worse, "questions": self.asked,
            "regressed": [pair.id for pair in self.regressed],
            "improved": [pair.id for pair in self.improved], "unchanged": self.unchanged,
            "only_in_a": self.alone[0], "only_in_b": self.alone[1],
        }  # fmt: skip


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    help_text = "the folder of a finished run"
    parser.add_argument("a", type=given_path, metavar="A", help=f"before: {help_text}")
    parser.add_argument("b", type=given_path, metavar="B", help="now: the same")
    parser.add_argument(
        "--agent", metavar="AGENT",
        help="only this agent; of comparisons REASONER+MEMORY+BUDGET (default: the memories)",
    )  # fmt: skip
    parser.add_argument("--memory", metavar="MEMORY", help="of comparisons: only this memory")
    parser.add_argument(
        "--fail-on-regression", action="store_true",
        help="exit 1 if any question became wrong (default: if a composite is significantly"
        " lower)",
    )  # fmt: skip
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--verbose", "-v", action="store_true", help="show every changed question")
    how.add_argument("--json", action="store_true", help="one JSON object per agent")


def run(args: argparse.Namespace) -> int:
    """Prints the changes; returns 1 if B is worse, 2 if a trace is damaged or was edited."""
    a, b = Side(load(args.a)), Side(load(args.b))
    comparisons = _chosen(differences(b.run, a.run), args, b)
    every = [_changes(comparison, a, b) for comparison in comparisons]
    if args.json:
        for changes in every:
            print(json.dumps(changes.to_json(), ensure_ascii=False))
    else:
        most = None if args.verbose else SHOWN
        texts = ["\n".join(_lines(changes, a, b, most)) for changes in every]
        print("\n\n".join(filter(None, [*texts, source_note([a.run, b.run])])))
    for error in [*a.damaged.values(), *b.damaged.values()]:
        print(f"memorygym: {error}; `memorygym score --check` gives the details", file=sys.stderr)
    if a.damaged or b.damaged:
        return 2
    worse = any(changes.worse for changes in every)
    return int(worse or (args.fail_on_regression and any(changes.regressed for changes in every)))


def _chosen(
    comparisons: Sequence[RunDifference], args: argparse.Namespace, b: Side
) -> Sequence[RunDifference]:
    """The comparisons of the agent or the memory that is asked for; else of all, or of memories."""
    memories = {result.place.who: result.place.memory for result in b.run.results}
    if args.memory is not None:
        chosen = [pair for pair in comparisons if memories.get(pair.agent) == args.memory]
        if not chosen:
            known = {memories[pair.agent] for pair in comparisons if pair.agent in memories}
            raise UnknownPart("memory in both", args.memory, known)
        comparisons = chosen
    if args.agent is not None:
        name = readable(args.agent)
        chosen = [
            pair for pair in comparisons if name in (readable(pair.agent), readable(pair.other))
        ]
        if not chosen:
            known = {readable(pair.agent) for pair in comparisons}
            raise UnknownPart("agent in both", args.agent, known)
        return chosen
    if not b.run.compared or args.memory is not None:
        return comparisons
    return [
        pair for pair in comparisons if role_of(memories.get(pair.agent, "")) == "memory"
    ] or comparisons


def _changes(comparison: RunDifference, a: Side, b: Side) -> Changes:
    """The questions that changed; the id of a task is a hash of all that it asks."""
    before, now = _episodes(a.run, comparison.other), _episodes(b.run, comparison.agent)
    only = (len(before.keys() - now.keys()), len(now.keys() - before.keys()))
    changes = Changes(comparison, alone=only)
    for key in (key for key in now if key in before):
        old, new = before[key], now[key]
        for number, (was, is_) in enumerate(zip(old.right, new.right, strict=True), start=1):
            pair = QuestionPair(old.place.episode, new.place.episode, number)
            if was == is_:
                changes.unchanged += 1
            else:
                (changes.improved if is_ else changes.regressed).append(pair)
    return changes


def _episodes(run: RunResults, agent: str) -> Mapping[tuple[str, int], Result]:
    """The episodes of an agent or a system by task and repeat."""
    own = (result for result in run.results if result.place.who == agent)
    return {(result.task, result.place.repeat): result for result in own}


def _lines(changes: Changes, a: Side, b: Side, most: int | None) -> Iterator[str]:
    yield from fit(_headline(changes, ACCURACY if a.run.compared else COMPOSITE))
    for title, pairs in (("regressed", changes.regressed), ("improved", changes.improved)):
        if not pairs:
            continue
        yield f"\n{title}, right in {'A' if title == 'regressed' else 'B'} alone:"
        for pair in pairs[:most]:
            yield from _question(pair, a, b, improved=title == "improved")
        if rest := len(pairs[most:]) if most else 0:
            yield f"  … {rest} more; -v shows them"


def _headline(changes: Changes, figure: str) -> str:
    comparison = changes.comparison
    gap = comparison.difference.estimate
    agent, other = readable(comparison.agent), readable(comparison.other)
    pair = agent if agent == other else f"{agent} (B) against {other} (A)"
    how = "paired" if comparison.paired else "other tasks, unpaired"
    verdict = "worse" if changes.worse else "better" if gap.low > 0 else "not significant"
    only = [f"{n} only in {side}" for side, n in zip("AB", changes.alone, strict=True) if n]
    return (
        f"{pair}: {len(changes.improved)} improved, {len(changes.regressed)} regressed,"
        f" {changes.unchanged} unchanged of {changes.asked} questions; {figure} B minus A"
        f" {comparison.difference.in_points}, {how}: {verdict}"
        + (f"\nepisodes: {', '.join(only)}" if only else "")
    )


def _question(pair: QuestionPair, a: Side, b: Side, *, improved: bool) -> Iterator[str]:
    """The question with both answers, as far as their traces are there."""
    yield from fit(pair.id, "  ")
    both = {
        "A": a.question(pair.before, pair.number, right=not improved),
        "B": b.question(pair.now, pair.number, right=improved),
    }
    shown = {side: texts for side, texts in both.items() if texts}
    for question in dict.fromkeys(question for question, _ in shown.values()):
        yield from fit(question, "    ")
    for side, (_, answer) in shown.items():
        yield from fit(f"{side}: {answer}", "    ")
