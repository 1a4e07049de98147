"""Show every question that was missed: why, and where the facts it needs were lost."""

import argparse
import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from memorygym.agents.accounting import limits_in
from memorygym.attribution import CAUSES, Attribution
from memorygym.commands._run import (
    EVERY,
    Fact,
    Played,
    Systems,
    facts_of,
    steps_lines,
    verdict_lines,
)
from memorygym.core import JSON
from memorygym.errors import BadSettings, UnknownPart
from memorygym.outcome import Goal, Outcome
from memorygym.page import fit
from memorygym.runs.results import Place
from memorygym.scoring import outcomes

KINDS = ("retrieval", "update", "reasoning")
"""Those that come first in a table."""
WIDE = 11
"""Columns of a number in a table."""


@dataclass(frozen=True, slots=True)
class Miss:
    """A question that was missed."""

    place: Place
    number: int
    """Of the question in its episode, from 1."""
    outcome: Outcome
    cause: str
    facts: Sequence[Fact]
    limits: Sequence[str]
    """Of the model, that its replies to the question met."""

    @property
    def id(self) -> str:
        """As `memorygym test` takes it."""
        return f"{self.place.episode}#{self.number}"

    def to_json(self) -> dict[str, JSON]:
        """A row."""
        q, place = self.outcome.goal, self.place
        return {
            "id": self.id, "template": place.template, "seed": place.seed, "agent": place.agent,
            "memory": place.memory, "budget": place.budget, "repeat": place.repeat,
            "number": self.number, "event": q.event, "kind": q.kind,
            "competency": q.competency, "question": q.text, "truth": q.truth,
            "answer": self.outcome.answer, "reason": self.outcome.reason, "cause": self.cause,
            "limits": list(self.limits),
            "facts": [{"fact": fact.text, "lost": fact.step} for fact in self.facts],
        }  # fmt: skip


@dataclass(slots=True)
class Found:
    """What the traces of agents, or of one system of a comparison, hold."""

    misses: list[Miss] = field(default_factory=list)
    asked: list[Goal] = field(default_factory=list)
    episodes: int = 0


