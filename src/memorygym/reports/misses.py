"""The misses of a run by cause, and the history of the facts of one question, as text and rows."""

import sys
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import chain
from operator import itemgetter
from pathlib import Path
from typing import Any

from memorygym.core.errors import BadTrace, MemoryGymError, UnknownPart
from memorygym.core.outcome import Outcome
from memorygym.core.text import one_line
from memorygym.reports import stored_runs
from memorygym.reports.fact_history import entry_lines, question_lines
from memorygym.reports.stored_runs import readable
from memorygym.reports.table import Table, beside, plain
from memorygym.reports.terminal import NAME, clip_middle, count, width, wrapped
from memorygym.runs.comparison.system_specs import UNLIMITED, role_of
from memorygym.runs.episode_result import EpisodeKey, Failure
from memorygym.runs.executors import watched
from memorygym.runs.results import FILE, about_run, load, plan_of
from memorygym.runs.settings import Settings, option
from memorygym.runs.store import trace_files
from memorygym.scoring.attribution import CAUSES, Attribution
from memorygym.scoring.episode_scores import outcomes
from memorygym.scoring.usage import limits_in

EVERY = "all"
"""As a memory: all systems of a comparison, references included."""
KINDS = ("retrieval", "update", "reasoning")
"""The kinds of questions that come first in a table; refusals come last."""
PLACE = ("template", "seed", "agent", "memory", "budget", "repeat")
"""What a miss says of its episode."""
Row = Mapping[str, Any]
"""A miss as `--json` prints it."""


@dataclass(frozen=True, kw_only=True)
class MissFilter(Settings):
    """Which misses are listed; None takes all."""

    agent: str | None = option(None, "AGENT")
    """Only of this agent or reasoner."""
    memory: str | None = option(None, "MEMORY", python="system")
    """Of a comparison: only of this memory or reference, or all (default: of the memories)."""
    template: str | None = option(None, "TEMPLATE", "-t")
    """Only of this template."""
    cause: str | None = option(None, "CAUSE")
    """One of: never written, dropped, stale, not retrieved, never stated, in context, not used,
    wrong refusal, should have refused, format, stuck."""
    question_type: str | None = option(None, "TYPE")
    """Only this question type, or kind of questions."""
    limit: int | None = option(None, "N", least=1)
    """The first N of each system (default: all)."""

    def selects(self, place: EpisodeKey) -> bool:
        """Whether the misses of an episode are listed."""
        if self.agent not in (None, place.agent) or self.template not in (None, place.template):
            return False
        if self.memory is None:
            return not place.compared or role_of(place.memory) == "memory"
        return self.memory in (EVERY, place.memory)


