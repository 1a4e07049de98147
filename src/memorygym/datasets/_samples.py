"""The common form of all data sets: units that tell something, and questions that rest on some.

A file is read as a format: samples one at a time, and between them the records that are none.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from memorygym.core import registry
from memorygym.core.errors import BadSettings
from memorygym.core.json_types import SchemaMismatch
from memorygym.datasets._fields import Row
from memorygym.datasets._files import FileRecord, records
from memorygym.scoring.grading.squad import normalize

EVERYTHING = "rests_on_everything"
"""Why retrieval is not measured by a question that all of its sample is evidence of."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A paragraph, a turn or a session: the least thing that evidence names."""

    id: str
    """As evidence names it; distinct within a sample."""
    text: str
    title: str = ""
    session: str = ""
    """The id of the session that it belongs to; never shown, for some ids give answers away."""
    date: str = ""
    """Of its session, as published."""
    speaker: str = ""

    @property
    def told(self) -> str:
        """All that is searched: date, title, speaker and text."""
        said = f"{self.speaker}: {self.text}" if self.speaker else self.text
        return "\n".join(part for part in (self.date, self.title, said) if part)


@dataclass(frozen=True, slots=True)
class SampleQuestion:
    """A question of a sample."""

    id: str
    question: str
    answers: tuple[str, ...]
    """The answer, then its aliases; empty where none is published."""
    evidence: tuple[str, ...]
    """IDs of the units that it rests on; loading drops and counts those that name no unit."""
    category: str
    """Its published id."""
    sessions: tuple[str, ...] = ()
    """Evidence by session, where that is published on its own."""
    rivals: tuple[str, ...] = ()
    """Published wrong answers."""
    unranked: str = ""
    """Why retrieval is not measured by it, if it is not, in one word."""
    unknown: int = 0
    """Pieces of evidence that name no unit of the sample, or cannot be read."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A corpus and what is asked of it."""

    id: str
    units: tuple[Unit, ...]
    """In the order they are told."""
    questions: tuple[SampleQuestion, ...]


@dataclass(frozen=True, slots=True)
class Format:
    """What a file of a data set looks like, and where that was looked up."""

    source: str
    """Where the schema is published, and what could not be looked up."""
    licence: str
    evidence: str
    """Who says what a question rests on."""
    units: tuple[str, ...]
    """What it can be cut into; the first unless told otherwise."""
    marks: frozenset[str]
    """The fields by which a record is known."""
    sample: Callable[[Row, int], Sample]
    """Reads one record, given its index. Raises Misfit."""
    records: Callable[[Path], Iterator[FileRecord]] = records
    """The records of a file, or of a folder where the data set is one."""

    def __post_init__(self) -> None:
        """Raises BadSettings if it states nothing to cut a file into."""
        if not self.units or set(self.units) - {"paragraph", "turn", "session"}:
            raise BadSettings(f"units {self.units}: choose from paragraph, turn, session")


def with_known(sample: Sample) -> Sample:
    """The same sample with the evidence that names a unit; the rest is counted as unknown."""
    known = {unit.id for unit in sample.units}
    questions = []
    for asked in sample.questions:
        held = tuple(id for id in asked.evidence if id in known)
        unknown = asked.unknown + len(asked.evidence) - len(held)
        questions.append(replace(asked, evidence=held, unknown=unknown))
    return replace(sample, questions=tuple(questions))


def by_session(sample: Sample) -> Sample:
    """The same sample with its sessions as units."""
    sessions: dict[str, list[Unit]] = {}
    for unit in sample.units:
        sessions.setdefault(unit.session, []).append(unit)
    home = {unit.id: unit.session for unit in sample.units}
    questions = []
    for asked in sample.questions:
        named = asked.sessions or tuple(home[id] for id in asked.evidence)
        known = tuple(dict.fromkeys(id for id in named if id in sessions))
        lost = sum(id not in sessions for id in named) if asked.sessions else asked.unknown
        questions.append(replace(asked, evidence=known, unknown=lost))
    return Sample(sample.id, tuple(map(_joined, sessions.values())), tuple(questions))


def _joined(turns: list[Unit]) -> Unit:
    text = "\n".join(replace(turn, date="").told for turn in turns)
    return Unit(turns[0].session, text, session=turns[0].session, date=turns[0].date)


MOST = 3
"""Units that may hold an answer; what more of them hold is no evidence of where it was told."""
SHORTEST = 2
"""Characters of an answer that tell anything."""


def holders(said: Sequence[tuple[str, str]], answers: Sequence[str]) -> tuple[str, ...]:
    """IDs of the units that hold one of the answers; `said` are all units as `spoken` has them.

    >>> units = [Unit("1", "The fee is 12 crowns."), Unit("2", "No fee.")]
    >>> holders(spoken(units), ["12 Crowns"])
    ('1',)
    """
    wanted = [f" {words} " for answer in answers if len(words := normalize(answer)) >= SHORTEST]
    found = tuple(id for id, text in said if any(words in text for words in wanted))
    return found if len(found) <= MOST else ()


def spoken(units: Sequence[Unit]) -> list[tuple[str, str]]:
    """The id of each unit, and its words as SQuAD normalises them, blanks around each."""
    return [(unit.id, f" {normalize(unit.told)} ") for unit in units]


def format_named(name: str) -> Format:
    """The format of that id. Raises UnknownPart with the nearest one."""
    made: Format = registry.make("datasets", name)
    return made


def unit_of(name: str, unit: str | None) -> str:
    """The unit to cut a format into, its first unless one is told. Raises BadSettings."""
    choices = format_named(name).units
    if unit not in (None, *choices):
        raise BadSettings(f"{name} has no unit {unit}: choose from {', '.join(choices)}")
    return unit or choices[0]


def load(name: str, path: Path, unit: str | None = None) -> Iterator[Sample | FileRecord]:
    """The samples of a file in order, and the records that are none, each with its problem.

    Raises BadSettings, naming the format it looks like and the first bad record, if no record of
    the file is a sample.
    """
    known = format_named(name)
    joins = unit_of(name, unit) == "session" and {*known.units} != {"session"}
    first: FileRecord | None = None
    good = False
    for record in known.records(path):
        found = _sample(known, record)
        if isinstance(found, FileRecord):
            first = first or found
            yield found
            continue
        good = True
        yield by_session(found) if joins else found
    if first is None and not good:
        raise BadSettings(f"{path} holds no records of {name}: it is empty")
    if first is not None and not good:
        looks = looks_like(first.value)
        raise BadSettings(f"{path} is no {name} file: {first.text}; it looks like {looks}")


def _sample(known: Format, record: FileRecord) -> Sample | FileRecord:
    if record.problem:
        return record
    if not isinstance(record.value, dict):
        return replace(record, problem="is no object")
    try:
        found = known.sample(record.value, record.index)
    except SchemaMismatch as misfit:
        return replace(record, problem=str(misfit))
    if not found.units:
        return replace(record, problem=f"holds no {' or '.join(known.units)}")
    return with_known(found)


def looks_like(value: object) -> str:
    """The format whose fields a record has, or the fields that it has."""
    if not isinstance(value, dict):
        return "no known format"
    fits = [
        (len(marks), name)
        for name in registry.names("datasets")
        if (marks := format_named(name).marks) <= value.keys()
    ]
    if fits:
        return max(fits)[1]
    keys = ", ".join(sorted(map(str, value))[:8]) or "none"
    return f"no known format (its fields: {keys})"
