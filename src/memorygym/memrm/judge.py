"""The verdict on one compaction: how likely it is harmful, and what it is believed to have lost."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from memorygym.core.errors import BadSettings, missing
from memorygym.core.json_types import SchemaMismatch
from memorygym.core.types import JSON, Message
from memorygym.memrm.contexts import messages_of

if TYPE_CHECKING:
    from memorygym.memrm.model import RewardModel

Verdict = Literal["safe", "harmful", "unsure"]
Given = str | Sequence[Message] | Sequence[dict[str, Any]] | Mapping[str, Any]
"""A context: a text, Messages, OpenAI-style dictionaries, or an object that holds `messages`."""
LISTED = 8
"""Most lost segments that are listed."""
BELIEVED = 0.5
"""The share of a segment, or the probability of a need, from which it is believed lost."""


@dataclass(frozen=True, slots=True)
class Lost:
    """Something that the compacted context is believed not to say any more."""

    text: str
    """The need; without needs, the quoted segment of the full context."""
    p_lost: float
    """Of a need, the probability that it is lost; of a segment, the share of it that is."""
    p_needed: float = 1.0
    """The probability that something later needs it."""


@dataclass(frozen=True, slots=True)
class CompactionJudgement:
    """What the judge says of one compaction."""

    p_harmful: float
    """The probability that the compaction makes a later step fail."""
    verdict: Verdict
    """Unsure where too many such verdicts would have been wrong in some group of the calibration
    split."""
    lost: tuple[Lost, ...]
    """What is believed lost, the likeliest to be needed first; quoted from the full context."""
    needs: tuple[Lost, ...]
    """The given needs, in their order."""
    model: str
    """The hash of the model file."""

    @property
    def p_safe(self) -> float:
        """1 − p_harmful."""
        return 1 - self.p_harmful

    def to_json(self) -> dict[str, JSON]:
        """Probabilities have four places."""

        def row(item: Lost) -> dict[str, JSON]:
            return {key: _rounded(value) for key, value in asdict(item).items()}

        return {
            "p_harmful": round(self.p_harmful, 4),
            "p_safe": round(self.p_safe, 4),
            "verdict": self.verdict,
            "lost": [row(item) for item in self.lost],
            "needs": [row(item) for item in self.needs],
            "model": self.model,
        }


def _rounded(value: Any) -> Any:
    return round(value, 4) if isinstance(value, float) else value


def judge_compaction(
    full: Given,
    compacted: Given,
    needs: Sequence[str] | None = None,
    *,
    model: "RewardModel | None" = None,
) -> CompactionJudgement:
    """Judges a compaction: is it safe to go on with `compacted` in place of `full`?

    Contexts are texts, Messages or OpenAI-style dictionaries. Without `needs` the judge sees no
    future; with them (questions, constraints or facts, never their answers) each gets the
    probability that it is lost, and p_harmful is that of losing one of them. `model` defaults to
    the one that ships. Needs the extra `rm`. Raises BadSettings without it, and for
    what is no context.
    """
    judge = model or _shipped()
    before, after = _context(full, "full"), _context(compacted, "compacted")
    asked = tuple(needs or ())
    p_lost = judge.p_lost(before, after, asked)
    p = judge.harmful_with(judge.p_harmful(before, after), p_lost)
    low, high = judge.thresholds
    verdict: Verdict = "safe" if p <= low else "harmful" if p >= high else "unsure"
    likely = judge.likely_needs(before, after, LISTED)
    lost = tuple(Lost(n.quote, n.lost, n.p_needed) for n in likely if n.lost >= BELIEVED)
    given = zip(asked, p_lost, strict=True)
    return CompactionJudgement(
        p, verdict, lost, tuple(Lost(text, p) for text, p in given), judge.hash
    )


def _context(given: Given, name: str) -> tuple[Message, ...]:
    if not isinstance(given, (str, Mapping)) and all(isinstance(item, Message) for item in given):
        return tuple(item for item in given if isinstance(item, Message))
    try:
        return messages_of(given if isinstance(given, (str, Mapping)) else [*given])
    except SchemaMismatch as problem:
        raise BadSettings(f"{name}: {problem}; give a text or chat messages") from None


def _shipped() -> "RewardModel":
    try:
        from memorygym.memrm.model import load
    except ModuleNotFoundError as error:
        raise missing("judge_compaction", error.name, "rm") from error
    return load()
