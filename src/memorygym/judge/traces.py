"""A judge goes over the answers of a trace: its rulings are appended, and the score follows."""

from collections.abc import Sequence
from dataclasses import replace

from memorygym.core import JSON
from memorygym.judge.judging import Case, Judge
from memorygym.scoring import Outcome, may_repair, outcomes
from memorygym.trace import Judged, Record, Ruling, Trace


def judge_trace(trace: Trace, judge: Judge) -> Trace:
    """The trace with the judge's rulings at its end, those of an earlier judge left out."""
    played: list[Record] = [record for record in trace.records if not isinstance(record, Judged)]
    unjudged = replace(trace, records=played)
    answered = [outcome for outcome in outcomes(unjudged) if outcome.answer is not None]
    asked = [outcome for outcome in answered if _is_asked(outcome, judge)]
    cases = (Case(o.question.text, o.question.truth, o.answer or "") for o in asked)
    rulings = list(judge.judge_all(cases))
    records = [
        Judged(outcome.question.event, ruling.votes)
        for outcome, ruling in zip(asked, rulings, strict=True)
    ]
    counts = _counts(answered, dict(zip(map(_event, asked), rulings, strict=True)))
    labels = {**trace.labels, "judge": {**judge.describe(), "counts": counts}}
    return replace(trace, records=[*played, *records], labels=labels)


def _is_asked(outcome: Outcome, judge: Judge) -> bool:
    if outcome.correct:
        return judge.audit_accepted and outcome.question.kind != "abstention"
    return may_repair(outcome)


def _event(outcome: Outcome) -> int:
    return outcome.question.event


def _counts(answered: Sequence[Outcome], rulings: dict[int, Ruling]) -> dict[str, JSON]:
    """What became of the answers that the grader rejected, and the votes that were no verdicts."""
    rejected = [_event(outcome) for outcome in answered if not outcome.correct]
    asked = [rulings[event] for event in rejected if event in rulings]
    ruled = [ruling for ruling in asked if ruling.ruled]
    repaired = sum(ruling.accepted for ruling in ruled)
    votes = [vote for ruling in rulings.values() for vote in ruling.votes]
    return {
        "rejected": len(rejected),
        "not_repairable": len(rejected) - len(asked),
        "repaired": repaired,
        "upheld": len(ruled) - repaired,
        "not_judged": len(asked) - len(ruled),
        "unreadable": sum(vote.said == "unreadable" for vote in votes),
        "failed": sum(vote.said == "failed" for vote in votes),
    }