@dataclass(slots=True)
class Met:
    """Every name that an option may ask for, as far as the traces tell."""

    agents: set[str] = field(default_factory=set)
    templates: set[str] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)
    """And competencies."""

    def add(self, played: Played, told: Sequence[Outcome]) -> None:
        """Those of a trace."""
        self.agents.add(played.place.agent)
        self.templates.add(played.place.template)
        self.kinds |= {name for o in told for name in (o.goal.kind, o.goal.competency)}

    def check(self, args: argparse.Namespace) -> None:
        """Raises UnknownPart for an option that asks for something else."""
        if self.agents:
            _check("agent", args.agent, self.agents)
            _check("template", args.template, self.templates)
            _check("competency", args.competency, self.kinds)


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument(
        "run", nargs="+", type=Path, metavar="RUN",
        help="the folder of a run or of a comparison, or traces",
    )  # fmt: skip
    parser.add_argument("--agent", help="of this agent or reasoner only")
    parser.add_argument(
        "--system", metavar="S",
        help=f"of a comparison: of this memory, or reference; {EVERY} of every one (default: of the"
        " memories)",
    )  # fmt: skip
    parser.add_argument("--template", "-t", help="of this world only")
    parser.add_argument("--cause", help=f"one of: {', '.join(CAUSES)}")
    parser.add_argument("--competency", metavar="K", help="a competency, or a kind of questions")
    parser.add_argument(
        "--limit", type=int, metavar="N", help="show the first N, of each system (default: all)"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a miss")


def run(args: argparse.Namespace) -> int:
    """Prints the misses, the first episode first; 2 if a trace cannot be read."""
    if args.limit is not None and args.limit < 1:
        raise BadSettings(f"--limit {args.limit}: give at least 1")
    _check("cause", args.cause, CAUSES)
    systems = Systems(args.system, args.run)
    by_who = _found(args, systems)
    if args.json:
        for miss in (miss for found in by_who.values() for miss in found.misses[: args.limit]):
            print(json.dumps(miss.to_json(), ensure_ascii=False))
        return 2 if systems.damaged else 0
    parts = [_text(who, found, args.limit) for who, found in (by_who or {"": Found()}).items()]
    print("\n\n".join([*parts, *systems.note()]))
    return 2 if systems.damaged else 0


def _found(args: argparse.Namespace, systems: Systems) -> dict[str, Found]:
    """What the options ask for, by system of a comparison.

    Raises UnknownPart if nothing there answers to one of them.
    """
    by_who: dict[str, Found] = {}
    met = Met()
    for played in systems.read(args.run):
        told = outcomes(played.trace)
        met.add(played, told)
        if _wanted(args, played.place) and systems.take(played):
            found = by_who.setdefault(played.system, Found())
            found.episodes += 1
            found.asked += [o.goal for o in told if _of(args.competency, o.goal)]
            found.misses += _misses(args, played, told)
    met.check(args)
    systems.check()
    for found in by_who.values():
        found.misses.sort(key=_order)
    return by_who


def _order(miss: Miss) -> tuple[object, ...]:
    place = miss.place
    return place.template, place.seed, place.agent, place.repeat, miss.number


def _check(kind: str, given: str | None, choices: Collection[str]) -> None:
    if given is not None and given not in choices:
        raise UnknownPart(kind, given, choices)


def _wanted(args: argparse.Namespace, place: Place) -> bool:
    return args.agent in (None, place.agent) and args.template in (None, place.template)


def _of(competency: str | None, question: Goal) -> bool:
    return competency in (None, question.competency, question.kind)


def _misses(args: argparse.Namespace, played: Played, told: Sequence[Outcome]) -> Iterator[Miss]:
    attribution = Attribution(played.trace)
    for number, outcome in enumerate(told, start=1):
        if outcome.correct or not _of(args.competency, outcome.goal):
            continue
        cause = attribution.cause(outcome)
        if args.cause in (None, cause):
            facts = facts_of(attribution, outcome.goal)
            limits = limits_in(played.trace, outcome.goal.event)
            yield Miss(played.place, number, outcome, cause, facts, limits)


def _text(who: str, found: Found, limit: int | None) -> str:
    """The table, then every miss."""
    head, *table = _summary(found)
    parts = ["\n".join([*fit(f"{who}: {head}" if who else head), *table])]
    for miss in found.misses[:limit]:
        lines = verdict_lines(miss.id, miss.outcome, miss.cause, miss.limits)
        parts.append("\n".join([*lines, *steps_lines(miss.facts)]))
    if rest := len(found.misses[limit:]) if limit else 0:
        parts.append(f"… {rest} more; leave --limit out to see them")
    return "\n\n".join(parts)


def _summary(found: Found) -> list[str]:
    """How many were missed, by cause and by kind of question."""
    lines = [
        f"{len(found.misses)} of {len(found.asked)} questions missed in {found.episodes} episodes"
    ]
    if not found.misses:
        return lines
    kinds = _kinds(question.kind for question in found.asked)
    if len(kinds) > 4 or max(map(len, kinds)) >= WIDE:
        return [*lines, "", *_by_kind(found, kinds)]
    lines += ["", _row("cause", (*kinds, "all"))]
    for cause in CAUSES:
        missed = [miss.outcome.goal.kind for miss in found.misses if miss.cause == cause]
        if missed:
            lines.append(_row(cause, _counts(missed, kinds)))
    missed = [miss.outcome.goal.kind for miss in found.misses]
    lines.append(_row("missed", _counts(missed, kinds)))
    lines.append(_row("asked", _counts([question.kind for question in found.asked], kinds)))
    return lines


def _kinds(asked: Iterable[str]) -> list[str]:
    """Each once; refusals come last."""
    met = [*dict.fromkeys(asked)]
    first = [kind for kind in KINDS if kind in met]
    others = [kind for kind in met if kind not in (*KINDS, "abstention")]
    return [*first, *others, *(["abstention"] if "abstention" in met else [])]


def _by_kind(found: Found, kinds: Sequence[str]) -> Iterator[str]:
    """The same where there are too many kinds for columns."""
    for kind in kinds:
        asked = sum(question.kind == kind for question in found.asked)
        causes = Counter(m.cause for m in found.misses if m.outcome.goal.kind == kind)
        told = ", ".join(f"{cause} {causes[cause]}" for cause in CAUSES if causes[cause])
        yield from fit(f"{kind}: {causes.total()} of {asked} missed{told and f': {told}'}", "  ")


def _counts(kinds: Sequence[str], columns: Sequence[str]) -> list[int]:
    return [*map(kinds.count, columns), len(kinds)]


def _row(head: str, cells: Sequence[object]) -> str:
    return f"{head:<20}" + "".join(f"{cell!s:>{WIDE}}" for cell in cells)
