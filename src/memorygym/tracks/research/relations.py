"""The relations of the fictional domain, each stated once: the kinds of its entities, how documents
state it, how questions ask for it, and the words to search for it.

The fact reader takes keys and kinds from here, and reads documents by words of its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from types import MappingProxyType

from memorygym.core.tokens import MONTHS

YEAR, COUNT = "year", "count"
TYPES = MappingProxyType(
    {
        "laboratory": "Institute Laboratory Observatory Polytechnic Foundation Academy".split(),
        "town": "Harbour Bridge Ford Ridge Cross Mills Haven Valley".split(),
        "instrument": "Interferometer Spectrograph Gravimeter Telescope Magnetometer Sonde".split(),
        "method": "Inversion Annealing Sieve Transform Filter Estimator".split(),
        "survey": "Expedition Traverse Campaign Transect Soundings Survey".split(),
    }
)
"""By kind of entity: the last words of its names; people have none."""
AUTHORITY = MappingProxyType(
    {
        "Register": 3,
        "Catalogue": 3,
        "Field report": 2,
        "Conference notes": 2,
        "Newsletter": 1,
        "Profile": 1,
        "Travel log": 1,
    }
)
"""Authority of each genre; if two documents contradict each other, the higher one is right."""


@dataclass(frozen=True, slots=True)
class GraphRelation:
    """A functional relation: each subject has one value at a time."""

    key: str
    subject: str
    """The kind of entity that has it."""
    value: str
    """A kind of entity, or YEAR or COUNT."""
    clauses: tuple[str, ...]
    """How documents state it."""
    value_phrases: tuple[str, str]
    """Phrases that ask for the value; the subject follows."""
    search: str
    """Words to search for it."""
    mentions: tuple[str, ...]
    """Clauses that mention a subject in the words of a search, and state nothing when it was never
    said; if the subject can be searched by value, the second mentions a value."""
    subject_phrases: tuple[str, ...] = ()
    """Phrases that ask for the subject; the value follows."""
    span: tuple[int, int] = (0, 0)
    """For a number: the smallest and the largest."""
    comparison: tuple[str, str] | None = None
    """For a number that is compared: the words for the larger value, and for the smaller."""
    unit: str = ""
    """For a number: what follows it."""
    inverse: bool = False
    """Whether each value has one subject, so that the subject can be asked for."""

    @property
    def numeric(self) -> bool:
        return self.value in (YEAR, COUNT)

    def ends(self, *, inverse: bool) -> tuple[str, str]:
        """The kinds of what a look-up of it starts from and of what it finds."""
        return (self.value, self.subject) if inverse else (self.subject, self.value)


_ALL = (
    GraphRelation("employer", "person", "laboratory", (
        "{s} works at {v}",
        "{s} holds a post at {v}",
        "{v} has {s} on its payroll",
        "{s} joined {v} some time ago and is still there",
    ), value_phrases=("the employer of", "the laboratory that employs"),
       search="employer, works at, joined, holds a post at, payroll",
       mentions=("where {s} works now, or on whose payroll",)),
    GraphRelation("birthplace", "person", "town", (
        "{s} was born in {v}",
        "{s} came into the world in {v}",
        "{v} is where {s} was born",
    ), value_phrases=("the birthplace of", "the native town of"),
       search="was born in, came into the world in",
       mentions=("in which town {s} was born",)),
    GraphRelation("mentor", "person", "person", (
        "{s} learned the trade under {v}",
        "{v} guided {s} through the doctorate",
        "{s} was trained by {v}",
    ), value_phrases=("the mentor of", "the doctoral supervisor of"),
       search="mentor, was trained by, learned the trade under, doctorate",
       mentions=("who trained {s} through the doctorate",)),
    GraphRelation("birth year", "person", YEAR, (
        "{s} was born in {v}",
        "{s} came into the world in {v}",
        "the year {v} saw {s} born",
    ), span=(1921, 2004), value_phrases=("the birth year of", "the year of birth of"),
       search="was born in the year, came into the world",
       comparison=("was born later", "was born earlier"),
       mentions=("in which year {s} was born",)),
    GraphRelation("seat", "laboratory", "town", (
        "{s} is based in {v}",
        "{s} has all its buildings in {v}",
        "{v} plays host to {s}",
    ), value_phrases=("the home town of", "the town that houses"),
       search="is based in, buildings, plays host",
       mentions=("where {s} is based, and in which buildings",)),
    GraphRelation("founding year", "laboratory", YEAR, (
        "{s} was founded in {v}",
        "{s} opened its doors in {v}",
        "the charter granted to {s} dates from {v}",
    ), span=(1848, 2019), value_phrases=("the founding year of", "the year of foundation of"),
       search="was founded in, opened its doors, charter",
       comparison=("was founded later", "was founded earlier"),
       mentions=("when {s} was founded or got its charter",)),
    GraphRelation("staff", "laboratory", COUNT, (
        "{s} employs {v} people",
        "{v} people are employed at {s}",
        "{s} pays wages to {v} people",
    ), span=(112, 9870), value_phrases=("the staff size of", "the number of employees of"),
       search="employs people, wages",
       unit="people",
       mentions=("how many people {s} employs, and at what wages",)),
    GraphRelation("flagship", "laboratory", "instrument", (
        "{s} owns {v}, its showpiece",
        "{v} serves as the showpiece at {s}",
        "{s} shows {v} to visitors as its showpiece",
    ), inverse=True, value_phrases=("the flagship instrument of", "the principal instrument of"),
       subject_phrases=("the laboratory whose flagship is", "the laboratory famed for"),
       search="flagship, showpiece",
       mentions=("what {s} counts as its showpiece", "who owns {s} and shows it as a showpiece")),
    GraphRelation("director", "laboratory", "person", (
        "{v} directed {s} from {a} to {b}",
        "{s} was run by {v} from {a} to {b}",
        "{s} had {v} in charge from {a} to {b}",
    ), value_phrases=("the director in {month} of", "the head in {month} of"),
       search="director, directed, run by, in charge, from, to",
       mentions=("who directed {s}, or was in charge before",)),
    GraphRelation("designer", "instrument", "person", (
        "{s} was designed by {v}",
        "{v} drew up the plans for {s}",
        "the plans for {s} came from {v}",
    ), inverse=True, value_phrases=("the designer of", "the engineer behind"),
       subject_phrases=("the instrument devised by", "the instrument due to"),
       search="designer, was designed by, plans",
       mentions=("by whom {s} was designed, and where the plans are",
               "what was designed by {s}, and which plans")),
    GraphRelation("weight", "instrument", COUNT, (
        "{s} weighs {v} kilograms",
        "{s} tips the scales at {v} kilograms",
        "the crane lifted {v} kilograms when {s} was moved",
    ), span=(131, 9790), value_phrases=("the weight in kilograms of", "the mass in kilograms of"),
       search="weighs kilograms",
       comparison=("is heavier", "is lighter"),
       unit="kg",
       mentions=("how many kilograms {s} weighs",)),
    GraphRelation("inventor", "method", "person", (
        "{s} was invented by {v}",
        "{v} came up with {s}",
        "credit for {s} goes to {v}",
    ), inverse=True, value_phrases=("the inventor of", "the originator of"),
       subject_phrases=("the method devised by", "the method due to"),
       search="inventor, was invented by, came up with, credit",
       mentions=("by whom {s} was invented, and who takes credit",
               "what was invented by {s}, and who takes credit")),
    GraphRelation("basis", "method", "method", (
        "{s} builds on {v}",
        "{s} extends {v}",
        "{v} is what {s} grew out of",
    ), value_phrases=("the parent method of", "the method underlying"),
       subject_phrases=("a method derived from", "a method rooted in"),
       search="basis, builds on, extends, grew out of",
       mentions=("what {s} builds on or extends", "what builds on {s} or extends it")),
    GraphRelation("instrument", "survey", "instrument", (
        "{s} took its readings with {v}",
        "{v} supplied the readings for {s}",
        "{s} was carried out with {v}",
    ), inverse=True, value_phrases=("the measuring instrument of", "the instrument used by"),
       subject_phrases=("the survey that relied on", "the survey equipped with"),
       search="instrument, readings, carried out with",
       mentions=("with what {s} was carried out or took its readings",
               "which readings were taken with {s}, and where")),
    GraphRelation("samples", "survey", COUNT, (
        "{s} gathered {v} samples",
        "{v} samples were taken during {s}",
        "{s} came home with {v} samples",
    ), span=(1040, 98700), value_phrases=("the sample count of", "the number of samples of"),
       search="samples gathered, taken",
       mentions=("how many samples {s} gathered",)),
    GraphRelation("leader", "survey", "person", (
        "{s} was led by {v}",
        "{v} took {s} into the field",
        "{v} was in command throughout {s}",
    ), inverse=True, value_phrases=("the leader of", "the chief of"),
       subject_phrases=("the survey headed by", "the survey under"),
       search="leader, was led by, in command, into the field",
       mentions=("by whom {s} was led into the field, and in command",
               "what was led into the field by {s}, in command")),
    GraphRelation("population", "town", COUNT, (
        "{s} has {v} inhabitants",
        "{v} people live in {s}",
        "the census counted {v} residents in {s}",
    ), span=(2110, 98400), value_phrases=("the population of", "the number of inhabitants of"),
       search="inhabitants, people live in, census, residents",
       comparison=("is more populous", "is less populous"),
       unit="people",
       mentions=("how many people live in {s}",)),
    GraphRelation("mayor", "town", "person", (
        "{s} is governed by {v} as mayor",
        "{v} was sworn in as mayor in {s}",
        "{v} wears the mayor's chain in {s}",
    ), value_phrases=("the mayor of", "the person who is mayor of"),
       search="mayor",
       mentions=("who is mayor in {s}",)),
)  # fmt: skip

RELATIONS = MappingProxyType({relation.key: relation for relation in _ALL})
TERM = "director"
"""The relation that holds from one month to another; its claims have both months in their key."""


def of_kind(kind: str) -> tuple[GraphRelation, ...]:
    """The relations that entities of a kind have."""
    return tuple(relation for relation in _ALL if relation.subject == kind)


def into_kind(kind: str) -> tuple[GraphRelation, ...]:
    """The relations whose subject can be found from an entity of a kind."""
    return tuple(relation for relation in _ALL if relation.value == kind and relation.inverse)


def steps_from(kind: str) -> Iterator[tuple[GraphRelation, bool, str]]:
    """All relations that lead on from an entity of a kind, each with whether it is its value, and
    the kind of what they lead to."""
    for relation, inverse in product(_ALL, (False, True)):
        start, result = relation.ends(inverse=inverse)
        if start == kind:
            yield relation, inverse, result


KINDS = tuple(dict.fromkeys(relation.subject for relation in _ALL))


def month_of(name: str, year: str) -> int:
    """The number of a month, counted from the year 0."""
    return int(year) * 12 + MONTHS.index(name)


def month_key(month: int) -> str:
    """A month as it stands in a key.

    >>> month_key(2029 * 12 + 2)
    '2029-03'
    """
    return f"{month // 12}-{month % 12 + 1:02d}"


def month_text(month: int) -> str:
    """A month in words.

    >>> month_text(2029 * 12 + 2)
    'March 2029'
    """
    return f"{MONTHS[month % 12]} {month // 12}"
