"""hotpotqa: questions over ten Wikipedia paragraphs, two of which are needed (distractor set)."""

from typing import TypeVar

from memorygym.core.json_types import SchemaMismatch, from_json
from memorygym.core.text import replace_surrogates
from memorygym.datasets._fields import Row, field, items, optional, quoted, text, texts, under
from memorygym.datasets._samples import Format, Sample, SampleQuestion, Unit

T = TypeVar("T")


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
    about = "a title and sentences"
    for name, sentences in _pairs(row, "context", "sentences", tuple[str, ...], about):
        # Some copies have stripped the blank before a sentence.
        spaced = (s if s.startswith(" ") else f" {s}" for s in sentences[1:])
        title, body = map(replace_surrogates, (name, "".join([*sentences[:1], *spaced])))
        count = sum(unit.title == title for unit in units)
        units.append(Unit(f"{title} ({count + 1})" if count else title, body, title))
    # The test sets publish no supporting facts.
    about, facts = "a title and a number", row.get("supporting_facts") is not None
    supporting = _pairs(row, "supporting_facts", "sent_id", int, about) if facts else ()
    question = SampleQuestion(
        id=optional(row, "_id") or optional(row, "id") or str(index),
        question=text(row, "question"),
        answers=(*texts(row, "answer"), *texts(row, "answer_aliases")),
        evidence=tuple(dict.fromkeys(replace_surrogates(title) for title, _ in supporting)),
        category=optional(row, "type") or "none",
    )
    return Sample(question.id, tuple(units), (question,))


def _pairs(row: Row, name: str, second: str, kind: type[T], about: str) -> list[tuple[str, T]]:
    """A list of pairs, which the Hugging Face copy holds as the columns `title` and `second`."""
    pairs = field(row, name)
    if isinstance(pairs, dict):
        with under(name):
            titles, others = items(pairs, "title"), items(pairs, second)
            if len(titles) != len(others):
                raise SchemaMismatch(f"has {len(others)} items for {len(titles)} titles", second)
        pairs = [*zip(titles, others, strict=True)]
    read = []
    for index, pair in enumerate(from_json(list[object], pairs, name)):
        try:
            read.append(from_json(tuple[str, kind], pair))  # type: ignore[valid-type]
        except SchemaMismatch:
            raise SchemaMismatch(f"is {quoted(pair)}, not {about}", f"{name}[{index}]") from None
    return read
