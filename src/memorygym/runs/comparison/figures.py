"""The figures of a comparison, from the measurements of its episodes.

The unit is the task, because the questions of a task share a memory: a figure has one value for
each task and an interval over tasks. Two systems are compared on the tasks that both finished.
To add a figure, add it to FIGURES: files, tables and docs/columns.md follow.
"""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import Literal, TypeVar

from memorygym.core.errors import BadSettings
from memorygym.runs.comparison.significance import (
    RECENCY,
    Pair,
    Questions,
    Scores,
    SignificanceTests,
    TaskKey,
    difference,
    gain,
    normalised_gain,
    share,
    significance_tests,
)
from memorygym.runs.comparison.system_specs import (
    MUTED,
    UNLIMITED,
    Role,
    is_built_in,
    role_of,
)
from memorygym.runs.metrics import Measurement, QuestionCase
from memorygym.scoring.attribution import is_unreadable
from memorygym.stats import Estimate, estimate, kendall, kendall_apart, mean_score

T = TypeVar("T")
LeftOut = Mapping[TaskKey, frozenset[int]]
"""By task: the numbers of the questions that are left out."""
Systems = Mapping[str, Mapping[TaskKey, Measurement]]
"""By system and task: its measurement."""
Cases = Sequence[QuestionCase]
Counted = Mapping[str, Mapping[TaskKey, Cases]]
"""By system and task: the questions that count."""
Clock = Mapping[str, tuple[float, float]]
"""By system: the median and the 95th percentile of its milliseconds per step."""
Bound = Literal["", "floor", "ceiling"]
"""A bound that a system reaches in every group of questions: that of `none`, that of `oracle`."""
Shown = Literal["main", "added", "versus", "words", "lost", "costs", "held"]
"""A table that `memorygym compare` prints."""
FACTS = ("0", "1", "2–3", "4+")
"""The groups of questions by the number of facts that they need."""
ROLES: tuple[Role, ...] = ("reference", "memory", "control", "unlimited")
FEWEST_RANKED = 5
"""Fewest memories at no bound whose ranking under two reasoners is compared."""
FEWEST_ANSWERED = 0.2
"""Lowest accuracy of a reasoner with full context that lets its ranking count."""
NOTHING_COUNTS = (
    "no question counts, because the oracle showed the needed facts of none: give a larger budget,"
    " or let `oracle` of the track name the events of its goals"
)


def left_out(measured: Sequence[Measurement]) -> LeftOut:
    """Questions whose needed facts together do not fit the budget, so that oracle showed none."""
    return {
        played.task: frozenset(
            case.number for case in played.cases if case.needs and not case.tokens
        )
        for played in measured
        if played.system == "oracle"
    }


def judged(played: Measurement, left: LeftOut) -> list[QuestionCase]:
    """The questions of a task that count."""
    lost = left.get(played.task, frozenset())
    return [case for case in played.cases if case.number not in lost]


def facts_group(needs: int) -> int:
    """The place in FACTS of questions that need so many facts.

    >>> [FACTS[facts_group(needs)] for needs in (0, 1, 2, 3, 4, 9)]
    ['0', '1', '2–3', '2–3', '4+', '4+']
    """
    return min(needs, 2) if needs < 4 else 3


def mean_of(part: str) -> Callable[[Cases], float | None]:
    """The mean over the questions that have a value."""

    def mean(cases: Cases) -> float | None:
        values = [value for value in map(attrgetter(part), cases) if value is not None]
        return sum(values) / len(values) if values else None

    return mean


def share_of(part: str, whole: str) -> Callable[[Cases], float | None]:
    """The mean over questions of each one's share, so that one with many facts counts as any."""

    def mean(cases: Cases) -> float | None:
        counts = [(getattr(case, part), getattr(case, whole)) for case in cases]
        shares = [n / total for n, total in counts if total]
        return sum(shares) / len(shares) if shares else None

    return mean


