"""The misses of a run by cause, and where the facts of one question were lost: as text and rows."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path
from typing import Any

from memorygym.core.errors import BadTrace, UnknownPart
from memorygym.core.outcome import Goal, Outcome
from memorygym.core.text import wrap_lines
from memorygym.reports import stored_runs
from memorygym.reports.fact_history import entry_lines, question_lines
from memorygym.runs.comparison.system_specs import role_of
from memorygym.runs.store import trace_files
from memorygym.scoring.attribution import CAUSES, LOSSES, Attribution
from memorygym.scoring.episode_scores import outcomes
from memorygym.scoring.usage import limits_in

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


@dataclass(frozen=True, slots=True)
class MissFilter:
    """Which misses are listed; None takes all."""

    agent: str | None = None
    """Of this agent or reasoner."""
    system: str | None = None
    """Of a comparison: of this system, or `all`; without it of the memories."""
    template: str | None = None
    """Of this domain."""
    cause: str | None = None
    question_type: str | None = None
    """A question type, or a kind of questions."""
    limit: int | None = None
    """The first of each system."""


@dataclass(slots=True)
class TraceFindings:
    """What the traces of agents, or of one system of a comparison, hold."""

    misses: list[tuple[Row, Outcome]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    """The kind of every question."""
    episodes: int = 0


class Misses:
    """The misses of some traces that a filter asks for."""

    def __init__(self, wanted: MissFilter, *, every: bool) -> None:
        """Of a comparison the memories alone are listed, unless the filter or `every` asks for
        more. Raises UnknownPart."""
        self._wanted = wanted
        self._system = wanted.system or (EVERY if every else None)
        self._found: dict[str, TraceFindings] = {}
        self._met: dict[str, set[str]] = {
            option: set() for option in ("agent", "template", "question_type", "system")
        }
        """What the filter may ask for, as far as the traces tell."""
        self._left: set[str] = set()
        self.damaged: list[str] = []
        """What is wrong with the traces that cannot be read."""
        _check("cause", wanted.cause, CAUSES)

    def read(self, paths: Iterable[Path]) -> None:
        """Takes the misses of these traces in. Raises UnknownPart for a filter that none fits."""
        for played, damage in stored_runs.read_played(paths):
            if played:
                self._add(played)
            else:
                self.damaged.append(damage)
        for option, choices in self._met.items():
            if choices:
                _check(option, getattr(self._wanted, option), choices)
        for found in self._found.values():
            found.misses.sort(key=lambda miss: ORDER(miss[0]))

    def _add(self, played: stored_runs.StoredTrace) -> None:
        told, place = outcomes(played.trace), played.place
        self._met["agent"].add(place.agent)
        self._met["template"].add(place.template)
        self._met["question_type"] |= {n for o in told for n in (o.goal.kind, o.goal.question_type)}
        if not self._wants(played):
            return
        # Of a comparison they are grouped by system.
        found = self._found.setdefault(place.who if place.compared else "", TraceFindings())
        found.episodes += 1
        found.asked += [o.goal.kind for o in told if self._wanted.question_type in _names(o.goal)]
        found.misses += self._misses(played, told)

    def _wants(self, played: stored_runs.StoredTrace) -> bool:
        place, memory = played.place, played.place.memory
        given = ((self._wanted.agent, place.agent), (self._wanted.template, place.template))
        if any(wanted not in (None, own) for wanted, own in given):
            return False
        self._met["system"] |= {memory, EVERY}
        if self._system not in (None, EVERY):
            return memory == self._system
        if self._system == EVERY or not place.compared or role_of(memory) == "memory":
            return True
        self._left.add(memory)
        return False

    def _misses(
        self, played: stored_runs.StoredTrace, told: Sequence[Outcome]
    ) -> Iterator[tuple[Row, Outcome]]:
        attribution = Attribution(played.trace)
        for number, outcome in enumerate(told, start=1):
            if outcome.correct or self._wanted.question_type not in _names(outcome.goal):
                continue
            cause = attribution.cause(outcome)
            if self._wanted.cause in (None, cause):
                yield _miss(played, number, outcome, cause, attribution), outcome

    def rows(self) -> Iterator[Row]:
        """One a miss."""
        for found in self._found.values():
            yield from (row for row, _ in found.misses[: self._wanted.limit])

    def text(self) -> str:
        """A table by cause and every miss, for each system."""
        groups = self._found or {"": TraceFindings()}
        parts = [_text(who, found, self._wanted.limit) for who, found in groups.items()]
        if self._left:
            told = f"left out: {', '.join(sorted(self._left))} (--system {EVERY} lists them too)"
            parts.append("\n".join(wrap_lines(told)))
        return "\n\n".join(parts)


def misses_of(run: Path, name: str, wanted: MissFilter) -> Misses:
    """Those of a folder or trace; `name` is the beginning of some episodes' names, or "" for all.

    Raises UnknownPart or BadSettings.
    """
    traces = _traces(run)
    found = Misses(wanted, every=bool(name) or run.is_file())
    found.read(traces[episode] for episode in stored_runs.matching(name, traces, run))
    return found


def history_of(run: Path, name: str, number: int | None, entry: str | None = None) -> str:
    """The way of the facts of question `number` of one episode, or that of an entry of its memory.

    Raises UnknownPart, BadSettings or BadTrace.
    """
    traces = _traces(run)
    name = stored_runs.single(name, traces, run)
    ((played, damage),) = stored_runs.read_played([traces[name]])
    if played is None:
        raise BadTrace(damage)
    trace = played.trace
    lines = question_lines(trace, name, number) if number else entry_lines(trace, entry or "")
    return "\n".join(lines)


def _traces(run: Path) -> dict[str, Path]:
    stored_runs.check_folder(run)
    return {path.name.partition(".jsonl")[0]: path for path in trace_files([run])}


def _miss(
    played: stored_runs.StoredTrace,
    number: int,
    outcome: Outcome,
    cause: str,
    attribution: Attribution,
) -> Row:
    """A question that was missed, by its number in the episode from 1."""
    q, place = outcome.goal, played.place
    return {
        "id": f"{played.name}#{number}", "template": place.template, "seed": place.seed,
        "agent": place.agent, "memory": place.memory, "budget": place.budget,
        "repeat": place.repeat, "number": number, "event": q.event, "kind": q.kind,
        "question_type": q.question_type, "question": q.text, "truth": q.truth,
        "answer": outcome.answer, "reason": outcome.reason, "cause": cause,
        "limits": list(limits_in(played.trace, q.event)),
        "facts": [
            {"fact": fact.text, "lost": fact.step} for fact in stored_runs.facts_of(attribution, q)
        ],
    }  # fmt: skip


def _check(kind: str, given: str | None, choices: Iterable[str]) -> None:
    if given is not None and given not in choices:
        raise UnknownPart(kind, given, choices)


def _names(question: Goal) -> tuple[str | None, ...]:
    """What --competency may be for this question to count."""
    return None, question.question_type, question.kind


def _text(who: str, found: TraceFindings, limit: int | None) -> str:
    """The table, then every miss."""
    head, *table = _summary(found)
    parts = ["\n".join([*wrap_lines(f"{who}: {head}" if who else head), *table])]
    for row, outcome in found.misses[:limit]:
        lines = stored_runs.verdict_lines(row["id"], outcome, row["cause"], row["limits"])
        parts.append("\n".join([*lines, *_steps(row["facts"])]))
    if rest := len(found.misses[limit:]) if limit else 0:
        parts.append(f"… {rest} more; leave --limit out to see them")
    return "\n\n".join(parts)


def _steps(facts: Sequence[Row]) -> Iterator[str]:
    """Where the needed facts were lost, the earliest step first; those in view are only counted."""
    for step in (*LOSSES, stored_runs.IN_VIEW):
        if texts := [fact["fact"] for fact in facts if fact["lost"] == step]:
            told = "" if step == stored_runs.IN_VIEW else f": {'; '.join(texts)}"
            yield from wrap_lines(f"{step}, {len(texts)} of {len(facts)} facts{told}", "    ")


def _summary(found: TraceFindings) -> Iterator[str]:
    """How many were missed, by cause and by kind of question."""
    episodes = f"{found.episodes} episode{'s' * (found.episodes != 1)}"
    yield f"{len(found.misses)} of {len(found.asked)} questions missed in {episodes}"
    if not found.misses:
        return
    yield ""
    others = [kind for kind in found.asked if kind not in (*KINDS, "abstention")]
    every = dict.fromkeys([*KINDS, *others, "abstention"])  # Refusals come last.
    kinds = [kind for kind in every if kind in found.asked]
    missed = [(row["kind"], row["cause"]) for row, _ in found.misses]
    if len(kinds) > 4 or max(map(len, kinds)) >= WIDE:
        yield from _by_kind(found.asked, missed, kinds)
        return
    by_cause = {cause: [kind for kind, why in missed if why == cause] for cause in CAUSES}
    rows = {cause: of_cause for cause, of_cause in by_cause.items() if of_cause}
    rows |= {"missed": [kind for kind, _ in missed], "asked": found.asked}
    yield _line("cause", (*kinds, "all"))
    for head, group in rows.items():
        yield _line(head, [*map(group.count, kinds), len(group)])


def _by_kind(
    asked: Sequence[str], missed: Sequence[tuple[str, str]], kinds: Sequence[str]
) -> Iterator[str]:
    """The same where there are too many kinds for columns."""
    for kind in kinds:
        causes = Counter(cause for of, cause in missed if of == kind)
        told = ", ".join(f"{cause} {causes[cause]}" for cause in CAUSES if causes[cause])
        many = f"{causes.total()} of {asked.count(kind)} missed"
        yield from wrap_lines(f"{kind}: {many}{told and f': {told}'}", "  ")


def _line(head: str, cells: Sequence[object]) -> str:
    return f"{head:<20}" + "".join(f"{cell!s:>{WIDE}}" for cell in cells)
