"""A trace is written as JSON lines, read back to equality, and scored the same from disk."""

import json
from dataclasses import replace

import pytest

from memorygym.core.errors import BadTrace
from memorygym.core.trace import (
    CANARY,
    Action,
    Answer,
    Context,
    Judgement,
    LimitHit,
    MemoryUpdate,
    Observation,
    Record,
    ToolResult,
    Trace,
    Vote,
    read_trace,
)  # fmt: skip
from memorygym.core.types import Budget, Call, Entry, Message
from memorygym.scoring.attribution import Attribution
from memorygym.scoring.episode_scores import score
from memorygym.tracks.worlds.generator.gold import read_gold
from tests.episodes import generated, played

CALL = Call("Write", {"content": "a \ud800 b", "n": [1, None, 2.5]}, "c1")
RECORDS: list[Record] = [
    Observation(0, (Message("user", "häuser 家\u2028"),), evict=True, session=True),
    Context(0, (Message("user", "before"),)),
    Action(0, Message("assistant", "", (CALL, Call("Read", None)))),
    ToolResult(0, (Message("tool", "stored", (), "c1"),)),
    MemoryUpdate(0, (Entry("1", "a b"), Entry("2", "", "c")), ("7", "8"), 4, 1),
    Answer(0, "42"),
    LimitHit(0, "why"),
    Judgement(0, (Vote("m", "yes", "4\ud8002"), Vote("n", "failed", "", "timed out"))),
]


def whole() -> Trace:
    budget = Budget(10, 2, 5, None, 8)
    labels = {"agent": "x", "extra": [1, {"a": None}]}
    return Trace("t", "worlds", {"seed": 1}, "sys", budget, None, labels, list(RECORDS))


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_every_kind_of_record_is_read_back_equal(record: Record) -> None:
    trace = replace(whole(), records=[record])
    assert read_trace(trace.lines()) == (trace, "")


def test_lines_are_plain_ascii_json_without_line_breaks() -> None:
    lines = list(whole().lines())
    assert all(line.isascii() and "\n" not in line and json.loads(line) for line in lines)


def test_every_trace_carries_the_canary() -> None:
    assert CANARY in next(whole().lines())


@pytest.mark.parametrize(
    ("agent", "tier"), [("strategic", "multi"), ("clairvoyant", "lite"), ("smart_guesser", "lite")]
)
def test_a_played_trace_and_its_gold_are_read_back_equal_and_scored_the_same(
    agent: str, tier: str
) -> None:
    trace = played(agent, generated(tier=tier), agent=agent)
    again, problem = read_trace(trace.lines())
    assert problem == ""
    assert list(again.lines()) == list(trace.lines())
    assert isinstance(again.gold, dict)
    assert replace(again, gold=read_gold(again.gold)) == trace
    assert score(again) == score(trace)
    assert Attribution(again).causes == Attribution(trace).causes
    assert Attribution(again).store_precision == Attribution(trace).store_precision


def test_a_trace_without_gold_says_that_it_cannot_be_scored() -> None:
    with pytest.raises(BadTrace, match="trace t carries no gold table, so it cannot be scored"):
        score(whole())


@pytest.mark.parametrize("kept", range(1, len(RECORDS) + 1))
def test_a_file_cut_between_lines_says_how_many_records_were_read(kept: int) -> None:
    trace, problem = read_trace(list(whole().lines())[:kept], "a.jsonl")
    assert trace.records == RECORDS[: kept - 1]
    assert (
        problem == f"a.jsonl, line {kept + 1}: cut short; {kept - 1} of {len(RECORDS)} records read"
    )


@pytest.mark.parametrize("share", [0.55, 0.6, 0.8, 0.99])
def test_a_file_cut_in_half_is_read_up_to_the_cut_which_is_named(share: float) -> None:
    lines = list(whole().lines())
    text = "\n".join(lines)
    left = text[: int(share * len(text))].split("\n")
    trace, problem = read_trace(left, "a.jsonl")
    assert trace.records == RECORDS[: len(left) - 2]
    assert f"a.jsonl, line {len(left)}: damaged" in problem


@pytest.mark.parametrize(
    "line",
    [
        "",
        "nonsense",
        "null",
        "[]",
        "{}",
        '{"kind":"limit_hit"}',
        '{"kind":"no"}',
        '{"kind":"limit_hit","x":1}',
        '{"kind":"judgement","event":0,"votes":[["m","maybe"]]}',
    ],
)
def test_a_damaged_line_is_named_and_the_rest_before_it_read(line: str) -> None:
    lines = [*list(whole().lines())[:3], line, "more"]
    trace, problem = read_trace(lines)
    assert trace.records == RECORDS[:2]
    assert "line 4: damaged" in problem and problem.endswith("2 records read")


HEADER = next(whole().lines())


@pytest.mark.parametrize(
    "header",
    ["", "x", "[]", "null", "{}", HEADER.replace("task", "x"), HEADER.replace("records", "x"),
     HEADER.replace('"gold":null', '"gold":[]'), HEADER.replace('"capacity":10', '"capacity":0')],
)  # fmt: skip
def test_a_file_without_a_header_is_no_trace(header: str) -> None:
    with pytest.raises(BadTrace, match=r"a.jsonl, line 1: not the header of a trace"):
        read_trace([header], "a.jsonl")


def test_another_format_is_refused_by_name() -> None:
    with pytest.raises(BadTrace, match="format 'x-9'; this version reads memorygym-trace-3"):
        read_trace(['{"format":"x-9"}'])
