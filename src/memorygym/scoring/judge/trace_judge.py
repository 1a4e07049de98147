"""A judge goes over the answers of a trace: its rulings are appended, and the score follows."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from memorygym.core.outcome import Outcome
from memorygym.core.trace import Judgement, Record, Trace
from memorygym.core.types import JSON
from memorygym.core.votes import PanelVerdict, Vote
from memorygym.scoring.episode_scores import may_repair, outcomes
from memorygym.scoring.judge.panel import Judge, JudgeCase, said_in, voters


def judge_trace(trace: Trace, judge: Judge) -> Trace:
    """The trace with the judge's rulings at its end, those of an earlier judge left out."""
    played, answered = _unjudged(trace)
    asked = [one for one in answered if _is_asked(one, audit_accepted=judge.audit_accepted)]
    cases = (JudgeCase(o.goal.text, o.goal.truth, o.answer or "") for o in asked)
    events = [one.goal.event for one in asked]
    ruled = dict(zip(events, judge.judge_all(cases), strict=True))
    records = [Judgement(event, panel_verdict.votes) for event, panel_verdict in ruled.items()]
    counts = _counts(answered, ruled)
    labels = {**trace.labels, "judge": {**judge.describe(), "counts": counts}}
    return replace(trace, records=[*played, *records], labels=labels)


def misruled(trace: Trace, described: Mapping[str, Any]) -> str:
    """Why a trace's rulings cannot be those of a judge that describes itself so; "" if they can.

    That its models gave these votes cannot be told from a trace.
    """
    panel_verdicts = [record for record in trace.records if isinstance(record, Judgement)]
    played, answered = _unjudged(trace)
    audits = described["audit_accepted"]
    asked = {one.goal.event: one for one in answered if _is_asked(one, audit_accepted=audits)}
    if [*played, *panel_verdicts] != trace.records or [one.event for one in panel_verdicts] != list(
        asked
    ):
        return "its rulings are not on just the answers that the judge is asked about"
    names = voters([model["name"] for model in described["models"]])
    for record in panel_verdicts:
        if told := _misvoted(record.votes, names, asked[record.event].answer or ""):
            return f"the ruling of event {record.event}: {told}"
    counts = _counts(answered, {record.event: record.panel_verdict for record in panel_verdicts})
    stated = trace.labels.get("judge")
    if not isinstance(stated, dict) or stated.get("counts") != counts:
        return "labels.judge.counts are not those of its rulings"
    return ""


def _misvoted(votes: Sequence[Vote], names: Sequence[str], answer: str) -> str:
    if (found := [vote.model for vote in votes]) != list(names):
        return f"votes of {', '.join(found) or 'nobody'}, but the judge is {', '.join(names)}"
    for vote in votes:
        if vote.outcome == "yes" and not vote.quote.strip():
            return f"{vote.model} accepts without a quote"
        if not said_in(vote.quote, answer):
            return f"the answer does not say what {vote.model} quotes"
    return ""


def _unjudged(trace: Trace) -> tuple[list[Record], list[Outcome]]:
    """What was played, and what the grader alone makes of every answer."""
    played: list[Record] = [record for record in trace.records if not isinstance(record, Judgement)]
    found = outcomes(replace(trace, records=played))
    return played, [outcome for outcome in found if outcome.answer is not None]


def _is_asked(outcome: Outcome, *, audit_accepted: bool) -> bool:
    if outcome.correct:
        return audit_accepted and outcome.goal.kind != "abstention"
    return may_repair(outcome)


def _counts(
    answered: Sequence[Outcome], panel_verdicts: dict[int, PanelVerdict]
) -> dict[str, JSON]:
    """What became of the answers that the grader rejected, and the votes that were no verdicts."""
    rejected = [outcome.goal.event for outcome in answered if not outcome.correct]
    asked = [panel_verdicts[event] for event in rejected if event in panel_verdicts]
    ruled = [panel_verdict for panel_verdict in asked if panel_verdict.counted]
    repaired = sum(panel_verdict.accepted for panel_verdict in ruled)
    votes = [vote for panel_verdict in panel_verdicts.values() for vote in panel_verdict.votes]
    return {
        "rejected": len(rejected),
        "not_repairable": len(rejected) - len(asked),
        "repaired": repaired,
        "upheld": len(ruled) - repaired,
        "not_judged": len(asked) - len(ruled),
        "unreadable": sum(vote.outcome == "unreadable" for vote in votes),
        "failed": sum(vote.outcome == "failed" for vote in votes),
    }
