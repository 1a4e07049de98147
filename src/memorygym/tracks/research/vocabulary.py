"""The vocabulary of the fact reader: relations of the fictional domain and the types of names."""

from memorygym.scoring.fact_reader.key import Key
from memorygym.scoring.fact_reader.names import CapitalisedNames
from memorygym.scoring.fact_reader.vocabulary import Vocabulary
from memorygym.tracks.research.relations import AUTHORITY, RELATIONS, TERM, TYPES, YEAR

_BY_WORD = {word: kind for kind, words in TYPES.items() for word in words}
SOURCES = {genre.lower(): rank for genre, rank in AUTHORITY.items()} | {
    f"rank {rank}": rank for rank in AUTHORITY.values()
}
"""By source: its authority, as the system message states it."""


def _key(
    code: str,
    labels: tuple[str, ...] = (),
    verbs: tuple[str, ...] = (),
    inverse_verbs: tuple[str, ...] = (),
) -> Key:
    """The key of a relation, with what else than its code texts call it: verbs stand before its
    value, inverse ones behind it."""
    relation = RELATIONS[code]
    return Key(
        code,
        "number" if relation.numeric else "entity",
        (code, *labels),
        verbs,
        inverse_verbs,
        suffix=relation.unit and f" {relation.unit}",
        is_whole=relation.value == YEAR,
        subject=relation.subject,
        value="" if relation.numeric else relation.value,
        has_term=code == TERM,
    )


def type_of(name: str) -> str:
    """The type of an entity, from the last word of its name."""
    return _BY_WORD.get(name.rpartition(" ")[2], "person")


KEYS = (
    _key("employer", ("workplace", "affiliation"),
        ("works at", "work at", "works for", "work for", "works in", "holds a post at",
         "on its payroll", "on the payroll of", "has a job at", "employee of",
         "joined", "employed by", "employed at"),
        ("employs", "people employed there", "people employed here", "employees")),
    _key("birthplace", ("native town", "born in", "born", "b", "birth place", "place of birth",
         "town of birth"),
        ("came into the world in", "was born in", "hails from", "comes from")),
    _key("mentor", ("doctoral supervisor", "supervisor", "advisor", "teacher"),
        ("learned the trade under", "was trained by", "trained by", "trained under",
         "studied under", "mentored by", "supervised by", "taught by", "advised by", "student of",
         "pupil of", "learned under"),
        ("guided", "trained", "mentored", "supervised")),
    _key("seat", ("home town", "headquarters", "hq", "location", "base"),
        ("is based in", "based in", "has all its buildings in", "located in", "sits in",
         "seated in", "is in"),
        ("plays host to", "is home to", "home of", "home to", "hosts")),
    _key("flagship", ("flagship instrument", "principal instrument", "showpiece"),
        ("owns", "shows"),
        ("serves as the showpiece at",)),
    _key("designer", ("engineer",),
        ("was designed by", "designed by", "drawn up by", "came from"),
        ("designed", "drew up", "drew up the plans for")),
    _key("inventor", ("originator",),
        ("was invented by", "invented by", "devised by", "goes to", "credited to"),
        ("invented", "came up with", "devised")),
    _key("basis", ("parent method", "underlying method"),
        ("builds on", "build on", "builds upon", "built on", "extends", "grew out of",
         "derived from", "derives from", "based on", "rooted in")),
    _key("instrument", ("measuring instrument",),
        ("took its readings with", "readings with", "was carried out with", "carried out with",
         "used", "relied on", "equipped with"),
        ("supplied the readings for", "supplied readings for", "used by", "used in")),
    _key("leader", ("chief", "head"),
        ("was led by", "led by", "headed by", "commanded by"),
        ("led", "headed", "took", "was in command throughout", "in command throughout",
         "in command")),
    _key("mayor", (),
        ("is governed by", "governed by"),
        ("was sworn in as mayor in", "wears the mayor's chain in")),
    _key("director", ("head",),
        ("run by", "directed by", "in charge"),
        ("directed", "ran")),
    _key("birth year", ("year of birth", "was born in", "born in", "born", "b",
         "came into the world in")),
    _key("founding year", ("year of foundation", "since", "founded", "founded in",
         "opened its doors in", "opened its doors", "opened in", "dates from")),
    _key("staff", ("staff size", "employs", "people are employed", "people work", "pays wages to",
         "employees", "number of employees", "headcount")),
    _key("weight", ("weight in kilograms", "mass", "mass in kilograms", "weighs",
         "tips the scales at", "crane lifted")),
    _key("samples", ("sample count", "number of samples")),
    _key("population", ("inhabitants", "people live", "residents", "number of inhabitants")),
)  # fmt: skip
_NOUNS = frozenset(("person", *TYPES, "researcher", "lab"))
VOCABULARY = Vocabulary(KEYS, CapitalisedNames(KEYS, _NOUNS), _NOUNS, type_of, tuple(SOURCES))
"""The vocabulary of all tasks of the track."""
