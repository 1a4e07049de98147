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
    """Titles and texts of the paragraphs."""
    for index, pair in enumerate(_pairs(row, "context", "sentences")):
        match pair:
            case [str(title), list(sentences)] if all(isinstance(s, str) for s in sentences):
                # Some copies have stripped the blank before a sentence.
                spaced = (s if s.startswith(" ") else f" {s}" for s in sentences[1:])
                body = "".join([*sentences[:1], *spaced])
                yield replace_surrogates(title), replace_surrogates(body)
            case _:
                problem = f"is {quoted(pair)}, not a title and sentences"
                raise SchemaMismatch(problem, f"context[{index}]")


def _supporting(row: Row) -> Iterator[str]:
    """Titles of the supporting paragraphs; the test sets publish none."""
    if row.get("supporting_facts") is None:
        return
    for index, fact in enumerate(_pairs(row, "supporting_facts", "sent_id")):
        match fact:
            case [str(title), int()]:
                yield replace_surrogates(title)
            case _:
                problem = f"is {quoted(fact)}, not a title and a number"
                raise SchemaMismatch(problem, f"supporting_facts[{index}]")


def _pairs(row: Row, name: str, second: str) -> list[object]:
    """A list of pairs, which the Hugging Face copy holds as the columns `title` and `second`."""
    columns = field(row, name)
    if not isinstance(columns, dict):
        return items(row, name)
    with under(name):
        titles, others = items(columns, "title"), items(columns, second)
        if len(titles) != len(others):
            raise SchemaMismatch(f"has {len(others)} items for {len(titles)} titles", second)
    return [list(pair) for pair in zip(titles, others, strict=True)]