@dataclass(slots=True)
class Misses:
    """The misses that a filter selects from some traces."""

    filter: MissFilter
    groups: dict[tuple[object, ...], list[tuple[str, Row | None]]] = field(default_factory=dict)
    """The questions that each agent, or system of a comparison, was asked: their kinds, and those
    that are listed as misses."""
    episodes: int = 0
    left_out: set[str] = field(default_factory=set)
    """The references that are not listed."""
    damaged: list[str] = field(default_factory=list)
    """The errors of the traces that cannot be read."""
    unfinished: str = ""
    """How much of the run is here, if it has not finished."""
    failures: list[Failure] = field(default_factory=list)
    """The selected episodes without a score."""

    def read(self, paths: Sequence[Path], *, quiet: bool) -> None:
        """Adds the misses of these traces. Raises UnknownPart for a filter that no trace fits."""
        places = [failure.place for failure in self.failures]
        types: set[str] = set()
        rows = ([row] for row in stored_runs.read_played(paths))
        for stored, damage in watched(rows, len(paths), quiet=quiet):
            if not stored:
                self.damaged.append(damage)
                continue
            places.append(stored.place)
            if self.filter.selects(stored.place):
                graded = outcomes(stored.trace)
                types |= {o.goal.kind for o in graded} | {o.goal.question_type for o in graded}
                self._add(stored, graded)
        everything = replace(self.filter, memory=EVERY)
        memories = {place.memory for place in places if everything.selects(place)}
        if self.filter.memory is None:
            self.left_out = memories - {p.memory for p in places if self.filter.selects(p)}
        if not self.damaged:  # A damaged trace may hold the value.
            _check("agent", self.filter.agent, {place.agent for place in places})
            _check("template", self.filter.template, {place.template for place in places})
            _check("memory", self.filter.memory, memories and memories | {EVERY})
            _check("question type", self.filter.question_type, types)

    def _add(self, stored: stored_runs.StoredTrace, graded: Sequence[Outcome]) -> None:
        place, attribution = stored.place, Attribution(stored.trace)
        key = (place.agent, place.memory, place.budget) if place.compared else (place.agent,)
        questions = self.groups.setdefault(key, [])
        self.episodes += 1
        for number, outcome in enumerate(graded, start=1):
            goal, cause = outcome.goal, attribution.cause(outcome)
            if self.filter.question_type in (None, goal.question_type, goal.kind):
                is_listed = cause and self.filter.cause in (None, cause)
                miss = _miss(stored, number, outcome, cause, attribution) if is_listed else None
                questions.append((goal.kind, miss))

    def expect(self, run: Path, names: Collection[str]) -> None:
        """Names what the folder of a run lacks: episodes that it planned beside those of `names`,
        which have traces."""
        with suppress(MemoryGymError):  # The traces hold all that a list needs.
            plan = plan_of(run, about_run(run))
            lost = [place for place in plan if place.episode not in names]
            if not (run / FILE).exists():
                ended = len(plan) - len(lost)
                self.unfinished = f"run unfinished: {ended} of {len(plan)} episodes"
                return
            failures = load(run).failures
            self.failures = [f for f in failures if self.filter.selects(f.place)]
            failed = {failure.place.episode for failure in failures}
            self.damaged += [
                f"{run}: the trace of {readable(place.episode)} is missing"
                for place in lost
                if place.episode not in failed and self.filter.selects(place)
            ]

    def rows(self) -> list[Row]:
        """One row per miss: by agent or system, then by task and number."""
        order = itemgetter("template", "seed", "agent", "repeat", "number")
        groups = ([miss for _, miss in questions if miss] for questions in self.groups.values())
        return [
            miss for misses in groups for miss in sorted(misses, key=order)[: self.filter.limit]
        ]

    def text(self) -> str:
        """A table by cause, then one line per miss."""
        asked = [*chain.from_iterable(self.groups.values())]
        missed, rows = sum(miss is not None for _, miss in asked), self.rows()
        parts = [f"{missed} of {len(asked)} questions missed in {count(self.episodes, 'episode')}"]
        parts += [self.unfinished] if self.unfinished else []
        parts += map(wrapped, failure_notes(self.failures))
        if missed:
            parts += ["\n".join(self._table().lines()), "\n".join(_lines(rows))]
        if (rest := missed - len(rows)) > 0:
            parts.append(f"… {rest} more; leave --limit out to see them")
        if self.left_out:
            names = ", ".join(sorted(self.left_out))
            parts.append(wrapped(f"left out: {names} (--memory {EVERY} lists them too)"))
        return "\n\n".join(parts)

    def _table(self) -> Table[Sequence[Any]]:
        """The number of misses by cause, and the share that was missed by kind of question."""
        groups = [*self.groups.values()]
        causes = [Counter(miss["cause"] for _, miss in group if miss) for group in groups]
        asked = [Counter(kind for kind, _ in group) for group in groups]
        missed = [Counter(kind for kind, miss in group if miss) for group in groups]
        kinds = dict.fromkeys(chain(KINDS, *asked))
        by_kind = [
            (kind, *(f"{n[kind]}/{of[kind]}" for n, of in zip(missed, asked, strict=True)))
            for kind in sorted(kinds, key="abstention".__eq__)
            if any(of[kind] for of in asked)
        ]
        total = [f"{n.total()}/{of.total()}" for n, of in zip(missed, asked, strict=True)]
        by_cause = [(cause, *(n[cause] for n in causes)) for cause in CAUSES]
        heads = plain(("misses by cause", *_labels([*self.groups])), ())
        found = (row for row in by_cause if any(row[1:]))
        rows = beside(found, "missed of asked, by kind of question", [*by_kind, ("all", *total)])
        return Table(heads.columns, rows)


def misses_of(run: Path, name: str, filter: MissFilter, *, quiet: bool = True) -> Misses:
    """The misses of a folder or trace; `name` is the start of episode names, or "" for all.

    Raises UnknownPart or BadSettings.
    """
    _check("cause", filter.cause, CAUSES)
    traces = _traces(run)
    if name or run.is_file():
        filter = replace(filter, memory=filter.memory or EVERY)
    misses = Misses(filter)
    paths = [traces[episode] for episode in stored_runs.matching(name, traces, run)]
    if not name and (run / "run.json").is_file():
        misses.expect(run, traces)
    misses.read(paths, quiet=quiet)
    return misses


