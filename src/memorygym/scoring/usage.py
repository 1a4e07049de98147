"""The usage and cost of a model in an episode: calls, tokens and US dollars, from the trace.

An unknown figure is None, never 0. No prices are built in, because they change; the user provides a
table of them, in US dollars per million tokens:

{"gpt-x": {"prompt": 2.5, "completion": 10, "cached": 1.25}}
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import astuple, dataclass
from math import isfinite
from pathlib import Path
from typing import Any

from memorygym.core.errors import BadSettings, BadTrace, UnknownPart, clip
from memorygym.core.trace import Action, Trace
from memorygym.core.track import reader_of
from memorygym.models.model import CONTEXT_EXCEEDED

MILLION = 1_000_000
CUT = "length"
"""The `finish` of a reply that was cut at max_tokens, as all providers here report it."""
LIMITS = {CUT: "cut at max_tokens", CONTEXT_EXCEEDED: "the request exceeded the model's context"}
"""By `finish`: the limit that a reply met, as people read it."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Calls and tokens of replies, as providers count; None if a reply lacks the figure."""

    calls: int
    """Number of replies, one for each request."""
    prompt: int | None
    completion: int | None
    cached: int | None
    """Prompt tokens that the provider read from its cache."""
    cut: int = 0
    """Number of replies that were cut at max_tokens."""
    exceeded: int = 0
    """Number of requests that exceeded the model's context, and so have an empty reply."""

    def __add__(self, other: "Usage") -> "Usage":
        pairs = zip(astuple(self), astuple(other), strict=True)
        return Usage(*map(_total, pairs))  # type: ignore[arg-type]  # Counts are never None.


@dataclass(frozen=True, slots=True)
class Price:
    """The price of a model, in US dollars per million tokens."""

    prompt: float
    completion: float
    cached: float | None = None
    """Price of prompt tokens from the provider's cache; None if it is that of other tokens."""


def usage_of(trace: Trace) -> dict[str, Usage]:
    """The usage in events that ask a question (`query`) and in all others (`ingest`).

    Raises BadTrace if the trace has no gold table, or labels that do not fit its replies.
    """
    query_events = {question.event for question in reader_of(trace).goals}
    replies_ = [record for record in trace.records if isinstance(record, Action)]
    rows = _rows(trace, len(replies_))
    parts: dict[str, list[Mapping[str, Any]]] = {"ingest": [], "query": []}
    for record, row in zip(replies_, rows, strict=True):
        if row or "usage" not in trace.labels:
            parts["query" if record.event in query_events else "ingest"].append(row)
    return {name: _usage(part) for name, part in parts.items()}


def limits_of(trace: Trace) -> list[tuple[int, str]]:
    """For each reply in order: its event, and the one of LIMITS that it met, or "".

    Raises BadTrace if the labels do not fit the replies.
    """
    events = [record.event for record in trace.records if isinstance(record, Action)]
    finishes = (str(row.get("finish")) for row in _rows(trace, len(events)))
    return [(event, LIMITS.get(finish, "")) for event, finish in zip(events, finishes, strict=True)]


def limits_in(trace: Trace, event: int) -> list[str]:
    """The limits that the replies of an event met, each once."""
    return list(
        dict.fromkeys(limit for number, limit in limits_of(trace) if limit and number == event)
    )


def cost_of(model: str, parts: Collection[Usage], prices: Mapping[str, Price]) -> float | None:
    """The cost of the parts in US dollars; None if a price or a figure is unknown."""
    price = prices.get(model)
    if price is None or not parts:
        return None
    total = sum(parts, Usage(0, 0, 0, 0))
    cached = 0 if price.cached is None else total.cached
    if total.prompt is None or total.completion is None or cached is None:
        return None
    dollars = (total.prompt - cached) * price.prompt + total.completion * price.completion
    return (dollars + cached * (price.cached or 0)) / MILLION


def _rows(trace: Trace, replies: int) -> Sequence[Mapping[str, Any]]:
    """The label `usage`, as one row for each reply; traces of scripted agents have no such label.

    Rows may number their `reply`; then the other replies are not the model's and have empty rows.
    """
    rows = trace.labels.get("usage")
    if rows is None:
        return [{}] * replies
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise BadTrace(f"trace {trace.task}: the label usage is not a list of objects")
    numbers: list[Any] = [row.get("reply") for row in rows]
    total = bool(numbers) and all(type(number) is int for number in numbers)
    if total and {*numbers} <= {*range(replies)} and len({*numbers}) == len(rows):
        numbered = dict(zip(numbers, rows, strict=True))
        return [numbered.get(number, {}) for number in range(replies)]
    if len(rows) != replies:
        raise BadTrace(f"trace {trace.task}: {replies} replies, but the usage of {len(rows)}")
    return rows


def _usage(rows: Sequence[Mapping[str, Any]]) -> Usage:
    prompt, completion, cached = (
        _total([row.get(f"{name}_tokens") for row in rows])
        for name in ("prompt", "completion", "cached")
    )
    finishes = [row.get("finish") for row in rows]
    cut, exceeded = finishes.count(CUT), finishes.count(CONTEXT_EXCEEDED)
    return Usage(len(rows), prompt, completion, cached, cut, exceeded)


def _total(figures: Sequence[int | None]) -> int | None:
    known_figures = [figure for figure in figures if type(figure) is int]
    return sum(known_figures) if len(known_figures) == len(figures) else None


def read_prices(path: str | Path) -> dict[str, Price]:
    """The prices in a table, by model. Raises BadSettings if the file is no such table."""
    try:
        raw = json.loads(Path(path).read_bytes())
    except OSError as error:
        raise BadSettings(f"{path}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise BadSettings(f"{path} is no price table: not JSON ({error})") from error
    if not isinstance(raw, dict):
        raise BadSettings(
            f"{path} is no price table: give an object of models, not {clip(repr(raw), 80)}"
        )
    return {name: _price(f"{path}, {name!r}", row) for name, row in raw.items()}


def _price(where: str, row: object) -> Price:
    if not isinstance(row, Mapping):
        raise BadSettings(
            f"{where}: give an object with prompt and completion, not {clip(repr(row), 80)}"
        )
    for key, value in row.items():
        if key not in Price.__slots__:
            raise BadSettings(f"{where}: {UnknownPart('price', key, Price.__slots__)}")
        if type(value) not in (int, float) or not (isfinite(value) and value >= 0):
            raise BadSettings(
                f"{where}: {key} is {clip(repr(value), 80)}; give US dollars per million"
                " tokens, at least 0"
            )
    if missing := [key for key in ("prompt", "completion") if key not in row]:
        raise BadSettings(f"{where}: no price for {missing[0]}")
    return Price(**row)
