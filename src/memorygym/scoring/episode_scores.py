"""Outcomes and scores of any track: pure functions of a trace."""

from collections.abc import Collection, Mapping, Sequence

from memorygym.core.outcome import Outcome, Score, SubTask
from memorygym.core.statements import SubTaskGold
from memorygym.core.trace import Answer, Judgement, MemoryUpdate, Reward, Trace
from memorygym.core.trace_reader import AnswerReader
from memorygym.core.track import table, track_of
from memorygym.core.votes import PanelVerdict
from memorygym.scoring.grading import repairable


def outcomes(trace: Trace) -> Sequence[Outcome]:
    """Every goal in order. Raises BadTrace without a gold table."""
    return track_of(trace).outcomes(trace)


def score(trace: Trace) -> Score:
    """What an episode is worth to its track: `accuracies` unless that says otherwise."""
    scored = track_of(trace).score
    return scored(trace) if scored else accuracies(trace, outcomes(trace))


def answered(trace: Trace, by: AnswerReader) -> list[Outcome]:
    """Every question in order, graded; one without an answer is wrong."""
    answers = {one.event: one.answer for one in trace.records if isinstance(one, Answer)}
    panel_verdicts = {
        one.event: one.panel_verdict for one in trace.records if isinstance(one, Judgement)
    }
    graded = []
    for goal in by.goals:
        answer = answers.get(goal.event)
        if answer is None:
            graded.append(Outcome(goal, 0.0, "no answer was submitted"))
            continue
        correct, reason = by.grade(goal, answer)
        outcome = Outcome(goal, float(correct), reason, answer)
        graded.append(_repaired(outcome, panel_verdicts.get(goal.event)))
    return graded


def rewarded(trace: Trace) -> list[Outcome]:
    """Every sub-task of a track whose gold table is `statements.SubTaskGold`: the score is the
    reward of its event, the answer is `Step.answer`."""
    gold: SubTaskGold = table(trace)
    earned: dict[int, float] = {}
    done: dict[int, str] = {}
    for record in trace.records:
        match record:
            case Reward(event, reward):
                earned[event] = earned.get(event, 0.0) + reward
            case Answer(event, answer):
                done[event] = answer
    return [_done(goal, earned.get(goal.event, 0.0), done, trace.stuck) for goal in gold.goals]


def _done(goal: SubTask, reward: float, done: Mapping[int, str], stuck: Collection[int]) -> Outcome:
    answer = done.get(goal.event, None if goal.event in stuck else "nothing was done")
    return Outcome(goal, reward, f"it was rewarded with {reward:g}", answer)


def _repaired(outcome: Outcome, panel_verdict: PanelVerdict | None) -> Outcome:
    """The outcome, right after all if a judge accepted what the grader may have misread."""
    if (
        outcome.correct
        or panel_verdict is None
        or not panel_verdict.accepted
        or not may_repair(outcome)
    ):
        return outcome
    quote = next(vote.quote for vote in panel_verdict.votes if vote.said == "yes")
    votes = f"{panel_verdict.yes} of {panel_verdict.ruled}"
    said = f"{outcome.reason}; accepted by the judge, {votes}: {quote!r}"
    return Outcome(outcome.goal, 1.0, said, outcome.answer, repaired=True)


def may_repair(outcome: Outcome) -> bool:
    """Whether the grader may have misread the answer that it rejected, so that a judge is asked."""
    goal, answer = outcome.goal, outcome.answer
    if outcome.correct or answer is None:
        return False
    return repairable(goal.question_type, goal.truth, answer, goal.rivals)


def accuracies(trace: Trace, judged: Sequence[Outcome]) -> Score:
    """The mean score of all goals but those that ask for a refusal, and the same by kind."""
    stored = [record for record in trace.records if isinstance(record, MemoryUpdate)]
    answerable = [outcome for outcome in judged if outcome.goal.kind != "abstention"]
    kinds = dict.fromkeys(outcome.goal.kind for outcome in answerable)
    tally: dict[str, tuple[int, int]] = {}
    for outcome in judged:
        good, asked = tally.get(outcome.goal.question_type, (0, 0))
        tally[outcome.goal.question_type] = (good + outcome.correct, asked + 1)
    return Score(
        composite=accuracy(answerable) or 0.0,
        axes={kind: accuracy([o for o in answerable if o.goal.kind == kind]) for kind in kinds},
        correct_refusals=accuracy([o for o in judged if o.goal.kind == "abstention"]),
        accuracy=accuracy(judged) or 0.0,
        correct=sum(outcome.correct for outcome in answerable),
        answerable=len(answerable),
        writes=stored[-1].writes if stored else 0,
        peak=max((record.tokens for record in stored), default=0),
        question_types=tally,
    )


def accuracy(judged: Sequence[Outcome]) -> float | None:
    """The mean score; None of nothing."""
    return sum(outcome.score for outcome in judged) / len(judged) if judged else None
