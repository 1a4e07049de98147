"""hotpotqa: questions over ten Wikipedia paragraphs, two of which are needed (distractor set)."""

from collections.abc import Iterator

from memorygym.core.json_types import SchemaMismatch
from memorygym.core.text import replace_surrogates
from memorygym.datasets._fields import Row, field, items, optional, quoted, text, texts, under
from memorygym.datasets._samples import Format, Sample, SampleQuestion, Unit


def make() -> Format:
    return Format(
        source="https://github.com/hotpotqa/hotpot (README, JSON Format); the copy of Hugging Face,"
        " https://huggingface.co/datasets/hotpotqa/hotpot_qa, holds the same fields as columns.",
        licence="CC BY-SA 4.0",
        evidence="published: supporting_facts, by paragraph",
        units=("paragraph",),
        marks=frozenset({"question", "context", "supporting_facts"}),
        sample=sample,
    )


def sample(row: Row, index: int) -> Sample:
    """One question and its paragraphs."""
    if "evidences" in row:
        raise SchemaMismatch("is a field of 2wiki", "evidences")
    return titled_sample(row, index)


def titled_sample(row: Row, index: int) -> Sample:
    """One question and its paragraphs, in the original form or that of the Hugging Face copy."""
    units: list[Unit] = []
    for title, sentences in _paragraphs(row):
        count = sum(unit.title == title for unit in units)
        units.append(Unit(f"{title} ({count + 1})" if count else title, sentences, title))
    question = SampleQuestion(
        id=optional(row, "_id") or optional(row, "id") or str(index),
        question=text(row, "question"),
        answers=(*texts(row, "answer"), *texts(row, "answer_aliases")),
        evidence=tuple(dict.fromkeys(_supporting(row))),
        category=optional(row, "type") or "none",
    )
    return Sample(question.id, tuple(units), (question,))


def _paragraphs(row: Row) -> Iterator[tuple[str, str]]:
    context = field(row, "context")
    pairs: list[object]
    if isinstance(context, dict):
        with under("context"):
            titles, texts_of = items(context, "title"), items(context, "sentences")
        if len(titles) != len(texts_of):
            raise SchemaMismatch(f"has {len(titles)} titles and {len(texts_of)} texts", "context")
        pairs = [list(pair) for pair in zip(titles, texts_of, strict=True)]
    else:
        pairs = items(row, "context")
    for index, pair in enumerate(pairs):
        match pair:
            case [str() as title, list() as sentences] if all(
                isinstance(sentence, str) for sentence in sentences
            ):
                # Some copies have stripped the blank before a sentence.
                spaced = (
                    sentence if sentence.startswith(" ") else f" {sentence}"
                    for sentence in sentences[1:]
                )
                yield (
                    replace_surrogates(title),
                    replace_surrogates("".join([*sentences[:1], *spaced])),
                )
            case _:
                raise SchemaMismatch(
                    f"is {quoted(pair)}, not a title and sentences", f"context[{index}]"
                )


def _supporting(row: Row) -> Iterator[str]:
    """Titles of the supporting paragraphs; the test sets publish none."""
    facts = row.get("supporting_facts")
    if facts is None:
        return
    if isinstance(facts, dict):
        yield from texts(facts, "title")
        return
    for index, fact in enumerate(items(row, "supporting_facts")):
        match fact:
            case [str() as title, int()]:
                yield replace_surrogates(title)
            case _:
                place = f"supporting_facts[{index}]"
                raise SchemaMismatch(f"is {quoted(fact)}, not a title and a number", place)
