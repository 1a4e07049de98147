"""musique: questions composed of two to four single ones, over twenty paragraphs (MuSiQue)."""

from memorygym.datasets._fields import field, optional, rows, text, texts, under
from memorygym.datasets._samples import Asked, Format, Row, Sample, Unit
from memorygym.shapes import Misfit

SOURCE = (
    "https://github.com/StonyBrookNLP/musique (raw_data_to_official_format.py, evaluate_v1.0.py):"
    " JSON lines of id, paragraphs (idx, title, paragraph_text, is_supporting), question, answer,"
    " answer_aliases, answerable. The category is what stands before __ in the id, as 3hop1."
)


def make() -> Format:
    """The format."""
    return Format(
        source=SOURCE,
        licence="CC BY 4.0",
        evidence="published: is_supporting, by paragraph",
        units=("paragraph",),
        marks=frozenset({"question", "paragraphs"}),
        sample=sample,
    )


def sample(row: Row, index: int) -> Sample:
    """One question and its paragraphs."""
    units, evidence = [], []
    for at, paragraph in enumerate(rows(row, "paragraphs")):
        with under(f"paragraphs[{at}]"):
            told = text(paragraph, "paragraph_text")
        unit = Unit(str(at), told, optional(paragraph, "title"))
        units.append(unit)
        if paragraph.get("is_supporting") is True:
            evidence.append(unit.id)
    if not units:
        raise Misfit("is empty", "paragraphs")
    answerable = row.get("answerable", True)
    if not isinstance(answerable, bool):
        raise Misfit(f"is {answerable!r}, not true or false", "answerable")
    if answerable:
        field(row, "answer")
    name = optional(row, "id") or str(index)
    asked = Asked(
        id=name,
        question=text(row, "question"),
        answers=(*texts(row, "answer"), *texts(row, "answer_aliases")),
        evidence=tuple(evidence),
        category=name.partition("__")[0],
        unranked="" if answerable else "unanswerable",
    )
    return Sample(asked.id, tuple(units), (asked,))
