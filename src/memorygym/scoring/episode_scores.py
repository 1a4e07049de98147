"""Outcomes and scores of an episode of any track: pure functions of its trace."""

from collections.abc import Callable, Sequence
from typing import Any

from memorygym.core.outcome import Goal, Outcome, Score
from memorygym.core.statements import SubTaskGold
from memorygym.core.trace import Answer, Judgement, MemoryUpdate, Reward, Trace
from memorygym.core.track import gold_table, track_of


def outcomes(trace: Trace) -> Sequence[Outcome]:
    """The outcomes of a trace's goals, in order. Raises BadTrace if it has no gold table."""
    return track_of(trace).outcomes(trace)


def score(trace: Trace, graded: Sequence[Outcome] | None = None) -> Score:
    """The score of an episode by its track's own rule; `accuracies` if the track has none.

    The outcomes of its goals may be given. Raises BadTrace if it has no gold table.
    """
    graded = outcomes(trace) if graded is None else graded
    return (track_of(trace).score or accuracies)(trace, graded)


def answered(
    trace: Trace, goals: Sequence[Goal], grade: Callable[[Any, str], tuple[bool, str]]
) -> list[Outcome]:
    """The graded outcome of each question, in order; a question without an answer is wrong."""
    records = trace.records
    answers = {record.event: record.answer for record in records if isinstance(record, Answer)}
    judgements = {record.event: record for record in records if isinstance(record, Judgement)}
    graded = []
    for goal in goals:
        answer = answers.get(goal.event)
        if answer is None:
            graded.append(Outcome(goal, 0.0, "no answer was submitted"))
            continue
        correct, reason = grade(goal, answer)
        outcome = Outcome(goal, float(correct), reason, answer)
        graded.append(_repaired(outcome, judgements.get(goal.event)))
    return graded


def rewarded(trace: Trace) -> list[Outcome]:
    """The outcome of each sub-task, in order, for a track whose gold table is a SubTaskGold.

    Its score is the reward of its event, its answer the `Step.answer`.
    """
    gold: SubTaskGold = gold_table(trace)
    rewards = dict.fromkeys((goal.event for goal in gold.goals), 0.0)
    answers: dict[int, str | None] = dict.fromkeys(rewards, "nothing was done")
    answers |= dict.fromkeys(trace.stuck_events)
    for record in trace.records:
        match record:
            case Reward(event, reward):
                rewards[event] = rewards.get(event, 0.0) + reward
            case Answer(event, answer):
                answers[event] = answer
    return [
        Outcome(
            goal,
            total := rewards[goal.event],
            f"it was rewarded with {total:g}",
            answers[goal.event],
        )
        for goal in gold.goals
    ]


def _repaired(outcome: Outcome, judgement: Judgement | None) -> Outcome:
    """The outcome, corrected if a judge accepted an answer that the grader may have misread."""
    if not (judgement and judgement.verdict and may_repair(outcome)):
        return outcome
    accepting = judgement.accepting
    votes = f"{len(accepting)} of {len(judgement.counted)}: {accepting[0].quote!r}"
    reason = f"{outcome.reason}; accepted by the judge, {votes}"
    return Outcome(outcome.goal, 1.0, reason, outcome.answer, repaired=True)


def may_repair(outcome: Outcome) -> bool:
    """Whether a judge may accept an answer that the grader rejected, for it may be misread."""
    goal, answer = outcome.goal, outcome.answer
    if outcome.correct or answer is None:
        return False
    from memorygym.scoring.grading.repair import repairable  # Reading a trace needs no grader.

    return repairable(goal.question_type, goal.truth, answer, goal.rivals)


def accuracies(trace: Trace, judged: Sequence[Outcome]) -> Score:
    """The default score: the composite is the mean over answerable goals, the axes are by kind."""
    stored = [record for record in trace.records if isinstance(record, MemoryUpdate)]
    answerable = [outcome for outcome in judged if outcome.goal.kind != "abstention"]
    kinds = dict.fromkeys(outcome.goal.kind for outcome in answerable)
    tally: dict[str, tuple[int, int]] = {}
    for outcome in judged:
        correct, asked = tally.get(outcome.goal.question_type, (0, 0))
        tally[outcome.goal.question_type] = (correct + outcome.correct, asked + 1)
    return Score(
        composite=accuracy(answerable) or 0.0,
        axes={
            kind: accuracy([outcome for outcome in answerable if outcome.goal.kind == kind])
            for kind in kinds
        },
        correct_refusals=accuracy(
            [outcome for outcome in judged if outcome.goal.kind == "abstention"]
        ),
        accuracy=accuracy(judged) or 0.0,
        correct=sum(outcome.correct for outcome in answerable),
        answerable=len(answerable),
        writes=stored[-1].writes if stored else 0,
        peak=max((record.tokens for record in stored), default=0),
        question_types=tally,
    )


def accuracy(judged: Sequence[Outcome]) -> float | None:
    """The mean score of outcomes; None if there are none."""
    return sum(outcome.score for outcome in judged) / len(judged) if judged else None
