"""The misses of a run by cause, and the history of the facts of one question, as text and rows."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path
from typing import Any

from memorygym.core.errors import BadTrace, MemoryGymError, UnknownPart
from memorygym.core.outcome import Goal, Outcome
from memorygym.core.text import one_line
from memorygym.reports import stored_runs
from memorygym.reports.fact_history import entry_lines, question_lines
from memorygym.reports.stored_runs import readable
from memorygym.reports.terminal import Row as TableRow
from memorygym.reports.terminal import clip_middle, table, wrapped
from memorygym.runs.comparison.system_specs import role_of
from memorygym.runs.episode_result import EpisodeKey
from memorygym.runs.executors import watched
from memorygym.runs.results import FILE, about_run, load, plan_of
from memorygym.runs.store import trace_files
from memorygym.scoring.attribution import CAUSES, Attribution
from memorygym.scoring.episode_scores import outcomes
from memorygym.scoring.usage import limits_in

EVERY = "all"
"""As a system: all systems of a comparison, references included."""
KINDS = ("retrieval", "update", "reasoning")
"""The kinds of questions that come first in a table; refusals come last."""
Row = Mapping[str, Any]
"""A miss as `--json` prints it."""
ORDER = itemgetter("template", "seed", "agent", "repeat", "number")
"""The order of the list."""


@dataclass(frozen=True, slots=True)
class MissFilter:
    """Which misses are listed; None takes all."""

    agent: str | None = None
    """Only misses of this agent or reasoner."""
    system: str | None = None
    """Only misses of this memory or reference, or `all`; None selects the memories."""
    template: str | None = None
    """Only misses of this domain."""
    cause: str | None = None
    question_type: str | None = None
    """A question type, or a kind of questions."""
    limit: int | None = None
    """The number of misses listed per system."""


@dataclass(slots=True)
class TraceFindings:
    """The questions and misses of an agent, or of one system of a comparison."""

    misses: list[Row] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    """The kind of every question."""
    episodes: int = 0


class Misses:
    """The misses that a filter selects from some traces."""

    def __init__(self, filter: MissFilter, *, every: bool) -> None:
        """Of a comparison, only the memories are listed unless the filter or `every` asks for
        more. Raises UnknownPart."""
        self._filter = filter
        self._system = filter.system or (EVERY if every else None)
        self._findings: dict[tuple[object, ...], TraceFindings] = {}
        self._choices: dict[str, set[str]] = {
            option: set() for option in ("agent", "template", "question_type", "system")
        }
        """The values of each filter that occur in the traces."""
        self._left_out: set[str] = set()
        self.damaged: list[str] = []
        """The errors of the traces that cannot be read."""
        self.unfinished = ""
        """How much of the run is here, if it has not finished."""
        _check("cause", filter.cause, CAUSES)

    def read(self, paths: Sequence[Path], *, quiet: bool = True) -> None:
        """Adds the misses of these traces. Raises UnknownPart for a filter that no trace fits."""
        rows = ([row] for row in stored_runs.read_played(paths))
        for stored, damage in watched(rows, len(paths), quiet=quiet):
            if stored:
                self._add(stored)
            else:
                self.damaged.append(damage)
        for option, choices in self._choices.items():
            if choices and not self.damaged:  # A damaged trace may hold the value.
                kind = "memory" if option == "system" else option.replace("_", " ")
                _check(kind, getattr(self._filter, option), choices)
        for findings in self._findings.values():
            findings.misses.sort(key=ORDER)

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
                if place.episode not in failed and self._selects(place)
            ]

    def _add(self, stored: stored_runs.StoredTrace) -> None:
        questions, place = outcomes(stored.trace), stored.place
        self._choices["agent"].add(place.agent)
        self._choices["template"].add(place.template)
        self._choices["question_type"] |= {
            name
            for outcome in questions
            for name in (outcome.goal.kind, outcome.goal.question_type)
        }
        if not self._selects(place):
            return
        key = (place.agent, place.memory, place.budget) if place.compared else (place.agent,)
        findings = self._findings.setdefault(key, TraceFindings())
        findings.episodes += 1
        findings.asked += [
            outcome.goal.kind
            for outcome in questions
            if self._filter.question_type in _names(outcome.goal)
        ]
        findings.misses += self._misses(stored, questions)

    def _selects(self, place: EpisodeKey) -> bool:
        memory = place.memory
        filters = ((self._filter.agent, place.agent), (self._filter.template, place.template))
        if any(wanted not in (None, own) for wanted, own in filters):
            return False
        self._choices["system"] |= {memory, EVERY}
        if self._system not in (None, EVERY):
            return memory == self._system
        if self._system == EVERY or not place.compared or role_of(memory) == "memory":
            return True
        self._left_out.add(memory)
        return False

    def _misses(
        self, stored: stored_runs.StoredTrace, questions: Sequence[Outcome]
    ) -> Iterator[Row]:
        attribution = Attribution(stored.trace)
        for number, outcome in enumerate(questions, start=1):
            if outcome.correct or self._filter.question_type not in _names(outcome.goal):
                continue
            cause = attribution.cause(outcome)
            if self._filter.cause in (None, cause):
                yield _miss(stored, number, outcome, cause, attribution)

    def rows(self) -> Iterator[Row]:
        """One row per miss."""
        for findings in self._findings.values():
            yield from findings.misses[: self._filter.limit]

    def text(self) -> str:
        """A table by cause, then one line per miss."""
        groups = dict(zip(_labels([*self._findings]), self._findings.values(), strict=True))
        misses = [miss for findings in groups.values() for miss in findings.misses]
        asked = sum(len(findings.asked) for findings in groups.values())
        episodes = sum(findings.episodes for findings in groups.values())
        parts = [
            f"{len(misses)} of {asked} questions missed in {episodes}"
            f" episode{'s' * (episodes != 1)}"
        ]
        parts += [self.unfinished] if self.unfinished else []
        if misses:
            parts += ["\n".join(_table(groups)), "\n".join(_lines([*self.rows()]))]
        if (rest := len(misses) - len([*self.rows()])) > 0:
            parts.append(f"… {rest} more; leave --limit out to see them")
        if self._left_out:
            names = ", ".join(sorted(self._left_out))
            parts.append(wrapped(f"left out: {names} (--memory {EVERY} lists them too)"))
        return "\n\n".join(parts)


def misses_of(run: Path, name: str, filter: MissFilter, *, quiet: bool = True) -> Misses:
    """The misses of a folder or trace; `name` is the start of episode names, or "" for all.

    Raises UnknownPart or BadSettings.
    """
    traces = _traces(run)
    misses = Misses(filter, every=bool(name) or run.is_file())
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


def _miss(
    stored: stored_runs.StoredTrace,
    number: int,
    outcome: Outcome,
    cause: str,
    attribution: Attribution,
) -> Row:
    """A missed question; its number in the episode counts from 1."""
    goal, place = outcome.goal, stored.place
    facts = stored_runs.facts_of(attribution, goal)
    return {
        "id": f"{readable(stored.name)}#{number}", "template": place.template, "seed": place.seed,
        "agent": place.agent, "memory": place.memory, "budget": place.budget,
        "repeat": place.repeat, "number": number, "event": goal.event, "kind": goal.kind,
        "question_type": goal.question_type, "question": goal.text, "truth": goal.truth,
        "answer": outcome.answer, "reason": outcome.reason, "cause": cause,
        "limits": list(limits_in(stored.trace, goal.event)),
        "facts": [{"fact": fact.text, "lost": fact.step} for fact in facts],
    }  # fmt: skip


def _check(kind: str, value: str | None, choices: Iterable[str]) -> None:
    if value is not None and value not in choices:
        raise UnknownPart(kind, value, choices)


def _names(question: Goal) -> tuple[str | None, ...]:
    """The values of the filter `question_type` that select this question."""
    return None, question.question_type, question.kind


def _labels(keys: Sequence[tuple[object, ...]]) -> list[str]:
    """The parts of each key in which the keys differ; for a comparison always the system.

    >>> _labels([("strong", "bm25", 300), ("strong", "bm25", 600)])
    ['bm25\\n300', 'bm25\\n600']
    """
    parts = [*zip(*keys, strict=True)]
    main = 1 if len(parts) > 1 else 0
    shown = [i for i, values in enumerate(parts) if i == main or len({*values}) > 1]
    return ["\n".join(str(key[i] or "no budget") for i in shown) for key in keys]


def _table(groups: Mapping[str, TraceFindings]) -> list[str]:
    """The number of misses by cause, and the share that was missed by kind of question."""
    columns = [*groups.values()]
    every = [kind for column in columns for kind in column.asked]
    causes = [Counter(miss["cause"] for miss in column.misses) for column in columns]
    rows: list[TableRow | str] = [
        (cause, [str(count[cause]) for count in causes])
        for cause in CAUSES
        if any(count[cause] for count in causes)
    ]
    rows.append("missed of asked, by kind of question")
    others = [kind for kind in every if kind not in (*KINDS, "abstention")]
    kinds = [kind for kind in dict.fromkeys([*KINDS, *others, "abstention"]) if kind in every]
    for kind in kinds:
        missed = [sum(miss["kind"] == kind for miss in column.misses) for column in columns]
        asked = [column.asked.count(kind) for column in columns]
        rows.append((kind, [f"{m}/{n}" for m, n in zip(missed, asked, strict=True)]))
    rows.append(("all", [f"{len(column.misses)}/{len(column.asked)}" for column in columns]))
    return table("misses by cause", [*groups], rows)


def _lines(misses: Sequence[Row]) -> Iterator[str]:
    """One line per miss, whole in a file; on a terminal the question is shortened first."""
    id_width = max(len(miss["id"]) for miss in misses)
    cause_width = max(len(miss["cause"]) for miss in misses)
    for miss in misses:
        answer = "none" if miss["answer"] is None else miss["answer"]
        verdict = " | " + one_line(f"truth {miss['truth']} | answer {answer}")
        head = f"{miss['id']:<{id_width}}  {miss['cause']:<{cause_width}}  "
        yield from clip_middle(head, one_line(miss["question"]), verdict)
