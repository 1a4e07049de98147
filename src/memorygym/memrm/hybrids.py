"""Compactions that keep some messages word for word, made from the written ones, for training.

Sliding windows, dropped outputs, and summaries beside the last messages are what many agents do.
Their labels follow from the marked messages of each need (of one text, its paragraphs): `evidence`
lists alternatives, each the indices that together hold the answer; `hints`, those that may.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from memorygym.core.rng import Stream, named_rng

Row = Mapping[str, Any]
KINDS = (
    "last",
    "summary and last",
    "masked",
    "ends",
    "summary and last",
    "window",
    "picked",
)
"""One hybrid of each is made of a context; those with a summary take different summaries."""
PLACEHOLDERS = (
    "[output omitted]",
    "[Old tool result content cleared]",
    "<removed to save space>",
    "…",
    "[earlier message dropped]",
)
LONG = 160
"""Characters of a message that is worth masking."""


def hybrids(rows: Sequence[Row]) -> Iterator[Row]:
    """The hybrids of one context, as rows like `rows`, the written compactions of it.

    A need whose label does not follow is left out; so is a context without evidence.
    """
    if "evidence" not in rows[0]["needs"][0]:
        return
    units = _units(rows[0]["full"])
    summaries = [row for row in rows if isinstance(row["compacted"], str)]
    for number, kind in enumerate(KINDS):
        rng = named_rng("hybrids", rows[0]["group"], number)
        summary = summaries[number % len(summaries)] if "summary" in kind and summaries else None
        texts = _texts(kind, [unit["content"] for unit in units], rng)
        kept = {at for at, unit in enumerate(units) if texts[at] == unit["content"]}
        compacted = [
            {**unit, "content": text} for unit, text in zip(units, texts, strict=True) if text
        ]
        if summary:
            head = int(bool(texts[0]))
            compacted.insert(head, {"role": "user", "content": summary["compacted"]})
        needs = [*_needs(rows[0] if summary is None else summary, kept, bool(summary))]
        whole = isinstance(rows[0]["full"], str)
        yield {
            **rows[0],
            "kind": kind,
            "needs": needs,
            "compacted": "\n\n".join(u["content"] for u in compacted) if whole else compacted,
        }


def _units(full: Any) -> list[dict[str, str]]:
    """The messages of a context; of one text, its paragraphs."""
    if isinstance(full, str):
        parts = [part for part in re.split(r"\n\s*\n", full) if part.strip()]
        return [{"role": "user", "content": part} for part in parts]
    return [dict(message) for message in full]


def _texts(kind: str, texts: Sequence[str], rng: Stream) -> list[str]:
    """What is left of each message; "" of one that is gone."""
    size = len(texts)
    last = size - max(1, round(size * (0.15 + 0.5 * rng.uniform())))
    first = rng.below(max(1, last)) if kind == "window" else last
    head = kind in ("ends", "window", "masked") or rng.uniform() < 0.5
    stop = min(size, first + max(2, size - last)) if kind == "window" else size
    place = PLACEHOLDERS[rng.below(len(PLACEHOLDERS))]
    left = []
    for at, text in enumerate(texts):
        if kind == "picked":
            left.append(text if rng.uniform() < 0.5 else "")
        elif (at == 0 and head) or first <= at < stop or (kind == "masked" and len(text) <= LONG):
            left.append(text)
        else:
            left.append(place if kind == "masked" else "")
    return left


def _needs(row: Row, kept: AbstractSet[int], summarised: bool) -> Iterator[dict[str, Any]]:
    """The needs of a hybrid whose label follows from the messages that it keeps."""
    for need in row["needs"]:
        sure, hints = need["evidence"], need.get("hints", ())
        if any(kept >= set(places) for places in sure) or (summarised and need["kept"]):
            yield {**need, "kept": True}
            continue
        # A summary may hold the rest of what is needed.
        doubtful = (
            hints if not summarised else [[at] for places in (*sure, *hints) for at in places]
        )
        if not any(kept >= set(places) for places in doubtful):
            yield {**need, "kept": False}
