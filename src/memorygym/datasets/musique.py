"""musique: questions composed of two to four simple ones, over twenty paragraphs (MuSiQue)."""

from itertools import compress

from memorygym.core.json_types import from_json
from memorygym.datasets._fields import Row, field, optional, read_each, rows, text, texts
from memorygym.datasets._samples import Format, Sample, SampleQuestion, Unit


def make() -> Format:
    return Format(
        source="https://github.com/StonyBrookNLP/musique (raw_data_to_official_format.py,"
        " evaluate_v1.0.py): JSON lines of id, paragraphs (idx, title, paragraph_text,"
        " is_supporting), question, answer, answer_aliases, answerable. The category is what stands"
        " before __ in the id, as 3hop1.",
        licence="CC BY 4.0",
        evidence="published: is_supporting, by paragraph",
        units=("paragraph",),
        sample=sample,
    )


def sample(row: Row, index: int) -> Sample:
    """One question and its paragraphs."""
    units = read_each(row, "paragraphs", _unit)
    answerable = from_json(bool, row.get("answerable", True), "answerable")
    if answerable:
        field(row, "answer")
    name = optional(row, "id") or str(index)
    supports = [paragraph.get("is_supporting") is True for paragraph in rows(row, "paragraphs")]
    question = SampleQuestion(
        id=name,
        question=text(row, "question"),
        answers=(*texts(row, "answer"), *texts(row, "answer_aliases")),
        evidence=tuple(unit.id for unit in compress(units, supports)),
        category=name.partition("__")[0],
        unranked="" if answerable else "unanswerable",
    )
    return Sample(name, units, (question,))


def _unit(paragraph: Row, index: int) -> Unit:
    return Unit(str(index), text(paragraph, "paragraph_text"), optional(paragraph, "title"))
