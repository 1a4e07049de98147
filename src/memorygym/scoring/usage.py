"""What an episode of a model cost, from its trace alone: calls, tokens and money.

What is unknown stays None: a missing figure is never a 0. No prices are built in, since they
change; the user keeps a table of them, in US dollars a million tokens:

{"gpt-x": {"prompt": 2.5, "completion": 10, "cached": 1.25}}
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import isfinite
from pathlib import Path
from typing import Any

from memorygym.core.errors import BadSettings, BadTrace, UnknownPart, clip
from memorygym.core.trace import Action, Trace
from memorygym.core.track import reader_of
from memorygym.core.types import JSON
from memorygym.models.model import CONTEXT_EXCEEDED

MILLION = 1_000_000
CUT = "length"
"""The `finish` of a reply that the provider cut, in the word of every provider here."""
LIMITS = {CUT: "cut at max_tokens", CONTEXT_EXCEEDED: "the request exceeded the model's context"}
"""By `finish`: what kept a reply from being whole, as people read it."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Of some replies, by the provider's own count; None if a reply came without the figure."""

    calls: int
    """Replies, one a request."""
    prompt: int | None
    completion: int | None
    cached: int | None
    """Of the prompt tokens, those that the provider had already."""
    cut: int = 0
    """Replies that were cut at max_tokens."""
    exceeded: int = 0
    """Requests that the model's context did not hold: their replies are empty."""

    def to_json(self) -> dict[str, JSON]:
        """As results store it."""
        return asdict(self)

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.calls + other.calls,
            _total([self.prompt, other.prompt]),
            _total([self.completion, other.completion]),
            _total([self.cached, other.cached]),
            self.cut + other.cut,
            self.exceeded + other.exceeded,
        )


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for a million tokens."""

    prompt: float
    completion: float
    cached: float | None = None
    """For prompt tokens that the provider had already; None if it makes no difference."""


def usage_of(trace: Trace) -> dict[str, Usage]:
    """The usage at `query`, in the events that ask a question, and at `ingest`, in all others.

    Raises BadTrace without a gold table, or if the labels tell of other replies than were made.
    """
    asked = {question.event for question in reader_of(trace).goals}
    said = [record for record in trace.records if isinstance(record, Action)]
    rows = _rows(trace, len(said))
    parts: dict[str, list[Mapping[str, Any]]] = {"ingest": [], "query": []}
    for record, row in zip(said, rows, strict=True):
        if row or "usage" not in trace.labels:
            parts["query" if record.event in asked else "ingest"].append(row)
    return {name: _usage(part) for name, part in parts.items()}


def limits_of(trace: Trace) -> list[tuple[int, str]]:
    """Of every reply in order: its event, and the one of LIMITS that it met, or "".

    Raises BadTrace if the labels tell of other replies than were made.
    """
    events = [record.event for record in trace.records if isinstance(record, Action)]
    finishes = (str(row.get("finish")) for row in _rows(trace, len(events)))
    return [(event, LIMITS.get(finish, "")) for event, finish in zip(events, finishes, strict=True)]


def limits_in(trace: Trace, event: int) -> list[str]:
    """The limits that the replies in an event met, each once."""
    return list(dict.fromkeys(limit for at, limit in limits_of(trace) if limit and at == event))


def cost_of(model: str, parts: Collection[Usage], prices: Mapping[str, Price]) -> float | None:
    """US dollars of the parts, or None if the model has no price or a figure is missing."""
    price = prices.get(model)
    if price is None or not parts:
        return None
    whole = sum(parts, Usage(0, 0, 0, 0))
    cached = 0 if price.cached is None else whole.cached
    if whole.prompt is None or whole.completion is None or cached is None:
        return None
    dollars = (whole.prompt - cached) * price.prompt + whole.completion * price.completion
    return (dollars + cached * (price.cached or 0)) / MILLION


def _rows(trace: Trace, replies: int) -> Sequence[Mapping[str, Any]]:
    """The label `usage`, one row a reply; scripted agents carry none and know no figure.

    Rows that number their `reply` are of those alone: another one was not the model's, and its row
    is empty.
    """
    rows = trace.labels.get("usage")
    if rows is None:
        return [{}] * replies
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise BadTrace(f"trace {trace.task}: the label usage is no list of objects")
    numbers: list[Any] = [row.get("reply") for row in rows]
    whole = bool(numbers) and all(type(number) is int for number in numbers)
    if whole and {*numbers} <= {*range(replies)} and len({*numbers}) == len(rows):
        numbered = dict(zip(numbers, rows, strict=True))
        return [numbered.get(number, {}) for number in range(replies)]
    if len(rows) != replies:
        raise BadTrace(f"trace {trace.task}: {replies} replies, but usage of {len(rows)}")
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
    known = [figure for figure in figures if type(figure) is int]
    return sum(known) if len(known) == len(figures) else None


def read_prices(path: str | Path) -> dict[str, Price]:
    """The price of each model of a table. Raises BadSettings for anything else."""
    try:
        raw = json.loads(Path(path).read_bytes())
    except OSError as error:
        raise BadSettings(f"{path}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise BadSettings(f"{path} is no price table: not JSON ({error})") from error
    if not isinstance(raw, dict):
        raise BadSettings(
            f"{path} is no price table: an object of models, not {clip(repr(raw), 80)}"
        )
    return {name: _price(f"{path}, {name!r}", row) for name, row in raw.items()}


def _price(where: str, row: object) -> Price:
    if not isinstance(row, Mapping):
        raise BadSettings(
            f"{where}: an object with prompt and completion, not {clip(repr(row), 80)}"
        )
    for key, value in row.items():
        if key not in Price.__slots__:
            raise BadSettings(f"{where}: {UnknownPart('price', key, Price.__slots__)}")
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not (is_number and isfinite(value) and value >= 0):
            raise BadSettings(
                f"{where}: {key} is {clip(repr(value), 80)}; give US dollars a million tokens,"
                " from 0"
            )
    if lacking := [key for key in ("prompt", "completion") if key not in row]:
        raise BadSettings(f"{where}: no price for {lacking[0]}")
    return Price(**row)
