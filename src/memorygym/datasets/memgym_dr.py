"""memgym_dr: multi-hop questions over the documents of search turns (MemGym-DR), and our own."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from memorygym.datasets._fields import optional, rows, said, text, texts, under
from memorygym.datasets._files import Record, records
from memorygym.datasets._samples import Asked, Format, Row, Sample, Unit
from memorygym.instances.files import instance_files
from memorygym.shapes import Misfit

SOURCE = (
    "MemGymIRInstance of https://github.com/WujiangXu/MemGym, after notes of its schema: question,"
    " answer, num_hops, turns (turn_index, documents: title, text, is_supporting), grounding_facts"
    " (source_paragraph_title). The released rows could not be looked up. `memorygym generate"
    " research` writes the same fields; FILE may be its folder."
)


def make() -> Format:
    """The format."""
    return Format(
        source=SOURCE,
        licence="not stated in what could be looked up",
        evidence="published: is_supporting, else source_paragraph_title of grounding_facts",
        units=("paragraph", "session"),
        marks=frozenset({"question", "turns", "grounding_facts"}),
        sample=sample,
        records=rows_of,
    )


def rows_of(path: Path) -> Iterator[Record]:
    """The records of a file, or of a folder of `memorygym generate`, where each is a file."""
    if not path.is_dir():
        yield from records(path)
        return
    for index, file in enumerate(instance_files(path)):
        for record in records(file):
            yield replace(record, index=index, place=f"{file.parent.name}/{file.name}")


def sample(row: Row, index: int) -> Sample:
    """One question and the documents that its search turns showed."""
    units: list[Unit] = []
    supporting: list[str] = []
    for at, turn in enumerate(rows(row, "turns")):
        number = optional(turn, "turn_index") or str(at)
        with under(f"turns[{at}]"):
            documents = list(rows(turn, "documents"))
        for place, document in enumerate(documents):
            with under(f"turns[{at}].documents[{place}]"):
                told = said(document, "text")
            unit = Unit(
                id=f"{at}-{place}",
                text=told,
                title=optional(document, "title"),
                session=number,
            )
            units.append(unit)
            supporting += [unit.id] if document.get("is_supporting") is True else []
    if not units:
        raise Misfit("show no document", "turns")
    named = {optional(fact, "source_paragraph_title") for fact in rows(row, "grounding_facts")}
    asked = Asked(
        id=optional(row, "instance_id") or str(index),
        question=text(row, "question"),
        answers=(text(row, "answer"), *texts(row, "answer_aliases")),
        evidence=tuple(supporting or [unit.id for unit in units if unit.title in named - {""}]),
        category=text(row, "num_hops"),
    )
    return Sample(asked.id, tuple(units), (asked,))