@dataclass(frozen=True, slots=True)
class SystemView:
    """One system within its comparison: what a figure is computed from."""

    system: str
    systems: Systems
    cases: Counted
    scores: Mapping[str, Scores]
    """By system and task: the mean score of the questions that count."""
    questions: Questions

    @property
    def own(self) -> Scores:
        """Its scores."""
        return self.scores[self.system]

    def of(self, system: str) -> Scores:
        """The scores of a system, none if it was not played."""
        return self.scores.get(system, {})

    def lead(self, system: str, other: str) -> Estimate | None:
        """The accuracy of a system minus that of another one."""
        return difference(self.of(system), self.of(other), self.questions)

    def played(self, value: Callable[[Measurement], T | None]) -> dict[TaskKey, T]:
        """A value of the measurement, by task that has it."""
        values = ((task, value(played)) for task, played in self.systems[self.system].items())
        return {task: value for task, value in values if value is not None}

    def asked(self, value: Callable[[Cases], T | None]) -> dict[TaskKey, T]:
        """A value of the questions that count, by task that has it."""
        values = ((task, value(cases)) for task, cases in self.cases[self.system].items())
        return {task: value for task, value in values if value is not None}

    def pairs(
        self, first: str, second: str
    ) -> dict[TaskKey, list[tuple[QuestionCase, QuestionCase]]]:
        """The questions that count as two systems answered them, by task that both finished."""
        ours, theirs = self.cases.get(first, {}), self.cases.get(second, {})
        both = {task: (cases, theirs[task]) for task, cases in ours.items() if task in theirs}
        return {task: [*zip(*cases, strict=True)] for task, cases in both.items()}


