"""The relations of the fictional domain, with their wording, and the names of its entities.

A name is two capitalised words composed of syllables; no name is used twice.
"""

from dataclasses import dataclass
from types import MappingProxyType

from memorygym.core.rng import Stream

_GIVEN = (
    "Al An Ar Be Bri Ca Ce Da De Do El Em Fa Fe Fi Ga Gre Ha He Il Jo Ju Ka Ke La Le Li Lo "
    "Ma Me Mi Na Ne No Ol Or Pa Pe Ra Re Ro Sa Se Si So Ta Te To Ul Va Ve Vi Yo Za"
).split()
_CALLED = (
    "bela bert dan dara deth din dora lan lena lias lin lisa mar mela mir mund nas nela nia "
    "nor rald ren ria rick rin rosa san sela sha sia sten tan thea tia tin ton vard vin "
    "wen zan"
).split()
_FIRST = (
    "Ask Bal Bor Bram Cor Cres Dal Dor Drum Eld Fal Fen Garn Gil Glen Gos Hal Har Hol Hun "
    "Isk Jor Kal Kel Kir Lan Lor Lun Mal Mer Mor Nar Nes Nor Orm Osk Pel Pol Quar Ros Sal "
    "Sel Sten Tal Tor Trev Ulm Var Vel Vor Wald Wes Yar Zel"
).split()
_SECOND = (
    "a ba be da de do e fi ga go i ka ki la le li lo ma me mo na ne ni o pa ra re ri ro sa "
    "se ta ti to u va ve vi wa we"
).split()
_THIRD = (
    "bek bin burn by cott dal den don drin far fell gar gate hal ham holt kin land lin low "
    "lund mar mere mond nick nor quist ran rick rin son stad stam ster strom tan thorp tin "
    "ton vik ward way wick worth"
).split()
_TYPES = {
    "laboratory": "Institute Laboratory Observatory Polytechnic Foundation Academy".split(),
    "town": "Harbour Bridge Ford Ridge Cross Mills Haven Valley".split(),
    "instrument": "Interferometer Spectrograph Gravimeter Telescope Magnetometer Sonde".split(),
    "method": "Inversion Annealing Sieve Transform Filter Estimator".split(),
    "survey": "Expedition Traverse Campaign Transect Soundings Survey".split(),
}


