"""hotpotqa: questions over ten Wikipedia paragraphs, two of which they rest on (distractor set)."""

from collections.abc import Iterator

from memorygym.datasets._fields import (
    as_row,
    clean,
    field,
    items,
    optional,
    shown,
    text,
    texts,
    under,
)
from memorygym.datasets._samples import Asked, Format, Row, Sample, Unit
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
    return titled(row, index)


def titled(row: Row, index: int) -> Sample:
    """One question and its paragraphs, in the original form or in that of the Hugging Face copy."""
    units: list[Unit] = []
    for title, sentences in _paragraphs(row):
        seen = sum(unit.title == title for unit in units)
        units.append(Unit(f"{title} ({seen + 1})" if seen else title, sentences, title))
    if not units:
        raise Misfit("is empty", "context")
    titles = {unit.title for unit in units}
    named = tuple(dict.fromkeys(_supporting(row)))
    asked = Asked(
        id=optional(row, "_id") or optional(row, "id") or str(index),
        question=text(row, "question"),
        answers=(*texts(row, "answer"), *texts(row, "answer_aliases")),
        evidence=tuple(title for title in named if title in titles),
        category=optional(row, "type") or "none",
        unknown=sum(title not in titles for title in named),
    )
    return Sample(asked.id, tuple(units), (asked,))


def _paragraphs(row: Row) -> Iterator[tuple[str, str]]:
    context = field(row, "context")
    pairs: list[object]
    if isinstance(context, dict):
        inner = as_row(context, "context")
        with under("context"):
            titles, texts_of = items(inner, "title"), items(inner, "sentences")
        if len(titles) != len(texts_of):
            raise Misfit(f"has {len(titles)} titles and {len(texts_of)} texts", "context")
        pairs = [list(pair) for pair in zip(titles, texts_of, strict=True)]
    else:
        pairs = items(row, "context")
    for at, pair in enumerate(pairs):
        match pair:
            case [str() as title, list() as said] if all(isinstance(one, str) for one in said):
                yield clean(title), clean("".join(_spaced(said)))
            case _:
                raise Misfit(f"is {shown(pair)}, not a title and sentences", f"context[{at}]")


def _spaced(sentences: list[str]) -> Iterator[str]:
    """The sentences, a blank before each that brings none; some copies have stripped them."""
    for at, sentence in enumerate(sentences):
        yield f" {sentence}" if at and not sentence.startswith(" ") else sentence


def _supporting(row: Row) -> Iterator[str]:
    """Titles of the supporting paragraphs; the test sets publish none."""
    facts = row.get("supporting_facts")
    if facts is None:
        return
    if isinstance(facts, dict):
        yield from texts(as_row(facts, "supporting_facts"), "title")
        return
    for at, fact in enumerate(items(row, "supporting_facts")):
        match fact:
            case [str() as title, int()]:
                yield clean(title)
            case _:
                place = f"supporting_facts[{at}]"
                raise Misfit(f"is {shown(fact)}, not a title and a number", place)