Compute = Callable[[SystemView], Estimate | None]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of every system of a comparison."""

    name: str
    """Its column in files."""
    unit: Literal["share", "difference", "amount"]
    meaning: str
    """What docs/columns.md says of it; "" if it is what the text under the field of that name of
    Measurement says, per task."""
    compute: Compute
    heads: Mapping[Shown, str] = field(default_factory=dict)
    """Its heading in each of the tables that print it."""
    note: str = ""
    """The words of the note under the main table that names the systems where it is not 0."""
    rests_on: Literal["", "reading", "answers"] = ""
    """What is empty if more than UNREAD_LIMIT of a memory's statements are unread: what the fact
    reader counts, and what follows from the answers of scripts, which read by it."""


def _lead_over(other: str) -> Compute:
    return lambda view: view.lead(view.system, other)


def _versus(right: tuple[bool, bool]) -> Compute:
    """The share of the questions that the system, and that recency, answers in full or does not."""

    def compute(view: SystemView) -> Estimate | None:
        shares = {
            task: [(a.score == 1, b.score == 1) for a, b in cases].count(right) / len(cases)
            for task, cases in view.pairs(view.system, RECENCY).items()
            if cases
        }
        return share(shares, view.questions)

    return compute


def _facts_share(part: str, whole: str) -> Compute:
    """The mean share of the facts of the questions that have any."""

    def questions(cases: Cases) -> int:
        return sum(getattr(case, whole) > 0 for case in cases)

    return lambda view: share(view.asked(share_of(part, whole)), view.asked(questions), mean_score)


def _unread(part: str) -> Compute:
    """The unread share of the statements that the memory showed, or held."""
    unread, stated = attrgetter(f"{part}.unread_share"), attrgetter(f"{part}.stated")
    return lambda view: share(view.played(unread), view.played(stated))


def _stored(condition: str) -> Compute:
    """The share in a condition of the facts that the final entries state."""

    def compute(view: SystemView) -> Estimate | None:
        facts = view.played(lambda played: played.facts if any(played.facts.values()) else None)
        held = {task: sum(counts.values()) for task, counts in facts.items()}
        shares = {task: counts[condition] / held[task] for task, counts in facts.items()}
        return share(shares, held)

    return compute


def _mean(values: Mapping[TaskKey, float]) -> Estimate | None:
    """The mean over tasks of an amount, which is never below 0."""
    mean = estimate([*values.values()]) if values else None
    return replace(mean, low=max(0.0, mean.low)) if mean and mean.has_interval else mean


def _budget_used(view: SystemView) -> Estimate | None:
    """The mean share of the budget that the context filled."""
    budgets = view.played(lambda played: played.budget)
    shown = view.asked(mean_of("tokens"))
    return _mean({task: shown[task] / budgets[task] for task in budgets if task in shown})


def _per_task(value: Callable[[Measurement], float | None]) -> Compute:
    return lambda view: _mean(view.played(value))


def _asked(value: Callable[[Measurement], float | None]) -> Compute:
    """A figure of what a memory asks models for, per task; unknown if it is so in one task, for the
    others may be the cheap ones. Of a memory from outside none of whose calls was seen it is
    unknown, for that may ask where nobody counts."""

    def compute(view: SystemView) -> Estimate | None:
        own, values = view.systems[view.system].values(), view.played(value)
        seen = any(played.model.calls or played.embeddings.calls for played in own)
        is_known = len(values) == len(own) and (seen or is_built_in(view.system))
        return _mean(values) if is_known else None

    return compute


def _counted(name: str, note: str = "", heads: Mapping[Shown, str] | None = None) -> Figure:
    """A figure that is a field of a measurement."""
    return Figure(name, "amount", "", _per_task(attrgetter(name)), heads or {}, note)


ACCURACY = "accuracy"
OF_THE_MODEL = "of the memory's own model, per task"
FIGURES: Mapping[str, Figure] = {figure.name: figure for figure in (
    Figure(ACCURACY, "share", "share of the questions that were answered correctly",
           lambda view: share(view.own, view.questions), rests_on="answers"),
    Figure("gain", "difference", "accuracy minus that of `none`",
           lambda view: gain(view.own, view.of("none"), view.questions), {"added": "vs none"},
           rests_on="answers"),
    Figure("degradation", "difference",
           "accuracy minus that of `full`: below 0 where the whole history answers more",
           _lead_over("full"), {"lost": "vs full"}, rests_on="answers"),
    Figure("normalised", "share",
           "(accuracy - none) / (oracle - none); empty unless oracle is above none",
           lambda view: normalised_gain(
               view.own, view.of("none"), view.of("oracle"), view.questions),
           {"added": "normalised\ngain"}, rests_on="answers"),
    Figure("advantage", "difference", "accuracy minus that of `recency`", _lead_over(RECENCY),
           {"added": "vs recency"}, rests_on="answers"),
    Figure("model_adds", "difference", "accuracy minus that of `muted:MEMORY`; empty unless that"
           " control is played", lambda view: view.lead(view.system, MUTED + view.system),
           {"added": "model\nadds"}, rests_on="answers"),
    Figure("wins", "share", "share of the questions that are answered in full, and not by"
           " `recency`", _versus((True, False)), {"versus": "wins"},
           rests_on="answers"),
    Figure("regressions", "share", "share of the questions that only `recency` answers in full",
           _versus((False, True)), {"versus": "regressions"}, rests_on="answers"),
    Figure("both", "share", "share of the questions that both answer in full",
           _versus((True, True)), {"versus": "both"}, rests_on="answers"),
    Figure("neither", "share", "share of the questions that neither answers in full",
           _versus((False, False)), {"versus": "neither"}, rests_on="answers"),
    Figure("exact", "share", "share of answers that match the truth word for word (exact match of"
           " SQuAD); empty unless of a data set",
           lambda view: share(view.asked(mean_of("exact")), view.questions), {"words": "EM"},
           rests_on="answers"),
    Figure("f1", "share", "word overlap of answer and truth (F1 of SQuAD); empty unless of a data"
           " set", lambda view: share(view.asked(mean_of("f1")), view.asked(len), mean_score),
           {"words": "F1"},
           rests_on="answers"),
    Figure("write_loss", "difference", "accuracy of `oracle` minus that of `held:MEMORY`",
           lambda view: view.lead("oracle", UNLIMITED + view.system),
           {"main": "write\nloss", "lost": "write\nloss"}, rests_on="reading"),
    Figure("retrieval_loss", "difference", "accuracy of `held:MEMORY` minus that of the memory",
           lambda view: view.lead(UNLIMITED + view.system, view.system),
           {"main": "retrieval\nloss", "lost": "retrieval\nloss"}, rests_on="reading"),
    Figure("evidence_recall", "share", "share of the facts that a question needs that were in the"
           " context; mean over questions", _facts_share("present", "needs"),
           {"lost": "evidence\nrecall"}, rests_on="reading"),
    Figure("stale_evidence_rate", "share", "of the needed facts that had changed, the share for"
           " which the context showed an old value without the new one; mean over questions",
           _facts_share("stale", "replaced"), {"main": "stale", "lost": "stale\nevidence"},
           rests_on="reading"),
    Figure("unread_context", "share", "share of the statements shown at questions that the fact"
           " reader could attribute to nothing", _unread("shown")),
    Figure("unread_store", "share", "the same of the statements held at the end", _unread("held")),
    *(Figure(name, "share", meaning, _stored(condition), {"held": head}, rests_on="reading")
      for condition, name, head, meaning in (
          ("true", "precision", "true",
           "of the facts that the final entries state: the share that is true"),
          ("stale", "stale", "stale", "the share that is an old value"),
          ("wrong", "wrong", "wrong", "the share that is a wrong value"),
          ("duplicate", "duplicate", "duplicate", "the share that was stated before"),
          ("irrelevant", "irrelevant", "irrelevant",
           "the share on which the gold table says nothing"))),
    Figure("context", "amount", "tokens that memory showed per question; where the reader recalls"
           " several times, the most at once",
           lambda view: _mean(view.asked(mean_of("tokens"))),
           {"main": "context\ntokens", "costs": "context\ntokens"}),
    Figure("passages", "amount", "passages that memory showed per question (its k)",
           lambda view: _mean(view.asked(mean_of("passages"))), {"costs": "passages"}),
    Figure("budget_used", "share", "`context` as a share of the budget; empty without a budget",
           _budget_used, {"costs": "budget\nused %"}),
    Figure("model_calls", "amount", f"calls {OF_THE_MODEL}",
           _asked(attrgetter("model.calls")), {"main": "model\ncalls"}),
    Figure("model_tokens", "amount", f"tokens {OF_THE_MODEL}",
           _asked(attrgetter("model.tokens")), {"main": "model\ntokens"}),
    *(Figure(f"{part}_{what}", "amount", f"{what} {OF_THE_MODEL}, while {doing}",
             _asked(attrgetter(f"{part}.{what}")), {"costs": f"{part}\n{what}"})
      for part, doing in (("ingest", "reading documents"), ("query", "answering questions"))
      for what in ("calls", "tokens")),
    Figure("total", "amount", "tokens per task: shown in all questions, and of the memory's own"
           " model", _asked(lambda m: None if m.model.tokens is None else
                            m.model.tokens + sum(case.tokens for case in m.cases))),
    *(Figure(f"embedding_{what}", "amount", f"{what} of embeddings that the memory asked an"
             " endpoint for, per task; of a memory of this package 0",
             _asked(attrgetter(f"embeddings.{what}"))) for what in ("calls", "tokens")),
    _counted("cache_breaks", heads={"costs": "cache\nbreaks"}),
    _counted("cuts", "Contexts or writes that the limits cut"),
    _counted("empty", "Empty replies of the memory's model"),
    _counted("overlong", "Replies of the memory's model longer than asked"),
    _counted("limited", "Replies of the reasoner cut short by its context or by --max-tokens"),
    _counted("repaired", "Answers that the grader rejected and the judge accepted"),
    _counted("peak", heads={"held": "peak\ntokens"}),
    _counted("writes", "Writes through tools"),
)}  # fmt: skip
"""Every figure, in the order of the columns of compare.csv."""


@dataclass(frozen=True, slots=True)
class SystemRow:
    """The figures of one system."""

    system: str
    role: Role
    scores: Scores
    """By finished task, in order."""
    failed: int
    """Tasks that it did not finish; they are in no mean."""
    rank: int | None
    """1 + the number of memories that are significantly better; empty for references and for a
    memory that failed somewhere or is a fault of the set-up."""
    fault: bool
    """Whether the strongest scripted reasoner answers more from the memory than from all that it
    held, by more than the interval: a fault of the set-up."""
    bound: Bound
    """Floor or ceiling if the memory is at that of `none` or `oracle` whatever the number of facts
    needed: not measured here."""
    figures: Mapping[str, Estimate | None]
    """By name, in the order of compare.csv."""
    unread: float
    """Share of the statements that the memory showed, or held if more, that were unread."""
    over_recency: Pair | None
    """Its test against recency, of a memory that shares a task with it."""

    @property
    def p_adjusted(self) -> float | None:
        """The adjusted p value of that test."""
        return self.over_recency.adjusted if self.over_recency else None

    def __getitem__(self, figure: str) -> Estimate | None:
        return self.figures[figure]

    @property
    def withheld(self) -> bool:
        """Whether figures are withheld, because too many statements were unread."""
        return is_unreadable(self.unread)


@dataclass(frozen=True, slots=True)
class Report:
    """All systems with one reasoner and one budget."""

    reasoner: str
    budget: int | None
    """Most tokens of the context; None where no system has a limit."""
    tasks: tuple[TaskKey, ...]
    """Tasks that at least one system finished."""
    questions: int
    """Answerable questions of these tasks, without those left out."""
    left_out: int
    """Questions whose needed facts together do not fit the budget."""
    cases: Counted
    rows: tuple[SystemRow, ...]
    """References, then memories, then memories with unlimited context; each by accuracy, the best
    first, and those that failed on some task or are a fault of the set-up last."""
    significance: SignificanceTests

    def row(self, system: str) -> SystemRow | None:
        """The row of a system, if there is one."""
        return next((row for row in self.rows if row.system == system), None)

    def of(self, *roles: Role) -> list[SystemRow]:
        """The rows of one role after the other, the best of each first."""
        return [row for role in roles for row in self.rows if row.role == role]


@dataclass(frozen=True, slots=True)
class RankAgreement:
    """Whether the memories rank alike with two reasoners, so that ranks are the memories' own."""

    reasoners: tuple[str, str]
    budget: int | None
    memories: int
    """Those that both rank."""
    measured: int
    """Those of them that are neither at the floor nor at the ceiling under either reasoner."""
    tau: Estimate | None
    """Kendall's tau-b of these, with its interval over tasks; None where it would say nothing."""
    reason: str
    """Why it would; "" if it is given."""


