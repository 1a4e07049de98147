"""The common form of all data sets: units of text, and questions with evidence among them.

A file is read one sample at a time; records that are not valid samples come in between.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from memorygym.core import registry
from memorygym.core.errors import BadSettings
from memorygym.core.json_types import SchemaMismatch
from memorygym.datasets._fields import Row
from memorygym.datasets._files import FileRecord, records
from memorygym.scoring.grading.squad import normalize

EVERYTHING = "rests_on_everything"
"""The reason why retrieval is not measured if the whole sample is evidence."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A paragraph, a turn or a session: the smallest piece that evidence names."""

    id: str
    """The id that evidence uses; unique within a sample."""
    text: str
    title: str = ""
    session: str = ""
    """The id of its session; never shown, because some ids give answers away."""
    date: str = ""
    """The date of its session, as published."""
    speaker: str = ""

    @property
    def search_text(self) -> str:
        """The text that is searched: date, title, speaker and text."""
        line = f"{self.speaker}: {self.text}" if self.speaker else self.text
        return "\n".join(part for part in (self.date, self.title, line) if part)


@dataclass(frozen=True, slots=True)
class SampleQuestion:
    """A question of a sample."""

    id: str
    question: str
    answers: tuple[str, ...]
    """The answer, then its aliases; empty if none is published."""
    evidence: tuple[str, ...]
    """Ids of the units that it needs; loading drops and counts ids that name no unit."""
    category: str
    """Its published category."""
    sessions: tuple[str, ...] = ()
    """Evidence by session, if published separately."""
    rivals: tuple[str, ...] = ()
    """Published wrong answers."""
    refusal: bool = False
    """Whether the right answer is that the texts do not tell."""
    unranked: str = ""
    """The reason, in one word, why retrieval is not measured with it; "" if it is."""
    unknown: int = 0
    """Number of pieces of evidence that name no unit or cannot be read."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A corpus and the questions about it."""

    id: str
    units: tuple[Unit, ...]
    """Its units, in order."""
    questions: tuple[SampleQuestion, ...]


@dataclass(frozen=True, slots=True)
class Format:
    """The format of a data set's files, and the source of its description."""

    source: str
    """Where the schema is published, and what could not be verified."""
    licence: str
    evidence: str
    """Where the evidence of questions comes from."""
    units: tuple[str, ...]
    """The units that it can be split into; the first is the default."""
    sample: Callable[[Row, int], Sample]
    """Reads one record with its index. Raises SchemaMismatch."""
    records: Callable[[Path], Iterator[FileRecord]] = records
    """The records of a file, or of a folder if the data set is one."""

    def __post_init__(self) -> None:
        """Raises BadSettings if no valid unit is given."""
        if not self.units or set(self.units) - {"paragraph", "turn", "session"}:
            raise BadSettings(f"units {self.units}: choose from paragraph, turn, session")


def with_known_evidence(sample: Sample) -> Sample:
    """The sample with only the evidence that names a unit; the rest is counted as unknown."""
    known = {unit.id for unit in sample.units}
    questions = []
    for question in sample.questions:
        evidence = tuple(id for id in question.evidence if id in known)
        unknown = question.unknown + len(question.evidence) - len(evidence)
        questions.append(replace(question, evidence=evidence, unknown=unknown))
    return replace(sample, questions=tuple(questions))


def grouped_by_session(sample: Sample) -> Sample:
    """The sample with its sessions as units."""
    sessions: dict[str, list[Unit]] = {}
    for unit in sample.units:
        sessions.setdefault(unit.session, []).append(unit)
    session_of = {unit.id: unit.session for unit in sample.units}
    questions = []
    for question in sample.questions:
        names = question.sessions or tuple(session_of[id] for id in question.evidence)
        known = tuple(dict.fromkeys(id for id in names if id in sessions))
        unknown = sum(id not in sessions for id in names) if question.sessions else question.unknown
        questions.append(replace(question, evidence=known, unknown=unknown))
    return Sample(sample.id, tuple(map(_joined, sessions.values())), tuple(questions))


def _joined(turns: list[Unit]) -> Unit:
    text = "\n".join(replace(turn, date="").search_text for turn in turns)
    return Unit(turns[0].session, text, session=turns[0].session, date=turns[0].date)


MOST_HOLDERS = 3
"""Most units with an answer: if more contain it, none of them counts as evidence."""
SHORTEST = 2
"""Fewest characters of an answer that is searched for."""


def units_with_answer(units: Sequence[tuple[str, str]], answers: Sequence[str]) -> tuple[str, ...]:
    """The ids of the units that contain an answer, among the output of `normalised_units`.

    >>> units = [Unit("1", "The fee is 12 crowns."), Unit("2", "No fee.")]
    >>> units_with_answer(normalised_units(units), ["12 Crowns"])
    ('1',)
    """
    phrases = [f" {words} " for answer in answers if len(words := normalize(answer)) >= SHORTEST]
    holders = tuple(id for id, text in units if any(words in text for words in phrases))
    return holders if len(holders) <= MOST_HOLDERS else ()


def normalised_units(units: Sequence[Unit]) -> list[tuple[str, str]]:
    """The id of each unit and its SQuAD-normalised words, with blanks around them."""
    return [(unit.id, f" {normalize(unit.search_text)} ") for unit in units]


def format_named(name: str) -> Format:
    """The format with that id. Raises UnknownPart that suggests the nearest one."""
    format: Format = registry.make("datasets", name)
    return format


def unit_of(name: str, unit: str | None) -> str:
    """The unit to split a format into, by default its first. Raises BadSettings."""
    choices = format_named(name).units
    if unit not in (None, *choices):
        raise BadSettings(f"{name} has no unit {unit}: choose from {', '.join(choices)}")
    return unit or choices[0]


def load(name: str, path: Path, unit: str | None = None) -> Iterator[Sample | FileRecord]:
    """The samples of a file in order, and its invalid records, each with its problem.

    Raises BadSettings if no record is a sample; the message names the first problem and the
    format that the file looks like.
    """
    format_ = format_named(name)
    groups = unit_of(name, unit) == "session" and {*format_.units} != {"session"}
    first_problem: FileRecord | None = None
    any_sample = False
    for record in format_.records(path):
        sample = _sample(format_, record)
        if isinstance(sample, FileRecord):
            first_problem = first_problem or sample
            yield sample
            continue
        any_sample = True
        yield grouped_by_session(sample) if groups else sample
    if first_problem is None and not any_sample:
        raise BadSettings(f"{path} holds no records of {name}: it is empty")
    if first_problem is not None and not any_sample:
        likely = looks_like(first_problem.value)
        raise BadSettings(
            f"{path} is not a {name} file: {first_problem.text}; it looks like {likely}"
        )


def _sample(format_: Format, record: FileRecord) -> Sample | FileRecord:
    if record.problem:
        return record
    if not isinstance(record.value, dict):
        return replace(record, problem="is not an object")
    try:
        sample = format_.sample(record.value, record.index)
    except SchemaMismatch as mismatch:
        return replace(record, problem=str(mismatch))
    if not sample.units:
        return replace(record, problem=f"holds no {' or '.join(format_.units)}")
    return with_known_evidence(sample)


def looks_like(value: object) -> str:
    """The format that reads a record; otherwise a list of its fields."""
    if not isinstance(value, dict):
        return "no known format"
    for name in registry.names("datasets"):
        with suppress(SchemaMismatch):
            format_named(name).sample(value, 0)
            return name
    keys = ", ".join(sorted(map(str, value))[:8]) or "none"
    return f"no known format (its fields: {keys})"