def history_of(run: Path, name: str, number: int | None, entry: str | None = None) -> str:
    """The history of the facts of a question of one episode, or of an entry of its memory.

    Raises UnknownPart, BadSettings or BadTrace.
    """
    traces = _traces(run)
    name = stored_runs.single(name, traces, run)
    ((stored, damage),) = stored_runs.read_played([traces[name]])
    if stored is None:
        raise BadTrace(damage)
    trace = stored.trace
    lines = question_lines(trace, name, number) if number else entry_lines(trace, entry or "")
    return "\n".join(lines)


def _traces(run: Path) -> dict[str, Path]:
    stored_runs.check_folder(run)
    return {path.name.partition(".jsonl")[0]: path for path in trace_files([run])}


def _check(kind: str, value: str | None, choices: Iterable[str]) -> None:
    if value is not None and choices and value not in choices:
        raise UnknownPart(kind, value, choices)


def _miss(
    stored: stored_runs.StoredTrace,
    number: int,
    outcome: Outcome,
    cause: str,
    attribution: Attribution,
) -> Row:
    """A missed question; its number in the episode counts from 1."""
    goal = outcome.goal
    facts = stored_runs.facts_of(attribution, goal)
    text_of = attribution.reader.text
    return {
        "id": f"{readable(stored.name)}#{number}",
        **{name: getattr(stored.place, name) for name in PLACE},
        "number": number,
        **{name: getattr(goal, name) for name in ("event", "kind", "question_type")},
        "question": goal.text,
        "truth": goal.truth,
        "answer": outcome.answer,
        "reason": outcome.reason,
        "cause": cause,
        "limits": list(limits_in(stored.trace, goal.event)),
        "facts": [{"fact": text_of(fact), "lost": step} for fact, step in facts],
    }


def _labels(keys: Sequence[tuple[object, ...]]) -> list[str]:
    """The parts of each key in which the keys differ; for a comparison always the system.

    >>> _labels([("strong", "bm25", 300), ("strong", "bm25", 600)])
    ['bm25\\n300', 'bm25\\n600']
    """
    parts = [*zip(*keys, strict=True)]
    main = 1 if len(parts) > 1 else 0
    shown = [i for i, values in enumerate(parts) if i == main or len({*values}) > 1]
    return ["\n".join(str(key[i] or "no budget") for i in shown) for key in keys]


def _lines(misses: Sequence[Row]) -> Iterator[str]:
    """One line per miss, whole in a file; on a terminal the question is shortened."""
    id_width = max(len(miss["id"]) for miss in misses)
    cause_width = max(len(miss["cause"]) for miss in misses)
    for miss in misses:
        answer = "none" if miss["answer"] is None else miss["answer"]
        verdict = " | " + one_line(f"truth {miss['truth']} | answer {answer}")
        head = f"{miss['id']:<{id_width}}  {miss['cause']:<{cause_width}}  "
        question = one_line(miss["question"])
        room = width() - len(head)
        if not sys.stdout.isatty():
            yield head + question + verdict
        elif room - len(verdict) >= NAME:
            yield head + clip_middle(question, room - len(verdict)) + verdict
        else:  # Little of the question would stay beside the verdict.
            yield head + clip_middle(question, max(NAME, room))
            yield clip_middle(f"  {verdict}", width())


def failure_notes(failures: Iterable[Failure]) -> Iterator[str]:
    """How often each memory, agent or provider's model failed, and why the first time."""
    errors: dict[str, list[str]] = {}
    for failure in failures:
        errors.setdefault(_failed(failure), []).append(failure.error)
    for name, (first, *more) in sorted(errors.items()):
        if name.startswith(UNLIMITED) and name.removeprefix(UNLIMITED) in errors:
            continue  # The note of the memory itself says why.
        times = count(1 + len(more), "time") + "; the first time" * bool(more)
        yield f"{name} failed {times}: {first}"


def _failed(failure: Failure) -> str:
    """What failed: a memory, an agent, or a provider's model."""
    match failure.kind:
        case "provider":
            return f"{failure.place.agent} (provider)"
        case "agent":
            return f"agent {failure.place.agent}"
    return failure.place.memory
