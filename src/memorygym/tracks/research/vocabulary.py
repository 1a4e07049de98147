"""The vocabulary of the fact reader: relations of the fictional domain and the types of names."""

from collections.abc import Iterator

from memorygym.scoring.fact_reader.key import Key
from memorygym.scoring.fact_reader.names import CapitalisedNames
from memorygym.scoring.fact_reader.vocabulary import Vocabulary

_PERSON, _LABORATORY, _TOWN = "person", "laboratory", "town"
_INSTRUMENT, _METHOD, _SURVEY = "instrument", "method", "survey"
_TYPES = {
    _LABORATORY: "Institute Laboratory Observatory Polytechnic Foundation Academy",
    _TOWN: "Harbour Bridge Ford Ridge Cross Mills Haven Valley",
    _INSTRUMENT: "Interferometer Spectrograph Gravimeter Telescope Magnetometer Sonde",
    _METHOD: "Inversion Annealing Sieve Transform Filter Estimator",
    _SURVEY: "Expedition Traverse Campaign Transect Soundings Survey",
}
_BY_WORD = {word: kind for kind, words in _TYPES.items() for word in words.split()}
AUTHORITY = {
    "register": 3, "catalogue": 3, "field report": 2, "conference notes": 2,
    "newsletter": 1, "profile": 1, "travel log": 1, "rank 3": 3, "rank 2": 2, "rank 1": 1,
}  # fmt: skip
"""By source: its authority, as the system message states it."""

_ENTITIES = (
    ("employer", _PERSON, _LABORATORY, "employer|workplace|affiliation", "works at|works for|works in|holds a post at|on its payroll|joined|employed by|employed at", "employs"),
    ("birthplace", _PERSON, _TOWN, "birthplace|native town|born in|born|birth place|place of birth|town of birth", "came into the world in|was born in|hails from|comes from", ""),
    ("mentor", _PERSON, _PERSON, "mentor|doctoral supervisor|supervisor|advisor|teacher", "learned the trade under|was trained by|trained by|trained under|studied under|mentored by|supervised by", "guided|trained|mentored|supervised"),
    ("seat", _LABORATORY, _TOWN, "seat|home town|headquarters|hq|location|base", "is based in|based in|has all its buildings in|located in|sits in|seated in", "plays host to|is home to|hosts"),
    ("flagship", _LABORATORY, _INSTRUMENT, "flagship|flagship instrument|principal instrument|showpiece", "owns|shows", "serves as the showpiece at"),
    ("designer", _INSTRUMENT, _PERSON, "designer|engineer", "was designed by|designed by|drawn up by|came from", "designed|drew up|drew up the plans for"),
    ("inventor", _METHOD, _PERSON, "inventor|originator", "was invented by|invented by|devised by|goes to|credited to", "invented|came up with|devised"),
    ("basis", _METHOD, _METHOD, "basis|parent method|underlying method", "builds on|built on|extends|grew out of|derived from|derives from|based on|rooted in", ""),
    ("instrument", _SURVEY, _INSTRUMENT, "instrument|measuring instrument", "took its readings with|was carried out with|carried out with|used|relied on|equipped with", "supplied the readings for"),
    ("leader", _SURVEY, _PERSON, "leader|chief|head", "was led by|led by|headed by|commanded by", "led|headed|took|was in command throughout|in command throughout|in command"),
    ("mayor", _TOWN, _PERSON, "mayor", "is governed by|governed by", "was sworn in as mayor in|wears the mayor's chain in"),
)  # fmt: skip
_NUMBERS = (
    ("birth year", _PERSON, "birth year|year of birth|was born in|born in|born|came into the world in", True, ""),
    ("founding year", _LABORATORY, "founding year|year of foundation|founded|founded in|opened its doors in|opened its doors|opened in|dates from", True, ""),
    ("staff", _LABORATORY, "staff|staff size|employs|people are employed|pays wages to|employees|number of employees|headcount", False, " people"),
    ("weight", _INSTRUMENT, "weight|weight in kilograms|mass|mass in kilograms|weighs|tips the scales at|crane lifted", False, " kg"),
    ("samples", _SURVEY, "samples|sample count|number of samples", False, ""),
    ("population", _TOWN, "population|inhabitants|people live|residents|number of inhabitants", False, " people"),
)  # fmt: skip


def _keys() -> Iterator[Key]:
    for code, subject, value, labels, verbs, inverse in _ENTITIES:
        yield Key(
            code, "entity", tuple(labels.split("|")), tuple(verbs.split("|")),
            tuple(filter(None, inverse.split("|"))), subject=subject, value=value,
        )  # fmt: skip
    yield Key(
        "director", "entity", ("director", "head"), ("run by", "directed by", "in charge"),
        ("directed", "ran"),
        subject=_LABORATORY, value=_PERSON, has_term=True,
    )  # fmt: skip
    for code, subject, labels, is_whole, suffix in _NUMBERS:
        yield Key(
            code,
            "number",
            tuple(labels.split("|")),
            suffix=suffix,
            is_whole=is_whole,
            subject=subject,
        )


def type_of(name: str) -> str:
    """The type of an entity, from the last word of its name."""
    return _BY_WORD.get(name.rpartition(" ")[2], _PERSON)


def vocabulary() -> Vocabulary:
    """The vocabulary of all tasks of the track."""
    keys = tuple(_keys())
    nouns = frozenset((_PERSON, *_TYPES, "researcher", "lab"))
    endings = frozenset(word.lower() for word in _BY_WORD)
    names = CapitalisedNames(keys, nouns)
    return Vocabulary(keys, names, nouns, type_of, tuple(AUTHORITY), endings)