def figures(measured: Sequence[Measurement], failures: Mapping[str, int], name: str) -> Report:
    """All figures of one reasoner at one budget; `failures` counts the failed tasks by system.

    `name` names the random streams. Raises BadSettings if no question counts.
    """
    views = _views(measured, failures)
    faults = _faults(views) if all(played.strongest for played in measured) else set()
    asked = {played.task: {case.number for case in played.cases} for played in measured}
    finished = {
        system
        for system, view in views.items()
        if view.systems[system].keys() == asked.keys() and not failures.get(system)
    }
    unread = {system: _unread_share(view) for system, view in views.items()}
    is_scripted = all(played.scripted for played in measured)
    withheld = {name for name, share in unread.items() if is_scripted and is_unreadable(share)}
    tests = _tests(views, faults | withheld, finished, name)
    rows = [
        _row(
            view, tests, unread[system], is_scripted=is_scripted,
            failed=failures.get(system, 0), fault=system in faults,
        )
        for system, view in views.items()
    ]  # fmt: skip
    lost = sum(len(numbers & asked[task]) for task, numbers in left_out(measured).items())
    return Report(
        reasoner=measured[0].reasoner,
        budget=max((m.budget for m in measured if m.budget is not None), default=None),
        tasks=tuple(sorted(asked)),
        questions=sum(map(len, asked.values())) - lost,
        left_out=lost,
        cases=next(iter(views.values())).cases,
        rows=tuple(sorted(rows, key=_order)),
        significance=tests,
    )


