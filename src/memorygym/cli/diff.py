"""Compare two runs question by question: what is wrong now comes first."""

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from typing import NamedTuple

from memorygym.core.errors import UnknownPart
from memorygym.core.text import wrap_lines
from memorygym.core.types import JSON
from memorygym.reports.tables import ACCURACY, COMPOSITE
from memorygym.runs.comparison.system_specs import role_of
from memorygym.runs.results.results_file import Document, ResultsComparison, compare, read_results
from memorygym.runs.results.summary import Row
from memorygym.runs.store import Run
from memorygym.scoring.attribution import Attribution
from memorygym.scoring.episode_scores import outcomes

SHOWN = 10
"""Questions of a list, unless all are asked for."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: its results, and the folder of its traces if there is one."""

    document: Document
    run: Run | None

    @property
    def compared(self) -> bool:
        """Whether it is of a comparison."""
        return bool(self.document["recipe"]["kind"] == "compare")

    def told(self, episode: str, number: int) -> tuple[str, str] | None:
        """A question with its truth, and how it went; None unless its trace is there and whole."""
        if not self.run or not (trace := self.run.trace(episode)):
            return None
        outcome = outcomes(trace)[number - 1]
        q = outcome.goal
        answer = "no answer" if outcome.answer is None else outcome.answer
        cause = "" if outcome.correct else f" ({Attribution(trace).cause(outcome)})"
        return (
            f"{q.question_type}: {q.text}\ntruth {q.truth}",
            f"{answer} | {outcome.reason}{cause}",
        )


class QuestionPair(NamedTuple):
    """One question as it went in A and in B."""

    before: str
    """The episode in A."""
    now: str
    """The episode in B."""
    number: int

    @property
    def id(self) -> str:
        """The question of B, as `memorygym explain` takes it."""
        return f"{self.now}#{self.number}"


@dataclass(slots=True)
class Changes:
    """An agent of B against the same, or another, of A."""

    comparison: ResultsComparison
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
            "agent": self.comparison.agent, "other": self.comparison.other,
            "difference": dict(gap.to_json()),
            "paired": self.comparison.paired, "worse": self.worse, "questions": self.asked,
            "regressed": [pair.id for pair in self.regressed],
            "improved": [pair.id for pair in self.improved], "unchanged": self.unchanged,
            "only_in_a": self.alone[0], "only_in_b": self.alone[1],
        }  # fmt: skip


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    what = "the folder of a finished run, or its results.json"
    parser.add_argument("a", type=Path, metavar="A", help=f"before: {what}")
    parser.add_argument("b", type=Path, metavar="B", help="now: the same")
    parser.add_argument(
        "--agent", help="this agent only; of comparisons REASONER+SYSTEM+BUDGET (default: memories)"
    )
    parser.add_argument(
        "--fail-on-regression", action="store_true",
        help="exit 1 if any question is wrong that was right (else: if a composite is shown to"
        " be lower)",
    )  # fmt: skip
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--verbose", "-v", action="store_true", help="show every changed question")
    how.add_argument("--json", action="store_true", help="one JSON object an agent")


def run(args: argparse.Namespace) -> int:
    """Prints what changed; 1 if B is worse."""
    a, b = _side(args.a), _side(args.b)
    found = [_changes(one, a, b) for one in _chosen(compare(b.document, a.document), args.agent, b)]
    if args.json:
        for changes in found:
            print(json.dumps(changes.to_json(), ensure_ascii=False))
    else:
        most = None if args.verbose else SHOWN
        print("\n\n".join("\n".join(_lines(changes, a, b, most)) for changes in found))
    worse = any(changes.worse for changes in found)
    return int(worse or (args.fail_on_regression and any(changes.regressed for changes in found)))


def _side(path: Path) -> Side:
    folder = path if path.is_dir() else path.parent
    return Side(read_results(path), Run(folder) if (folder / "run.json").exists() else None)


def _chosen(
    found: Sequence[ResultsComparison], agent: str | None, b: Side
) -> Sequence[ResultsComparison]:
    """That agent, or all; of comparisons the memories, if any are in both."""
    if agent is None:
        rows = b.document["episodes"] if b.compared else ()
        own = {row["who"] for row in rows if role_of(row["memory"]) == "memory"}
        return [one for one in found if one.agent in own] or found
    chosen = [one for one in found if agent in (one.agent, one.other)]
    if not chosen:
        raise UnknownPart("agent in both", agent, {one.agent for one in found})
    return chosen


def _changes(one: ResultsComparison, a: Side, b: Side) -> Changes:
    """Every question that both were asked; a task's id is a hash of all that it asks."""
    before, now = _episodes(a.document, one.other), _episodes(b.document, one.agent)
    found = Changes(one, alone=(len(before.keys() - now.keys()), len(now.keys() - before.keys())))
    for key in (key for key in now if key in before):
        old, new = before[key], now[key]
        for number, (was, is_) in enumerate(zip(old["right"], new["right"], strict=True), start=1):
            pair = QuestionPair(old["episode"], new["episode"], number)
            if was == is_:
                found.unchanged += 1
            else:
                (found.improved if is_ else found.regressed).append(pair)
    return found


def _episodes(document: Document, agent: str) -> Mapping[tuple[str, int], Row]:
    """The episodes of an agent or a system by task and repeat."""
    rows = document["episodes"]
    return {(row["task"], row["repeat"]): row for row in rows if row["who"] == agent}


def _lines(changes: Changes, a: Side, b: Side, most: int | None) -> Iterator[str]:
    yield from wrap_lines(_headline(changes, ACCURACY if a.compared else COMPOSITE))
    for title, pairs in (("regressed", changes.regressed), ("improved", changes.improved)):
        if not pairs:
            continue
        yield f"\n{title}, right in {'A' if title == 'regressed' else 'B'} alone:"
        for pair in pairs[:most]:
            yield from _question(pair, a, b)
        if rest := len(pairs[most:]) if most else 0:
            yield f"  … {rest} more; -v shows them"


def _headline(changes: Changes, figure: str) -> str:
    one, gap = changes.comparison, changes.comparison.difference.estimate
    pair = one.agent if one.agent == one.other else f"{one.agent} (B) against {one.other} (A)"
    how = "paired" if one.paired else "other worlds, unpaired"
    spread = f"{100 * gap.low:+.1f} to {100 * gap.high:+.1f}"
    if gap.high == inf:
        spread = "no interval: too few worlds"
    verdict = "worse" if changes.worse else "better" if gap.low > 0 else "no difference shown"
    only = [f"{n} only in {side}" for side, n in zip("AB", changes.alone, strict=True) if n]
    return (
        f"{pair}: {len(changes.improved)} improved, {len(changes.regressed)} regressed,"
        f" {changes.unchanged} unchanged of {changes.asked} questions; {figure} B minus A"
        f" {100 * gap.mean:+.1f} points ({spread}), {how}: {verdict}"
        + (f"\nepisodes: {', '.join(only)}" if only else "")
    )


def _question(pair: QuestionPair, a: Side, b: Side) -> Iterator[str]:
    """The question with both answers, as far as their traces are there."""
    yield from wrap_lines(pair.id, "  ")
    both = {"A": a.told(pair.before, pair.number), "B": b.told(pair.now, pair.number)}
    told = {side: found for side, found in both.items() if found}
    for text in dict.fromkeys(asked for asked, _ in told.values()):
        yield from wrap_lines(text, "    ")
    for side, (_, answer) in told.items():
        yield from wrap_lines(f"{side}: {answer}", "    ")
