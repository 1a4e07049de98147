"""memgym_dr: multi-hop questions over the documents of search turns (MemGym-DR), and our own."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

from memorygym.datasets._fields import Row, optional, possibly_empty, read_each, rows, text, texts
from memorygym.datasets._files import FileRecord, records
from memorygym.datasets._samples import Format, Sample, SampleQuestion, Unit
from memorygym.datasets.instances.folder import instance_files


def make() -> Format:
    return Format(
        source="MemGymIRInstance of https://github.com/WujiangXu/MemGym, after notes of its schema:"
        " question, answer, num_hops, turns (turn_index, documents: title, text, is_supporting),"
        " grounding_facts (source_paragraph_title). The released rows could not be looked up."
        " `memorygym generate --track research` writes the same fields; FILE may be its folder.",
        licence="not stated in what could be looked up",
        evidence="published: is_supporting, else source_paragraph_title of grounding_facts",
        units=("paragraph", "session"),
        marks=frozenset({"question", "turns", "grounding_facts"}),
        sample=sample,
        records=rows_of,
    )


def rows_of(path: Path) -> Iterator[FileRecord]:
    """The records of a file, or of a folder of `memorygym generate` with a file for each."""
    if not path.is_dir():
        yield from records(path)
        return
    for index, file in enumerate(instance_files(path)):
        for record in records(file):
            yield replace(record, index=index, place=f"{file.parent.name}/{file.name}")


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
        body, title = possibly_empty(document, "text"), optional(document, "title")
        unit = Unit(
            f"{index}-{position}", body, title, session=optional(turn, "turn_index") or str(index)
        )
        return unit, document.get("is_supporting") is True

    return read_each(turn, "documents", read)
