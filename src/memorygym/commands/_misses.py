"""The misses of a run as a list: why each was missed, and where the facts it needs were lost."""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path
from typing import Any

from memorygym.agents.accounting import limits_in
from memorygym.attribution import CAUSES, LOSSES, Attribution
from memorygym.commands._run import IN_VIEW, Played, facts_of, read_played, verdict_lines
from memorygym.errors import UnknownPart
from memorygym.isolation.arms import role_of
from memorygym.outcome import Goal, Outcome
from memorygym.page import fit
from memorygym.scoring import outcomes

EVERY = "all"
"""As a system: all of a comparison, its references too."""
KINDS = ("retrieval", "update", "reasoning")
"""Those that come first in a table."""
WIDE = 11
"""Columns of a number in a table."""
Row = Mapping[str, Any]
"""A miss as --json prints it."""
ORDER = itemgetter("template", "seed", "agent", "repeat", "number")
"""The first episode comes first."""


@dataclass(slots=True)
class Found:
    """What the traces of agents, or of one system of a comparison, hold."""

    misses: list[tuple[Row, Outcome]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    """The kind of every question."""
    episodes: int = 0


class Listing:
    """The misses that the options ask for, gathered trace by trace."""

    def __init__(self, args: argparse.Namespace, *, every: bool) -> None:
        """Of a comparison the memories alone are listed, unless the options or `every` ask for
        more. Raises UnknownPart."""
        self._args = args
        self._system = args.system or (EVERY if every else None)
        self._found: dict[str, Found] = {}
        self._met: dict[str, set[str]] = {
            option: set() for option in ("agent", "template", "competency", "system")
        }
        """What options may ask for, as far as the traces tell."""
        self._left: set[str] = set()
        _check("cause", args.cause, CAUSES)

    def print_all(self, paths: Iterable[Path]) -> int:
        """Prints the misses of these traces; 2 if one of them cannot be read."""
        damaged = 0
        for played, damage in read_played(paths):
            if played:
                self._add(played)
            else:
                damaged = 2
                print(f"memorygym: {damage}; left out", file=sys.stderr)
        for option, choices in self._met.items():
            if choices:
                _check(option, getattr(self._args, option), choices)
        self._print()
        return damaged

    def _add(self, played: Played) -> None:
        told, place = outcomes(played.trace), played.place
        self._met["agent"].add(place.agent)
        self._met["template"].add(place.template)
        self._met["competency"] |= {n for o in told for n in (o.goal.kind, o.goal.competency)}
        if not self._wants(played):
            return
        # Of a comparison they are grouped by system.
        found = self._found.setdefault(place.who if played.compared else "", Found())
        found.episodes += 1
        found.asked += [o.goal.kind for o in told if self._args.competency in _names(o.goal)]
        found.misses += self._misses(played, told)

    def _wants(self, played: Played) -> bool:
        place, memory = played.place, played.place.memory
        if self._args.agent not in (None, place.agent):
            return False
        if self._args.template not in (None, place.template):
            return False
        self._met["system"] |= {memory, EVERY}
        if self._system not in (None, EVERY):
            return memory == self._system
        if self._system == EVERY or not played.compared or role_of(memory) == "memory":
            return True
        self._left.add(memory)
        return False

    def _misses(self, played: Played, told: Sequence[Outcome]) -> Iterator[tuple[Row, Outcome]]:
        attribution = Attribution(played.trace)
        for number, outcome in enumerate(told, start=1):
            if outcome.correct or self._args.competency not in _names(outcome.goal):
                continue
            cause = attribution.cause(outcome)
            if self._args.cause in (None, cause):
                yield _miss(played, number, outcome, cause, attribution), outcome

    def _print(self) -> None:
        limit = self._args.limit
        for found in self._found.values():
            found.misses.sort(key=lambda miss: ORDER(miss[0]))
            for row, _ in found.misses[:limit] if self._args.json else ():
                print(json.dumps(row, ensure_ascii=False))
        if self._args.json:
            return
        parts = [_text(who, found, limit) for who, found in (self._found or {"": Found()}).items()]
        if self._left:
            told = f"left out: {', '.join(sorted(self._left))} (--system {EVERY} lists them too)"
            parts.append("\n".join(fit(told)))
        print("\n\n".join(parts))


def _miss(
    played: Played, number: int, outcome: Outcome, cause: str, attribution: Attribution
) -> Row:
    """A question that was missed, by its number in the episode from 1."""
    q, place = outcome.goal, played.place
    return {
        "id": f"{played.name}#{number}", "template": place.template, "seed": place.seed,
        "agent": place.agent, "memory": place.memory, "budget": place.budget,
        "repeat": place.repeat, "number": number, "event": q.event, "kind": q.kind,
        "competency": q.competency, "question": q.text, "truth": q.truth,
        "answer": outcome.answer, "reason": outcome.reason, "cause": cause,
        "limits": list(limits_in(played.trace, q.event)),
        "facts": [{"fact": fact.text, "lost": fact.step} for fact in facts_of(attribution, q)],
    }  # fmt: skip


def _check(kind: str, given: str | None, choices: Iterable[str]) -> None:
    if given is not None and given not in choices:
        raise UnknownPart(kind, given, choices)


def _names(question: Goal) -> tuple[str | None, ...]:
    """What --competency may be for this question to count."""
    return None, question.competency, question.kind


def _text(who: str, found: Found, limit: int | None) -> str:
    """The table, then every miss."""
    head, *table = _summary(found)
    parts = ["\n".join([*fit(f"{who}: {head}" if who else head), *table])]
    for row, outcome in found.misses[:limit]:
        lines = verdict_lines(row["id"], outcome, row["cause"], row["limits"])
        parts.append("\n".join([*lines, *_steps(row["facts"])]))
    if rest := len(found.misses[limit:]) if limit else 0:
        parts.append(f"… {rest} more; leave --limit out to see them")
    return "\n\n".join(parts)


def _steps(facts: Sequence[Row]) -> Iterator[str]:
    """Where the needed facts were lost, the earliest step first; those in view are only counted."""
    for step in (*LOSSES, IN_VIEW):
        if texts := [fact["fact"] for fact in facts if fact["lost"] == step]:
            told = "" if step == IN_VIEW else f": {'; '.join(texts)}"
            yield from fit(f"{step}, {len(texts)} of {len(facts)} facts{told}", "    ")


def _summary(found: Found) -> Iterator[str]:
    """How many were missed, by cause and by kind of question."""
    episodes = f"{found.episodes} episode{'s' * (found.episodes != 1)}"
    yield f"{len(found.misses)} of {len(found.asked)} questions missed in {episodes}"
    if not found.misses:
        return
    yield ""
    kinds = _kinds(found.asked)
    missed = [(row["kind"], row["cause"]) for row, _ in found.misses]
    if len(kinds) > 4 or max(map(len, kinds)) >= WIDE:
        yield from _by_kind(found.asked, missed, kinds)
        return
    yield _line("cause", (*kinds, "all"))
    for cause in CAUSES:
        if of_cause := [kind for kind, why in missed if why == cause]:
            yield _line(cause, _counts(of_cause, kinds))
    yield _line("missed", _counts([kind for kind, _ in missed], kinds))
    yield _line("asked", _counts(found.asked, kinds))


def _kinds(asked: Sequence[str]) -> list[str]:
    """Each once; refusals come last."""
    others = [kind for kind in asked if kind not in (*KINDS, "abstention")]
    return [kind for kind in dict.fromkeys([*KINDS, *others, "abstention"]) if kind in asked]


def _by_kind(
    asked: Sequence[str], missed: Sequence[tuple[str, str]], kinds: Sequence[str]
) -> Iterator[str]:
    """The same where there are too many kinds for columns."""
    for kind in kinds:
        causes = Counter(cause for of, cause in missed if of == kind)
        told = ", ".join(f"{cause} {causes[cause]}" for cause in CAUSES if causes[cause])
        many = f"{causes.total()} of {asked.count(kind)} missed"
        yield from fit(f"{kind}: {many}{told and f': {told}'}", "  ")


def _counts(kinds: Sequence[str], columns: Sequence[str]) -> list[int]:
    return [*map(kinds.count, columns), len(kinds)]


def _line(head: str, cells: Sequence[object]) -> str:
    return f"{head:<20}" + "".join(f"{cell!s:>{WIDE}}" for cell in cells)
