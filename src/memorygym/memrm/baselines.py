"""What a judge must beat: scores of one simple thing each, in place of p_harmful or p_lost.

They are from 0 to 1, but no probabilities. Where the direction is not given (lengths, positions),
evaluation takes the better one, to the baseline's favour.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from memorygym.core.types import Message
from memorygym.memories.stores.search.fulltext import STOP_WORDS, FullText
from memorygym.memrm.actions import same, tokens
from memorygym.memrm.rows import Compaction, Probe

EITHER = frozenset({"length_ratio", "position"})
"""Baselines of which the better direction counts."""
_ENTITY = re.compile(
    r"(?<![.!?:\n] )(?<!^)\b[A-Z][\w-]+|\b\w*\d[\w.,:/-]*\w|\b\d\b|\b\w+(?:[./]\w+)+|\b[a-z]+_\w+",
    re.M,
)
"""A capital that begins no sentence, a digit, or a sign between letters."""


def event_scores(row: Compaction, rates: Mapping[str, float]) -> dict[str, float]:
    """The baselines of a compaction, by name.

    `rates` is the share of HARMFUL rows of each strategy in the train split, "" that of all of it.
    """
    full, compacted = ("\n".join(contents(side)) for side in row.sides)
    prevalence = rates.get("", 0.5)
    scores = {"majority": prevalence}
    if full:
        scores["length_ratio"] = 1 - min(1.0, len(compacted) / len(full))
        scores["entity_survival"] = 1 - _share(entities(full), entities(compacted))
    if row.strategy and rates:
        scores["strategy_name"] = rates.get(row.strategy, prevalence)
    if row.recorded_action and row.proposed_action:
        scores["action_equality"] = float(not same(row.recorded_action, row.proposed_action))
    return scores


def need_scores(row: Compaction, probe: Probe) -> dict[str, float]:
    """The baselines of a probe, by name."""
    wanted = words(probe.text)
    sides = [contents(side) for side in row.sides]
    full, compacted = (_share(wanted, words("\n".join(side))) for side in sides)
    units, best = units_of(sides[0]), best_unit(sides[0], probe.text)
    kept = " ".join(units[best].casefold().split()) in plain(sides[1])
    return {
        "word_overlap": 1 - compacted,
        "overlap_ratio": 1 - min(1.0, compacted / full) if full else 1 - compacted,
        "position": 1 - best / max(1, len(units) - 1),
        "kept_verbatim": float(not kept),
    }


def contents(context: Sequence[Message]) -> tuple[str, ...]:
    """The texts of the messages."""
    return tuple(message.content for message in context if message.content.strip())


@lru_cache(maxsize=8)
def plain(texts: tuple[str, ...]) -> str:
    """Texts with single blanks and without case."""
    return " ".join("\n".join(texts).casefold().split())


@lru_cache(maxsize=8)
def words(text: str) -> frozenset[str]:
    """The words and numbers of a text without case and without question words and the like."""
    return frozenset(tokens(text) - STOP_WORDS)


@lru_cache(maxsize=8)
def entities(text: str) -> frozenset[str]:
    """Names, numbers, codes and paths of a text.

    >>> sorted(entities("We met Ann Lee at 10:30 in src/app.py."))
    ['10:30', 'Ann', 'Lee', 'src/app.py']
    """
    return frozenset(_ENTITY.findall(text))


def units_of(texts: tuple[str, ...]) -> list[str]:
    """The messages of a context; of one that is a single text, its lines."""
    if len(texts) != 1:
        return list(texts)
    return [line for line in texts[0].splitlines() if line.strip()]


@lru_cache(maxsize=2)
def _index(texts: tuple[str, ...]) -> FullText:
    return FullText(enumerate(units_of(texts)))


def best_unit(texts: tuple[str, ...], probe: str) -> int:
    """The index of the unit that matches a probe best, by BM25; the first if none has its words."""
    return next(iter(_index(texts).search(probe, 1)), 0)


def _share(wanted: frozenset[str], found: frozenset[str]) -> float:
    return len(wanted & found) / len(wanted) if wanted else 1.0