def _views(
    measured: Sequence[Measurement], failures: Mapping[str, int]
) -> Mapping[str, SystemView]:
    """By system, sorted so that no figure depends on the order of play: what its figures are
    computed from."""
    left, names = left_out(measured), {played.system for played in measured} | failures.keys()
    systems: dict[str, dict[TaskKey, Measurement]] = {name: {} for name in sorted(names)}
    for played in sorted(measured, key=lambda played: played.task):
        systems[played.system][played.task] = played
    cases = {
        system: {task: judged(played, left) for task, played in tasks.items()}
        for system, tasks in systems.items()
    }
    scores = {
        system: {
            task: sum(case.score for case in own) / len(own) for task, own in tasks.items() if own
        }
        for system, tasks in cases.items()
    }
    questions = {task: len(own) for tasks in cases.values() for task, own in tasks.items() if own}
    if not questions:
        raise BadSettings(NOTHING_COUNTS)
    return {name: SystemView(name, systems, cases, scores, questions) for name in systems}


def _faults(views: Mapping[str, SystemView]) -> set[str]:
    """The systems that score more than with all that they held, by more than the interval. A weaker
    reasoner, or a model, may answer less where it is shown more."""
    losses = ((name, view.lead(UNLIMITED + name, name)) for name, view in views.items())
    return {name for name, loss in losses if loss and loss.high < 0}


def _tests(
    views: Mapping[str, SystemView], faults: Set[str], finished: Set[str], name: str
) -> SignificanceTests:
    """The tests among the memories without fault."""
    memories = {
        system: view.own
        for system, view in views.items()
        if role_of(system) == "memory" and system not in faults
    }
    view = next(iter(views.values()))
    recency = view.of(RECENCY)
    return significance_tests(memories, finished & memories.keys(), recency, view.questions, name)


