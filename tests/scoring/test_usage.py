"""Calls, tokens and money of an episode, at ingest and at query, from its trace; and the prices."""

import json
from collections.abc import Callable
from dataclasses import astuple
from pathlib import Path
from typing import Any

import pytest

from memorygym.agents.chat import Chat
from memorygym.core.episode import Episode, play
from memorygym.core.errors import BadSettings, BadTrace
from memorygym.core.trace import Trace
from memorygym.core.types import Message
from memorygym.memories.markdown import Markdown
from memorygym.models.model import OVERFLOW, Model, Reply
from memorygym.scoring.usage import (
    Price,
    Usage,
    cost_of,
    limits_in,
    limits_of,
    read_prices,
    usage_of,
)
from memorygym.tracks.worlds.env import WorldsEnv
from tests.episodes import generated, played

PRICES = {"m": Price(2.0, 10.0), "discount": Price(2.0, 10.0, 0.5)}


def cost(trace: Trace) -> float | None:
    model = trace.labels["model"]
    assert isinstance(model, dict)
    return cost_of(str(model["name"]), usage_of(trace).values(), PRICES)


class Counting(Model):
    """Says ok, at a price: a question's prompt is of 100 tokens, any other of 1000."""

    def __init__(self, cached: int | None = 40, gap: bool = False) -> None:
        self.cached = cached
        self.gap = gap

    def complete(self, messages: Any, tools: Any) -> Reply:
        asks = "=== QUESTION" in messages[-1].content
        prompt = None if self.gap and asks else 100 if asks else 1000
        return Reply(Message("assistant", "ok"), prompt, 2, "stop", cached_tokens=self.cached)


class Full(Model):
    """Has a context that holds nothing."""

    def complete(self, messages: Any, tools: Any) -> Reply:
        return OVERFLOW


class Talkative(Model):
    """Is cut at max_tokens whenever it is asked a question."""

    def complete(self, messages: Any, tools: Any) -> Reply:
        asks = "=== QUESTION" in messages[-1].content
        return Reply(Message("assistant", "well,"), 1, 2, "length" if asks else "stop")


@pytest.fixture
def spent() -> Callable[..., Trace]:
    """Plays a lite episode, one reply an event."""

    def run(model: Model, name: str = "m") -> Trace:
        task = generated(tier="lite")
        chat = Chat(model)
        trace = play(Episode(WorldsEnv(task), Markdown), chat)
        trace.gold = task.gold
        trace.labels.update(model={"name": name}, usage=chat.usage)
        return trace

    return run


def test_usage_is_counted_at_ingest_and_at_query(spent: Callable[..., Trace]) -> None:
    asked = sum(event.kind == "question" for event in generated(tier="lite").events)
    other = len(generated(tier="lite").events) - asked
    assert usage_of(spent(Counting())) == {
        "ingest": Usage(other, 1000 * other, 2 * other, 40 * other),
        "query": Usage(asked, 100 * asked, 2 * asked, 40 * asked),
    }


def test_a_figure_that_one_reply_lacks_is_unknown(spent: Callable[..., Trace]) -> None:
    usage = usage_of(spent(Counting(cached=None, gap=True)))
    assert (usage["query"].prompt, usage["query"].cached) == (None, None)
    assert usage["query"].completion
    assert usage["ingest"].prompt


def test_a_scripted_agent_has_calls_and_no_known_tokens() -> None:
    usage = usage_of(played("guesser", generated(tier="lite")))
    assert usage["query"].calls > 0
    assert usage["query"].prompt is None


def test_cost_is_by_the_table(spent: Callable[..., Trace]) -> None:
    trace = spent(Counting())
    whole = sum(usage_of(trace).values(), Usage(0, 0, 0, 0))
    assert whole.prompt and whole.completion and whole.cached
    plain = (2.0 * whole.prompt + 10.0 * whole.completion) / 1e6
    assert cost(trace) == pytest.approx(plain)
    discounted = cost(spent(Counting(), "discount"))
    assert discounted == pytest.approx(plain - 1.5 * whole.cached / 1e6)


@pytest.mark.parametrize(
    ("model", "name"),
    [(Counting(), "unlisted"), (Counting(gap=True), "m"), (Counting(cached=None), "discount")],
)
def test_an_unknown_cost_is_none_and_not_nothing(
    spent: Callable[..., Trace], model: Model, name: str
) -> None:
    assert cost(spent(model, name)) is None


def test_a_context_that_was_exceeded_costs_nothing_and_is_known(
    spent: Callable[..., Trace],
) -> None:
    assert cost(spent(Full())) == 0


@pytest.mark.parametrize(
    ("model", "cut", "exceeded"), [(Talkative(), 1, 0), (Full(), 0, 1), (Counting(), 0, 0)]
)
def test_replies_that_are_not_whole_are_counted(
    spent: Callable[..., Trace], model: Model, cut: int, exceeded: int
) -> None:
    query = usage_of(trace := spent(model))["query"]
    assert (query.cut, query.exceeded) == (cut * query.calls, exceeded * query.calls)
    assert query + query == Usage(*(None if n is None else 2 * n for n in astuple(query)))
    assert sum(bool(limit) for _, limit in limits_of(trace)) >= query.cut + query.exceeded


def test_a_limit_is_listed_for_its_event(spent: Callable[..., Trace]) -> None:
    trace = spent(Talkative())
    last = max(event for event, limit in limits_of(trace) if limit)
    assert limits_in(trace, last) == ["cut at max_tokens"] and limits_in(trace, 0) == []
    assert limits_in(spent(Full()), 0) == ["the request exceeded the model's context"]


@pytest.mark.parametrize("usage", [[], "much", [3]])
def test_usage_that_does_not_fit_the_replies_is_a_bad_trace(
    spent: Callable[..., Trace], usage: Any
) -> None:
    trace = spent(Counting())
    trace.labels["usage"] = usage
    for read in (usage_of, limits_of):
        with pytest.raises(BadTrace, match="usage"):
            read(trace)


def test_a_table_gives_the_price_of_each_model(tmp_path: Path) -> None:
    path = tmp_path / "prices.json"
    rows = {
        "a": {"prompt": 2.5, "completion": 10, "cached": 1},
        "b": {"prompt": 0, "completion": 0},
    }
    path.write_text(json.dumps(rows))
    assert read_prices(path) == {"a": Price(2.5, 10, 1), "b": Price(0, 0)}


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("{", "is no price table: not JSON"),
        ([], "give an object of models, not []"),
        ({"a": 3}, "'a': give an object with prompt and completion, not 3"),
        ({"a": {"prompt": 1}}, "'a': no price for completion"),
        ({"a": {"prompt": "1", "completion": 1}}, "prompt is '1'; give US dollars"),
        ({"a": {"prompt": -1, "completion": 1}}, "prompt is -1;"),
        ({"a": {"prompt": True, "completion": 1}}, "prompt is True;"),
        ('{"a": {"prompt": NaN, "completion": 1}}', "prompt is nan;"),
        ({"a": {"prompt": 1, "completion": 1, "cache": 1}}, "'cache'; did you mean cached?"),
    ],
)
def test_the_message_for_a_bad_table_names_the_place(
    tmp_path: Path, table: Any, message: str
) -> None:
    path = tmp_path / "prices.json"
    path.write_text(table if isinstance(table, str) else json.dumps(table))
    with pytest.raises(BadSettings) as caught:
        read_prices(path)
    assert str(caught.value).startswith(str(path))
    assert message in str(caught.value)


def test_a_missing_table_is_reported(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="No such file"):
        read_prices(tmp_path / "prices.json")
