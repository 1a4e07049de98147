"""hotpotqa: questions over ten Wikipedia paragraphs, two of which they rest on (distractor set)."""

from memorygym.datasets import _wiki
from memorygym.datasets._samples import Format, Row, Sample
from memorygym.shapes import Misfit

SOURCE = (
    "https://github.com/hotpotqa/hotpot (README, JSON Format); the copy of Hugging Face,"
    " https://huggingface.co/datasets/hotpotqa/hotpot_qa, holds the same fields as columns."
)


def make() -> Format:
    """The format."""
    return Format(
        source=SOURCE,
        licence="CC BY-SA 4.0",
        evidence="published: supporting_facts, by paragraph",
        units=("paragraph",),
        marks=frozenset({"question", "context", "supporting_facts"}),
        sample=sample,
    )


def sample(row: Row, index: int) -> Sample:
    """One question and its paragraphs."""
    if "evidences" in row:
        raise Misfit("is a field of 2wiki", "evidences")
    return _wiki.sample(row, index)
