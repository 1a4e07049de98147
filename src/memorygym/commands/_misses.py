"""The misses of a run as a list: why each was missed, and where the facts it needs were lost."""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from memorygym.agents.accounting import limits_in
from memorygym.attribution import CAUSES, LOSSES, Attribution
from memorygym.commands._run import IN_VIEW, Fact, Played, facts_of, read_played, verdict_lines
from memorygym.core import JSON
from memorygym.errors import UnknownPart
from memorygym.isolation.arms import role_of
from memorygym.outcome import Goal, Outcome
from memorygym.page import fit
from memorygym.runs.results import Place
from memorygym.scoring import outcomes

EVERY = "all"
"""As a system: all of a comparison, its references too."""
KINDS = ("retrieval", "update", "reasoning")
"""Those that come first in a table."""
WIDE = 11
"""Columns of a number in a table."""


@dataclass(frozen=True, slots=True)
class Miss:
    """A question that was missed."""

    id: str
    """As `memorygym explain` takes it."""
    place: Place
    number: int
    """Of the question in its episode, from 1."""
    outcome: Outcome
    cause: str
    facts: Sequence[Fact]
    limits: Sequence[str]
    """Of the model, that its replies to the question met."""

    @property
    def order(self) -> tuple[object, ...]:
        """The first episode comes first."""
        place = self.place
        return place.template, place.seed, place.agent, place.repeat, self.number

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
            given = getattr(self._args, option)
            if choices:
                _check(option, given, choices)
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

    def _misses(self, played: Played, told: Sequence[Outcome]) -> Iterator[Miss]:
        attribution = Attribution(played.trace)
        for number, outcome in enumerate(told, start=1):
            if outcome.correct or self._args.competency not in _names(outcome.goal):
                continue
            cause = attribution.cause(outcome)
            if self._args.cause in (None, cause):
                facts = facts_of(attribution, outcome.goal)
                limits = limits_in(played.trace, outcome.goal.event)
                id = f"{played.name}#{number}"
                yield Miss(id, played.place, number, outcome, cause, facts, limits)

    def _print(self) -> None:
        limit = self._args.limit
        for found in self._found.values():
            found.misses.sort(key=lambda miss: miss.order)
        if self._args.json:
            for miss in (miss for found in self._found.values() for miss in found.misses[:limit]):
                print(json.dumps(miss.to_json(), ensure_ascii=False))
            return
        parts = [_text(who, found, limit) for who, found in (self._found or {"": Found()}).items()]
        if self._left:
            told = f"left out: {', '.join(sorted(self._left))} (--system {EVERY} lists them too)"
            parts.append("\n".join(fit(told)))
        print("\n\n".join(parts))


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
    for miss in found.misses[:limit]:
        lines = verdict_lines(miss.id, miss.outcome, miss.cause, miss.limits)
        parts.append("\n".join([*lines, *_steps(miss.facts)]))
    if rest := len(found.misses[limit:]) if limit else 0:
        parts.append(f"… {rest} more; leave --limit out to see them")
    return "\n\n".join(parts)


def _steps(facts: Sequence[Fact]) -> Iterator[str]:
    """Where the needed facts were lost, the earliest step first; those in view are only counted."""
    for step in (*LOSSES, IN_VIEW):
        if texts := [fact.text for fact in facts if fact.step == step]:
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
    missed = [(miss.outcome.goal.kind, miss.cause) for miss in found.misses]
    if len(kinds) > 4 or max(map(len, kinds)) >= WIDE:
        yield from _by_kind(found.asked, missed, kinds)
        return
    yield _row("cause", (*kinds, "all"))
    for cause in CAUSES:
        if of_cause := [kind for kind, why in missed if why == cause]:
            yield _row(cause, _counts(of_cause, kinds))
    yield _row("missed", _counts([kind for kind, _ in missed], kinds))
    yield _row("asked", _counts(found.asked, kinds))


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


def _row(head: str, cells: Sequence[object]) -> str:
    return f"{head:<20}" + "".join(f"{cell!s:>{WIDE}}" for cell in cells)
