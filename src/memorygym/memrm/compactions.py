"""The ways in which a context is compacted, by name: memories, damage and layouts, by family.

A strategy is held out by family, never by a parameter of one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from memorygym.core.rng import Stream
from memorygym.core.statements import FactReader
from memorygym.core.types import Message
from memorygym.memories.stores.message_entries import from_text, has_content, to_text
from memorygym.memrm import damage, layouts
from memorygym.memrm.damage import Damage, Messages

WHOLE = "full"
"""The memory that keeps everything."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of a composed context."""

    apply: Callable[[Sequence[Message], Stream, FactReader], Messages]
    family: str
    held_out: bool = False
    """Whether only the strategy-OOD split and scenario-OOD split have it."""
    unread: frozenset[str] = frozenset()
    """Tracks whose strongest reasoner reads this layout worse than the original."""


def _damage(change: Damage, rate: float) -> Callable[..., Messages]:
    return lambda messages, rng, _: change(messages, rng, rate)


def _layout(change: layouts.Layout) -> Callable[..., Messages]:
    return lambda messages, rng, _: change(messages, rng)


_KNOWN: dict[str, tuple[Damage, float]] = {
    "random_drop_0.2": (damage.random_drop, 0.2),
    "truncate_last_10": (damage.truncate_last, 10),
    "summary_redaction": (damage.summary_redaction, 1),
    "attr_delete_paths": (damage.attr_delete_paths, 1),
    "summary_noise": (damage.summary_noise, 2),
}
PERTURBATIONS = tuple(_KNOWN)
"""The known families of MemGym, save the one that halves a memory's budget."""


def _damages() -> dict[str, Edit]:
    known: list[tuple[str, Damage, float]] = [
        *((name, change, rate) for name, (change, rate) in _KNOWN.items()),
        ("wipe_out", damage.wipe_out, 1),
    ]
    by_rate: tuple[tuple[Damage, tuple[float, ...]], ...] = (
        (damage.delete_sentences, (0.02, 0.05, 0.1, 0.15, 0.3, 0.5)),
        (damage.delete_values, (0.02, 0.05, 0.1, 0.2, 0.35, 0.5)),
        (damage.swap_names, (0.02, 0.05, 0.1, 0.3)),
        (damage.round_values, (0.02, 0.05, 0.1, 0.3, 1)),
        (damage.swap_values, (0.02, 0.05, 0.1, 0.3, 1)),
    )
    known += [(f"{c.__name__}_{rate}", c, rate) for c, rates in by_rate for rate in rates]
    held_out = (damage.round_values, damage.swap_values)
    return {
        name: Edit(_damage(change, rate), change.__name__, change in held_out)
        for name, change, rate in known
    }


_UNREAD = {
    "transcript": {"codeqa"},
    "json_list": {"codeqa"},
    "quoted": {"codeqa"},
    "bullets": {"worlds", "codeqa"},
    "split_lines": {"worlds", "research"},
    "telegraphic": {"worlds", "research", "codeqa"},
    "essentials_0.5": {"codeqa"},
    "essentials_1": {"codeqa"},
    "facts_rest": {"worlds"},
}
"""By layout: the tracks where under 97 % of what it leaves whole is SAFE (rm.md has the table)."""
_HELD_OUT_LAYOUTS = ("tags", "fields", "facts_rest")


def _layouts() -> dict[str, Edit]:
    changes: dict[str, Callable[..., Messages]] = {
        name: _layout(change) for name, change in layouts.PLAIN.items()
    }
    changes |= {
        "facts": partial(layouts.fact_list, mark="", rest=False),
        "facts_bullets": partial(layouts.fact_list, mark="- ", rest=False),
        "facts_rest": partial(layouts.fact_list, mark="- ", rest=True),
        "essentials_0.5": partial(layouts.essentials, rate=0.5),
        "essentials_1": partial(layouts.essentials, rate=1),
    }
    return {
        name: Edit(change, name, name in _HELD_OUT_LAYOUTS, frozenset(_UNREAD.get(name, ())))
        for name, change in changes.items()
    }


DAMAGES = _damages()
LAYOUTS = _layouts()
SHORT = ("facts", "facts_bullets", "facts_rest", "essentials_0.5", "essentials_1", "telegraphic")
"""Layouts that make a context shorter."""
HALVED = "aggressive_0.5"
"""The mark of a memory whose context budget was halved."""
EDITS = {**DAMAGES, **LAYOUTS, HALVED: Edit(lambda messages, *_: (*messages,), HALVED)}
TRAINED = (
    "recency", "sliding_window", "llm_summarizing", "structured_summary", "naive",
    "adaptive_token_budget", "lightmem-lite:top_k=20", "lightmem-lite:top_k=60",
    "simplemem-lite:top_k=60", "memorybank-lite:top_k=20", "memorybank-lite:top_k=60",
    "amem-lite:top_k=60",
)  # fmt: skip
"""Memories that training sees."""
HELD_OUT = (
    "bm25:top_k=20", "bm25:top_k=60", "naive_rag:top_k=20", "naive_rag:top_k=60",
    "hybrid:top_k=20", "hybrid:top_k=60", "hipporag-lite:top_k=20", "hipporag-lite:top_k=60",
    "observation_masking", "observation_masking:attention_window=8",
)  # fmt: skip
"""Memories that search or mask, which training never sees."""


def family(memory: str, edits: Sequence[str]) -> str:
    """The strategy of a compaction: its memory, else its damage, else its layout."""
    name = memory.partition(":")[0]
    damages = [EDITS[edit].family for edit in edits if edit not in LAYOUTS]
    if name != WHOLE:
        return damages[0] if damages else name
    return next(iter(damages or [f"layout {EDITS[edit].family}" for edit in edits]), "identity")


def is_held_out(memory: str, edits: Sequence[str]) -> bool:
    """Whether training must not see it."""
    name = memory.partition(":")[0]
    searches = any(name == other.partition(":")[0] for other in HELD_OUT)
    return searches or any(EDITS[edit].held_out for edit in edits)


def settled(messages: Sequence[Message]) -> Messages:
    """The messages as a memory gives them back: normalised, and none without content."""
    return tuple(from_text(to_text(message)) for message in messages if has_content(message))
