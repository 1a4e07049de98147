"""memgym_dr: multi-hop questions over the documents of search turns (MemGym-DR)."""

from collections.abc import Sequence
from itertools import chain

from memorygym.datasets._fields import Row, optional, read_each, rows, text, texts
from memorygym.datasets._samples import Format, Sample, SampleQuestion, Unit


def make() -> Format:
    return Format(
        source="MemGymIRInstance of https://github.com/WujiangXu/MemGym, after notes of its schema:"
        " question, answer, num_hops, turns (turn_index, documents: title, text, is_supporting),"
        " grounding_facts (source_paragraph_title). The released rows could not be looked up.",
        licence="not stated in what could be looked up",
        evidence="published: is_supporting, else source_paragraph_title of grounding_facts",
        units=("paragraph", "session"),
        sample=sample,
    )


def sample(row: Row, index: int) -> Sample:
    """One question and the documents that its search turns showed."""
    documents = list(chain.from_iterable(read_each(row, "turns", _documents)))
    titles = {optional(fact, "source_paragraph_title") for fact in rows(row, "grounding_facts")}
    supporting = [unit.id for unit, supports in documents if supports]
    question = SampleQuestion(
        id=optional(row, "instance_id") or str(index),
        question=text(row, "question"),
        answers=(text(row, "answer"), *texts(row, "answer_aliases")),
        evidence=tuple(
            supporting or [unit.id for unit, _ in documents if unit.title in titles - {""}]
        ),
        category=text(row, "num_hops"),
    )
    return Sample(question.id, tuple(unit for unit, _ in documents), (question,))


def _documents(turn: Row, index: int) -> Sequence[tuple[Unit, bool]]:
    """The documents of a turn, and whether each supports the answer."""

    def read(document: Row, position: int) -> tuple[Unit, bool]:
        body, title = text(document, "text", empty=True), optional(document, "title")
        unit = Unit(
            f"{index}-{position}", body, title, session=optional(turn, "turn_index") or str(index)
        )
        return unit, document.get("is_supporting") is True

    return read_each(turn, "documents", read)