class NamePool:
    """The generator of the names of one instance."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._used: set[str] = set()

    def new(self, kind: str) -> str:
        """An unused name."""
        pick = self._stream.choice
        while True:
            if kind in _TYPES:
                name = f"{self._stem()} {pick(_TYPES[kind])}"
            else:
                name = f"{pick(_GIVEN)}{pick(_CALLED)} {self._stem()}"
            if name not in self._used:
                self._used.add(name)
                return name

    def similar(self, name: str, kind: str) -> str:
        """An unused name that is easily mistaken for another."""
        first, last = name.split()
        for _ in range(50):
            other = self._variant(first, last, kind)
            if other not in self._used:
                self._used.add(other)
                return other
        return self.new(kind)

    def _variant(self, first: str, last: str, kind: str) -> str:
        pick = self._stream.choice
        if self._stream.bernoulli(0.5):
            changed = pick(_TYPES[kind]) if kind in _TYPES else self._ending(last)
            return f"{first} {changed}"
        changed = self._ending(first) if kind in _TYPES else pick(_GIVEN) + pick(_CALLED)
        return f"{changed} {last}"

    def _ending(self, stem: str) -> str:
        """A stem with another ending."""
        cut = max(4, len(stem) - 3 - self._stream.below(2))
        return stem[:cut] + self._stream.choice(_THIRD)

    def _stem(self) -> str:
        pick = self._stream.choice
        return pick(_FIRST) + pick(_SECOND) + pick(_THIRD)


YEAR, COUNT = "year", "count"


@dataclass(frozen=True, slots=True)
class FunctionalRelation:
    """A functional relation: each subject has one value at a time."""

    key: str
    subject: str
    """The kind of entity that has it."""
    value: str
    """A kind of entity, or YEAR or COUNT."""
    sentences: tuple[str, ...]
    value_phrases: tuple[str, str]
    """Phrases that ask for the value; the subject follows."""
    mentions: tuple[str, ...]
    """Sentences that mention a subject in the words of a search and state nothing; if the subject
    can be searched by value, the second mentions a value."""
    subject_phrases: tuple[str, ...] = ()
    """Phrases that ask for the subject; the value follows."""
    span: tuple[int, int] = (0, 0)
    """For a number: the smallest and the largest."""
    inverse: bool = False
    """Whether each value has one subject, so that the subject can be asked for."""

    @property
    def numeric(self) -> bool:
        return self.value in (YEAR, COUNT)


_ALL = (
    FunctionalRelation("employer", "person", "laboratory", (
        "{s} works at {v}.",
        "{s} holds a post at {v}.",
        "{v} has {s} on its payroll.",
        "{s} joined {v} some time ago and is still there.",
    ), value_phrases=("the employer of", "the laboratory that employs"),
       mentions=("Nobody could say where {s} works now, or on whose payroll.",)),
    FunctionalRelation("birthplace", "person", "town", (
        "{s} was born in {v}.",
        "{s} came into the world in {v}.",
        "{v} is where {s} was born.",
    ), value_phrases=("the birthplace of", "the native town of"),
       mentions=("In which town {s} was born is a story for another day.",)),
    FunctionalRelation("mentor", "person", "person", (
        "{s} learned the trade under {v}.",
        "{v} guided {s} through the doctorate.",
        "{s} was trained by {v}.",
    ), value_phrases=("the mentor of", "the doctoral supervisor of"),
       mentions=("Who trained {s} through the doctorate is not for us to tell.",)),
    FunctionalRelation("birth year", "person", YEAR, (
        "{s} was born in {v}.",
        "{s} came into the world in {v}.",
        "The year {v} saw {s} born.",
    ), span=(1921, 2004), value_phrases=("the birth year of", "the year of birth of"),
       mentions=("In which year {s} was born is anybody's guess.",)),
    FunctionalRelation("seat", "laboratory", "town", (
        "{s} is based in {v}.",
        "{s} has all its buildings in {v}.",
        "{v} plays host to {s}.",
    ), value_phrases=("the home town of", "the town that houses"),
       mentions=("Where {s} is based, and in which buildings, is left to the reader.",)),
    FunctionalRelation("founding year", "laboratory", YEAR, (
        "{s} was founded in {v}.",
        "{s} opened its doors in {v}.",
        "The charter granted to {s} dates from {v}.",
    ), span=(1848, 2019), value_phrases=("the founding year of", "the year of foundation of"),
       mentions=("When {s} was founded or got its charter is left open here.",)),
    FunctionalRelation("staff", "laboratory", COUNT, (
        "{s} employs {v} people.",
        "{v} people are employed at {s}.",
        "{s} pays wages to {v} people.",
    ), span=(112, 9870), value_phrases=("the staff size of", "the number of employees of"),
       mentions=("How many people {s} employs, and at what wages, was not asked.",)),
    FunctionalRelation("flagship", "laboratory", "instrument", (
        "{s} owns {v}, its showpiece.",
        "{v} serves as the showpiece at {s}.",
        "{s} shows {v} to visitors as its showpiece.",
    ), inverse=True, value_phrases=("the flagship instrument of", "the principal instrument of"),
       subject_phrases=("the laboratory whose flagship is", "the laboratory famed for"),
       mentions=("What {s} counts as its showpiece was on the tip of every tongue.",
               "Who owns {s} and shows it as a showpiece was much debated.")),
    FunctionalRelation("director", "laboratory", "person", (
        "{v} directed {s} from {a} to {b}.",
        "{s} was run by {v} from {a} to {b}.",
        "{s} had {v} in charge from {a} to {b}.",
    ), value_phrases=("the director in {month} of", "the head in {month} of"),
       mentions=("Who directed {s}, or was in charge before, was a riddle in the quiz.",)),
    FunctionalRelation("designer", "instrument", "person", (
        "{s} was designed by {v}.",
        "{v} drew up the plans for {s}.",
        "The plans for {s} came from {v}.",
    ), inverse=True, value_phrases=("the designer of", "the engineer behind"),
       subject_phrases=("the instrument devised by", "the instrument due to"),
       mentions=("By whom {s} was designed, and where the plans are, we did not hear.",
               "What was designed by {s}, and which plans, we did not hear.")),
    FunctionalRelation("weight", "instrument", COUNT, (
        "{s} weighs {v} kilograms.",
        "{s} tips the scales at {v} kilograms.",
        "The crane lifted {v} kilograms when {s} was moved.",
    ), span=(131, 9790), value_phrases=("the weight in kilograms of", "the mass in kilograms of"),
       mentions=("How many kilograms {s} weighs was a question for the crane.",)),
    FunctionalRelation("inventor", "method", "person", (
        "{s} was invented by {v}.",
        "{v} came up with {s}.",
        "Credit for {s} goes to {v}.",
    ), inverse=True, value_phrases=("the inventor of", "the originator of"),
       subject_phrases=("the method devised by", "the method due to"),
       mentions=("By whom {s} was invented, and who takes credit, was argued at length.",
               "What was invented by {s}, and who takes credit, was argued at length.")),
    FunctionalRelation("basis", "method", "method", (
        "{s} builds on {v}.",
        "{s} extends {v}.",
        "{v} is what {s} grew out of.",
    ), value_phrases=("the parent method of", "the method underlying"),
       subject_phrases=("a method derived from", "a method rooted in"),
       mentions=("What {s} builds on or extends was lost in the noise.",
               "What builds on {s} or extends it was lost in the noise.")),
    FunctionalRelation("instrument", "survey", "instrument", (
        "{s} took its readings with {v}.",
        "{v} supplied the readings for {s}.",
        "{s} was carried out with {v}.",
    ), inverse=True, value_phrases=("the measuring instrument of", "the instrument used by"),
       subject_phrases=("the survey that relied on", "the survey equipped with"),
       mentions=("With what {s} was carried out or took its readings went unsaid.",
               "Which readings were taken with {s}, and where, went unsaid.")),
    FunctionalRelation("samples", "survey", COUNT, (
        "{s} gathered {v} samples.",
        "{v} samples were taken during {s}.",
        "{s} came home with {v} samples.",
    ), span=(1040, 98700), value_phrases=("the sample count of", "the number of samples of"),
       mentions=("How many samples {s} gathered was written on the lost page.",)),
    FunctionalRelation("leader", "survey", "person", (
        "{s} was led by {v}.",
        "{v} took {s} into the field.",
        "{v} was in command throughout {s}.",
    ), inverse=True, value_phrases=("the leader of", "the chief of"),
       subject_phrases=("the survey headed by", "the survey under"),
       mentions=("By whom {s} was led into the field, and in command, was whispered.",
               "What was led into the field by {s}, in command, was whispered.")),
    FunctionalRelation("population", "town", COUNT, (
        "{s} has {v} inhabitants.",
        "{v} people live in {s}.",
        "The census counted {v} residents in {s}.",
    ), span=(2110, 98400), value_phrases=("the population of", "the number of inhabitants of"),
       mentions=("How many people live in {s} is what the next census will tell.",)),
    FunctionalRelation("mayor", "town", "person", (
        "{s} is governed by {v} as mayor.",
        "{v} was sworn in as mayor in {s}.",
        "{v} wears the mayor's chain in {s}.",
    ), value_phrases=("the mayor of", "the person who is mayor of"),
       mentions=("Who is mayor in {s} was painted over on the sign.",)),
)  # fmt: skip

RELATIONS = MappingProxyType({relation.key: relation for relation in _ALL})
TERM = "director"
"""The relation that holds from one month to another; its claims have both months in their key."""


def of_kind(kind: str) -> tuple[FunctionalRelation, ...]:
    """The relations that entities of a kind have."""
    return tuple(relation for relation in _ALL if relation.subject == kind)


def into_kind(kind: str) -> tuple[FunctionalRelation, ...]:
    """The relations whose subject can be found from an entity of a kind."""
    return tuple(relation for relation in _ALL if relation.value == kind and relation.inverse)


KINDS = tuple(dict.fromkeys(relation.subject for relation in _ALL))