def _unread_share(view: SystemView) -> float:
    """The share of the statements that a memory showed, or held if more, that were unread; of a
    reference, which shows what was shown, none."""
    if role_of(view.system) == "reference":
        return 0.0
    shares = (_unread("shown")(view), _unread("held")(view))
    return max(share.mean if share else 0.0 for share in shares)


def _row(
    view: SystemView,
    tests: SignificanceTests,
    unread: float,
    *,
    is_scripted: bool,
    failed: int,
    fault: bool,
) -> SystemRow:
    """The row of a system; figures that rest on what was unread are withheld if that is much."""
    figures = {name: figure.compute(view) for name, figure in FIGURES.items()}
    if is_unreadable(unread):
        rest = {"reading", "answers"} if is_scripted else {"reading"}
        figures |= {name: None for name, figure in FIGURES.items() if figure.rests_on in rest}
    return SystemRow(
        system=view.system,
        role=role_of(view.system),
        scores=view.own,
        failed=failed,
        rank=tests.ranks.get(view.system),
        fault=fault,
        bound=_bound_of(view),
        figures=figures,
        unread=unread,
        over_recency=tests.over_recency.get(view.system),
    )


def _bound_of(view: SystemView) -> Bound:
    """The bound that a system reaches whatever the number of needed facts, if it reaches one: there
    the comparison cannot tell it from a better or a worse one. References have none."""
    if role_of(view.system) != "memory":
        return ""
    if _is_level(view, view.system, "none"):
        return "floor"
    return "ceiling" if _is_level(view, "oracle", view.system) else ""


def _is_level(view: SystemView, first: str, second: str) -> bool:
    """Whether the first system leads the second in no group of questions by needed facts."""
    leads: dict[int, float] = {}
    for cases in view.pairs(first, second).values():
        for ours, theirs in cases:
            group = facts_group(ours.needs)
            leads[group] = leads.get(group, 0.0) + ours.score - theirs.score
    return bool(leads) and max(leads.values()) <= 1e-9


def _order(row: SystemRow) -> tuple[int, bool, float, bool, str]:
    """By role and accuracy, oracle before its equals. A system that failed on some task played
    other tasks than the rest, so it stands below them, as does one whose set-up is at fault."""
    accuracy = row["accuracy"]
    mean = accuracy.mean if accuracy else -1.0
    unranked = row.failed > 0 or row.fault
    return ROLES.index(row.role), unranked, -mean, row.system != "oracle", row.system


def agreement(first: Report, second: Report) -> RankAgreement | None:
    """Kendall's tau of the memories that finished every task with both reasoners and are at no
    bound with either: those at one agree whatever the reasoner. None with fewer than two that
    finished. The same of one reasoner on two tracks, if the reports share no task."""
    ours, theirs = (
        {row.system: row for row in report.of("memory") if row.rank is not None}
        for report in (first, second)
    )
    both = sorted(ours.keys() & theirs.keys())
    if len(both) < 2:
        return None
    inside = [name for name in both if not ours[name].bound and not theirs[name].bound]
    reason = next(filter(None, map(_too_weak, (first, second))), "")
    if not reason and len(inside) < FEWEST_RANKED:
        reason = (
            f"{len(inside)} of {len(both)} memories are neither at the floor nor at the ceiling"
            f" under either, and fewer than {FEWEST_RANKED} say nothing"
        )
    name = f"{first.reasoner} {second.reasoner} {first.budget}"
    a, b = ({system: rows[system].scores for system in inside} for rows in (ours, theirs))
    correlate = kendall_apart if {*first.tasks}.isdisjoint(second.tasks) else kendall
    tau = None if reason else correlate(a, b, name)
    names = first.reasoner, second.reasoner
    return RankAgreement(names, first.budget, len(both), len(inside), tau, reason)


def _too_weak(report: Report) -> str:
    """Says that a reasoner answers too little from the whole history to rank memories; or ""."""
    row = report.row("full")
    answered = row and row[ACCURACY]
    if not answered or answered.mean >= FEWEST_ANSWERED:
        return ""
    return (
        f"the {report.reasoner} reasoner answers {answered.mean:.1%} with full context, and below"
        f" {FEWEST_ANSWERED:.0%} it ranks no memories"
    )
