"""The misses of a run by cause, and the history of the facts of one question, as text and rows."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
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
from memorygym.reports.terminal import clip_middle, count, wrapped
from memorygym.runs.comparison.system_specs import role_of
from memorygym.runs.episode_result import EpisodeKey
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
ORDER = itemgetter("template", "seed", "agent", "repeat", "number")
"""The order of the list."""


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
    """One of: never written, dropped, stale, not retrieved, in context, not used, wrong refusal,
    should have refused, format, stuck."""
    question_type: str | None = option(None, "TYPE")
    """Only this question type, or kind of questions."""
    limit: int | None = option(None, "N", least=1)
    """The first N of each system (default: all)."""

    def fits(self, place: EpisodeKey) -> bool:
        """Whether an episode is of the agent and the template."""
        return self.agent in (None, place.agent) and self.template in (None, place.template)


@dataclass(slots=True)
class Misses:
    """The misses that a filter selects from some traces."""

    filter: MissFilter
    memory: str | None
    """The memory that is listed, or EVERY; None for all memories of a comparison without its
    references."""
    groups: dict[tuple[object, ...], list[Row]] = field(default_factory=dict)
    """The questions that each agent, or system of a comparison, was asked; of those that are not
    listed as misses only their kind."""
    episodes: int = 0
    left_out: set[str] = field(default_factory=set)
    """The references that are not listed."""
    damaged: list[str] = field(default_factory=list)
    """The errors of the traces that cannot be read."""
    unfinished: str = ""
    """How much of the run is here, if it has not finished."""

    def selects(self, place: EpisodeKey) -> bool:
        """Whether the misses of an episode are listed."""
        if not self.filter.fits(place):
            return False
        if self.memory:
            return self.memory in (EVERY, place.memory)
        return not place.compared or role_of(place.memory) == "memory"

    def read(self, paths: Sequence[Path], *, quiet: bool) -> None:
        """Adds the misses of these traces. Raises UnknownPart for a filter that no trace fits."""
        places: list[EpisodeKey] = []
        types: set[str] = set()
        rows = ([row] for row in stored_runs.read_played(paths))
        for stored, damage in watched(rows, len(paths), quiet=quiet):
            if not stored:
                self.damaged.append(damage)
                continue
            places.append(stored.place)
            if self.selects(stored.place):
                graded = outcomes(stored.trace)
                types |= {o.goal.kind for o in graded} | {o.goal.question_type for o in graded}
                self._add(stored, graded)
        fitting = [place for place in places if self.filter.fits(place)]
        self.left_out = {p.memory for p in fitting if not (self.memory or self.selects(p))}
        if not self.damaged:  # A damaged trace may hold the value.
            _check("agent", self.filter.agent, {place.agent for place in places})
            _check("template", self.filter.template, {place.template for place in places})
            memories = {place.memory for place in fitting}
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
                questions.append(miss or {"kind": goal.kind})

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
            failed = {failure.place.episode for failure in load(run).failures}
            self.damaged += [
                f"{run}: the trace of {readable(place.episode)} is missing"
                for place in lost
                if place.episode not in failed and self.selects(place)
            ]

    def rows(self) -> Iterator[Row]:
        """One row per miss."""
        for questions in self.groups.values():
            yield from sorted(filter(_is_miss, questions), key=ORDER)[: self.filter.limit]

    def text(self) -> str:
        """A table by cause, then one line per miss."""
        asked = [*chain.from_iterable(self.groups.values())]
        missed, rows = sum(map(_is_miss, asked)), [*self.rows()]
        parts = [f"{missed} of {len(asked)} questions missed in {count(self.episodes, 'episode')}"]
        parts += [self.unfinished] if self.unfinished else []
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
        asked = [*self.groups.values()]
        missed = [[*filter(_is_miss, questions)] for questions in asked]
        kinds = dict.fromkeys(question["kind"] for questions in asked for question in questions)
        others = [kind for kind in kinds if kind not in (*KINDS, "abstention")]

        def shares(kind: str = "") -> Iterator[str]:
            for both in zip(missed, asked, strict=True):
                yield "/".join(str(sum(kind in ("", q["kind"]) for q in some)) for some in both)

        causes = [(cause, *(_count(rows, cause) for rows in missed)) for cause in CAUSES]
        by_kind = [(k, *shares(k)) for k in (*KINDS, *others, "abstention") if k in kinds]
        heads = plain(("misses by cause", *_labels([*self.groups])), ())
        found = (row for row in causes if any(row[1:]))
        rows = beside(found, "missed of asked, by kind of question", [*by_kind, ("all", *shares())])
        return Table(heads.columns, rows)


def _is_miss(question: Row) -> bool:
    return "cause" in question


def _count(misses: Sequence[Row], cause: str) -> int:
    return sum(miss["cause"] == cause for miss in misses)


def misses_of(run: Path, name: str, filter: MissFilter, *, quiet: bool = True) -> Misses:
    """The misses of a folder or trace; `name` is the start of episode names, or "" for all.

    Raises UnknownPart or BadSettings.
    """
    _check("cause", filter.cause, CAUSES)
    traces = _traces(run)
    misses = Misses(filter, filter.memory or (EVERY if name or run.is_file() else None))
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
    """One line per miss, whole in a file; on a terminal the question is shortened first."""
    id_width = max(len(miss["id"]) for miss in misses)
    cause_width = max(len(miss["cause"]) for miss in misses)
    for miss in misses:
        answer = "none" if miss["answer"] is None else miss["answer"]
        verdict = " | " + one_line(f"truth {miss['truth']} | answer {answer}")
        head = f"{miss['id']:<{id_width}}  {miss['cause']:<{cause_width}}  "
        yield from clip_middle(head, one_line(miss["question"]), verdict)
