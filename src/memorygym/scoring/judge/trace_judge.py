"""Judges the answers of a trace: the verdicts are appended to it, and the score uses them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from memorygym.core.outcome import Outcome
from memorygym.core.trace import Judgement, Record, Trace
from memorygym.core.types import JSON
from memorygym.core.votes import PanelVerdict, Vote
from memorygym.scoring.episode_scores import may_repair, outcomes
from memorygym.scoring.judge.panel import Judge, JudgeCase, occurs_in, voters


def judge_trace(trace: Trace, judge: Judge) -> Trace:
    """The trace with the judge's verdicts at its end, in place of those of an earlier judge."""
    played, answered = _unjudged(trace)
    asked = _asked(answered, audit_accepted=judge.audit_accepted)
    cases = (JudgeCase(o.goal.text, o.goal.truth, o.answer or "") for o in asked.values())
    verdicts = dict(zip(asked, judge.judge_all(cases), strict=True))
    records = [Judgement(event, panel_verdict.votes) for event, panel_verdict in verdicts.items()]
    counts = _counts(answered, verdicts)
    labels = {**trace.labels, "judge": {**judge.describe(), "counts": counts}}
    return replace(trace, records=[*played, *records], labels=labels)


def judgement_mismatch(trace: Trace, described: Mapping[str, Any]) -> str:
    """Why a trace's verdicts cannot come from the judge with that description; "" if they can.

    A trace cannot show that the models really gave these votes.
    """
    panel_verdicts = [record for record in trace.records if isinstance(record, Judgement)]
    played, answered = _unjudged(trace)
    asked = _asked(answered, audit_accepted=described["audit_accepted"])
    events = [record.event for record in panel_verdicts]
    if [*played, *panel_verdicts] != trace.records or events != list(asked):
        return "its verdicts are not on exactly the answers that the judge is asked about"
    names = voters([model["name"] for model in described["models"]])
    for record in panel_verdicts:
        if problem := _vote_mismatch(record.votes, names, asked[record.event].answer or ""):
            return f"the verdict of event {record.event}: {problem}"
    counts = _counts(answered, {record.event: record.panel_verdict for record in panel_verdicts})
    label = trace.labels.get("judge")
    if not isinstance(label, dict) or label.get("counts") != counts:
        return "labels.judge.counts are not those of its verdicts"
    return ""


def _vote_mismatch(votes: Sequence[Vote], names: Sequence[str], answer: str) -> str:
    if (voted := [vote.model for vote in votes]) != list(names):
        return f"votes of {', '.join(voted) or 'nobody'}, but the judge is {', '.join(names)}"
    for vote in votes:
        if vote.outcome == "yes" and not vote.quote.strip():
            return f"{vote.model} accepts without a quote"
        if not occurs_in(vote.quote, answer):
            return f"the answer does not say what {vote.model} quotes"
    return ""


def _unjudged(trace: Trace) -> tuple[list[Record], list[Outcome]]:
    """The records of play, and the outcome of every answer by the grader alone."""
    played: list[Record] = [record for record in trace.records if not isinstance(record, Judgement)]
    graded = outcomes(replace(trace, records=played))
    return played, [outcome for outcome in graded if outcome.answer is not None]


def _asked(answered: Sequence[Outcome], *, audit_accepted: bool) -> dict[int, Outcome]:
    """By event: the outcomes that the judge is asked about."""
    return {
        outcome.goal.event: outcome
        for outcome in answered
        if may_repair(outcome)
        or (audit_accepted and outcome.correct and outcome.goal.kind != "abstention")
    }


def _counts(
    answered: Sequence[Outcome], panel_verdicts: dict[int, PanelVerdict]
) -> dict[str, JSON]:
    """Counts of the answers that the grader rejected, by result, and of votes without a verdict."""
    rejected = [outcome.goal.event for outcome in answered if not outcome.correct]
    asked = [panel_verdicts[event] for event in rejected if event in panel_verdicts]
    judged = [panel_verdict for panel_verdict in asked if panel_verdict.counted]
    repaired = sum(panel_verdict.accepted for panel_verdict in judged)
    votes = [vote for panel_verdict in panel_verdicts.values() for vote in panel_verdict.votes]
    return {
        "rejected": len(rejected),
        "not_repairable": len(rejected) - len(asked),
        "repaired": repaired,
        "upheld": len(judged) - repaired,
        "not_judged": len(asked) - len(judged),
        "unreadable": sum(vote.outcome == "unreadable" for vote in votes),
        "failed": sum(vote.outcome == "failed" for vote in votes),
    }
