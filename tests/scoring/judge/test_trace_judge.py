"""A judge repairs rejects of a trace, and only those that the grader may have misread."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from memorygym.core.errors import ProviderFailure
from memorygym.core.trace import Answer, Judgement, Trace, Vote, read_trace
from memorygym.core.types import Budget, Message
from memorygym.models.scripted import Scripted
from memorygym.scoring.agreement import Agreement, agreement_in
from memorygym.scoring.episode_scores import outcomes, score
from memorygym.scoring.judge import Judge, judge_trace
from memorygym.tracks.worlds.generator.gold import WeightedQuestion, WorldsGold
from tests.episodes import generated

RIVALS = ("seaport", "fortress")
ASKED = (
    ("update", "railway", "a railroad town"),
    ("update", "railway", "a harbour town"),
    ("update", "railway", "railway"),
    ("update", "railway", "railway or seaport"),
    ("retrieval", "8412", "8412 and 8413"),
    ("retrieval", "8412", "I do not know."),
    ("retrieval", "8412", None),
    ("abstention", "ABSTAIN", "42"),
    ("abstention", "ABSTAIN", "unknown"),
)


def trace_of(*asked: tuple[str, str, str | None]) -> Trace:
    """A trace of these questions (question type, right answer, answer)."""
    questions = tuple(
        WeightedQuestion(
            event,
            kind,
            kind,
            f"Question {event}?",
            truth,
            rivals=RIVALS if kind == "update" else (),
        )
        for event, (kind, truth, _) in enumerate(asked)
    )
    records = [Answer(event, answer) for event, (*_, answer) in enumerate(asked) if answer]
    gold = WorldsGold((), (), (), questions, record_tokens=200)
    return Trace(
        "t", "worlds", {}, generated().system, Budget(), gold, {"agent": "x"}, list(records)
    )


def answer_of(messages: Sequence[Message]) -> str:
    data = messages[-1].content.partition("<data>")[2].partition("</data>")[0]
    return str(json.loads(data)["answer"])


def gullible(messages: Any, _: Any) -> str:
    """Accepts whatever it is shown."""
    return json.dumps({"quote": answer_of(messages), "correct": True})


def railways(messages: Any, _: Any) -> str:
    """Accepts what names a rail."""
    return json.dumps({"quote": "", "correct": False}) if "rail" not in answer_of(
        messages
    ) else gullible(messages, _)  # fmt: skip


def judged(rule: Any) -> Trace:
    return judge_trace(trace_of(*ASKED), Judge([Scripted(rule)]))


def judgements(trace: Trace) -> list[Judgement]:
    return [record for record in trace.records if isinstance(record, Judgement)]


def test_a_repair_is_right_counts_in_the_score_and_says_who_accepted_it() -> None:
    rejected, repaired = trace_of(*ASKED), judged(railways)
    before, after = outcomes(rejected)[0], outcomes(repaired)[0]
    assert (before.correct, after.correct, after.repaired) == (False, True, True)
    assert after.reason.endswith("accepted by the judge, 1 of 1: 'a railroad town'")
    assert score(repaired).correct == score(rejected).correct + 1


@pytest.mark.parametrize(
    ("event", "vote"),
    [
        *((event, Vote("m", "yes", "x")) for event in range(3, 8)),
        *((e, Vote("m", "no")) for e in (2, 8)),
    ],
)
def test_no_verdict_repairs_a_final_answer_or_rejects_an_accepted_one(
    event: int, vote: Vote
) -> None:
    forged = trace_of(*ASKED)
    forged.records.append(Judgement(event, (vote,)))
    assert outcomes(forged) == outcomes(trace_of(*ASKED))


@pytest.mark.parametrize(
    ("line", "kind"), [("hm", "unreadable"), (ProviderFailure("down"), "failed")]
)
def test_a_judge_that_fails_leaves_the_score_and_is_counted(line: Any, kind: str) -> None:
    trace = judged(lambda *_: line)
    assert outcomes(trace) == outcomes(trace_of(*ASKED))
    assert [vote.outcome for made in judgements(trace) for vote in made.votes] == [kind] * 3
    assert agreement_in(trace, outcomes(trace)) == Agreement(0, 0, 0, 0, not_judged=3)


def test_rejects_of_one_claim_are_judged_and_a_second_judge_replaces_the_first() -> None:
    first = judged(gullible)
    assert judge_trace(first, Judge([Scripted(railways)])) == judged(railways)
    assert [judgement.event for judgement in judgements(first)] == [0, 1, 2]


def test_a_trace_from_disk_is_judged_alike_and_scores_alike() -> None:
    fresh, read = judged(railways), read_trace(trace_of(*ASKED).lines())[0]
    from_disk = judge_trace(read, Judge([Scripted(railways)]))
    assert list(from_disk.lines()) == list(fresh.lines())
    assert score(read_trace(fresh.lines())[0]) == score(fresh)


def test_the_agreement_covers_what_the_judge_saw() -> None:
    trace, lavish, unseen = judged(railways), judged(gullible), trace_of(*ASKED)
    figures = agreement_in(trace, outcomes(trace))
    assert figures == Agreement(both=1, reference=0, judge=1, neither=1, not_judged=0)
    assert figures.kappa == pytest.approx(0.4)
    assert agreement_in(lavish, outcomes(lavish)) == Agreement(1, 0, 2, 0, 0)
    assert agreement_in(unseen, outcomes(unseen)) is None
