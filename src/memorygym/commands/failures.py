"""Show every question that was missed: why, and where the facts it needs were lost."""

import argparse
import json
import sys
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from memorygym.agents.accounting import limits_in
from memorygym.attribution import CAUSES, Attribution
from memorygym.commands._run import (
    Fact,
    Name,
    Played,
    facts_of,
    read_played,
    steps_lines,
    verdict_lines,
)
from memorygym.core import JSON
from memorygym.errors import BadSettings, UnknownPart
from memorygym.outcome import Goal, Outcome
from memorygym.scoring import outcomes
from memorygym.tracks.worlds.dealing.questions import REASONING
from memorygym.tracks.worlds.dealing.tiers import MIX


@dataclass(frozen=True, slots=True)
class Miss:
    """A question that was missed."""

    name: Name
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
        return f"{self.name}#{self.number}"

    def to_json(self) -> dict[str, JSON]:
        """A row."""
        q, name = self.outcome.goal, self.name
        return {
            "id": self.id, "template": name.template, "seed": name.seed, "agent": name.agent,
            "repeat": name.repeat, "number": self.number, "event": q.event, "kind": q.kind,
            "competency": q.competency, "question": q.text, "truth": q.truth,
            "answer": self.outcome.answer, "reason": self.outcome.reason, "cause": self.cause,
            "limits": list(self.limits),
            "facts": [{"fact": fact.text, "lost": fact.step} for fact in self.facts],
        }  # fmt: skip


@dataclass(slots=True)
class Found:
    """What the traces hold."""

    misses: list[Miss]
    asked: list[Goal]
    episodes: int = 0
    damaged: int = 0


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument(
        "run", nargs="+", type=Path, metavar="RUN", help="the folder of a run, or traces"
    )
    parser.add_argument("--agent", help="of this agent only")
    parser.add_argument("--template", "-t", help="of this world only")
    parser.add_argument("--cause", help=f"one of: {', '.join(CAUSES)}")
    parser.add_argument(
        "--competency", metavar="K", help=f"a competency, or one of {', '.join(MIX)}"
    )
    parser.add_argument("--limit", type=int, metavar="N", help="show the first N (default: all)")
    parser.add_argument("--json", action="store_true", help="one JSON object a miss")


def run(args: argparse.Namespace) -> int:
    """Prints the misses, the first episode first; 2 if a trace cannot be read."""
    if args.limit is not None and args.limit < 1:
        raise BadSettings(f"--limit {args.limit}: give at least 1")
    _check("cause", args.cause, CAUSES)
    _check("competency", args.competency, {*MIX, *REASONING})
    found = _found(args)
    shown = found.misses[: args.limit]
    if args.json:
        for miss in shown:
            print(json.dumps(miss.to_json(), ensure_ascii=False))
        return 2 if found.damaged else 0
    print("\n".join(_summary(found)))
    for miss in shown:
        lines = verdict_lines(miss.id, miss.outcome, miss.cause, miss.limits)
        print("\n" + "\n".join([*lines, *steps_lines(miss.facts)]))
    if rest := len(found.misses) - len(shown):
        print(f"\n… {rest} more; leave --limit out to see them")
    return 2 if found.damaged else 0


def _found(args: argparse.Namespace) -> Found:
    """What the options ask for. Raises UnknownPart if nothing there answers to one of them."""
    found = Found([], [])
    names: list[Name] = []
    for played, damage in read_played(args.run):
        if played is None:
            found.damaged += 1
            print(f"memorygym: {damage}; left out", file=sys.stderr)
            continue
        names.append(played.name)
        told = outcomes(played.trace)
        if _wanted(args, played.name):
            found.episodes += 1
            found.asked += [o.goal for o in told if _of(args.competency, o.goal)]
            found.misses += _misses(args, played, told)
    if names:
        _check("agent", args.agent, {name.agent for name in names})
        _check("template", args.template, {name.template for name in names})
    found.misses.sort(key=lambda miss: (miss.name, miss.number))
    return found


def _check(kind: str, given: str | None, choices: Collection[str]) -> None:
    if given is not None and given not in choices:
        raise UnknownPart(kind, given, choices)


def _wanted(args: argparse.Namespace, name: Name) -> bool:
    return args.agent in (None, name.agent) and args.template in (None, name.template)


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
            yield Miss(played.name, number, outcome, cause, facts, limits)


def _summary(found: Found) -> list[str]:
    """How many were missed, by cause and by kind of question."""
    lines = [
        f"{len(found.misses)} of {len(found.asked)} questions missed in {found.episodes} episodes"
    ]
    if not found.misses:
        return lines
    lines += ["", _row("cause", (*MIX, "all"))]
    for cause in CAUSES:
        kinds = [miss.outcome.goal.kind for miss in found.misses if miss.cause == cause]
        if kinds:
            lines.append(_row(cause, _by_kind(kinds)))
    lines.append(_row("missed", _by_kind([miss.outcome.goal.kind for miss in found.misses])))
    lines.append(_row("asked", _by_kind([question.kind for question in found.asked])))
    return lines


def _by_kind(kinds: Sequence[str]) -> list[int]:
    return [*map(kinds.count, MIX), len(kinds)]


def _row(head: str, cells: Sequence[object]) -> str:
    return f"{head:<20}" + "".join(f"{cell!s:>11}" for cell in cells)
