"""The vocabulary of the fact reader: relations of the fictional domain and the types of names."""

import re

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
_PLACES = _TYPES[_LABORATORY].replace(" ", "|")
_INSTRUMENTS = _TYPES[_INSTRUMENT].replace(" ", "|")
_TOWNS = _TYPES[_TOWN].replace(" ", "|")
_METHODS = _TYPES[_METHOD].replace(" ", "|")
_BY_WORD = {word: kind for kind, words in _TYPES.items() for word in words.split()}
AUTHORITY = {
    "register": 3, "catalogue": 3, "field report": 2, "conference notes": 2,
    "newsletter": 1, "profile": 1, "travel log": 1, "rank 3": 3, "rank 2": 2, "rank 1": 1,
}  # fmt: skip
"""By source: its authority, as the system message states it."""

KEYS = (
    Key(
        "employer", "entity",
        ("employer", "workplace", "affiliation"),
        ("works at", "work at", "works for", "work for", "works in", "holds a post at",
         "on its payroll", "joined", "employed by", "employed at"),
        ("employs", "people employed there", "people employed here", "employees"),
        subject=_PERSON, value=_LABORATORY,
    ),
    Key(
        "birthplace", "entity",
        ("birthplace", "native town", "born in", "born", "birth place", "place of birth",
         "town of birth"),
        ("came into the world in", "was born in", "hails from", "comes from"),
        subject=_PERSON, value=_TOWN,
    ),
    Key(
        "mentor", "entity",
        ("mentor", "doctoral supervisor", "supervisor", "advisor", "teacher"),
        ("learned the trade under", "was trained by", "trained by", "trained under",
         "studied under", "mentored by", "supervised by", "taught by", "advised by", "student of",
         "pupil of", "learned under"),
        ("guided", "trained", "mentored", "supervised"),
        subject=_PERSON, value=_PERSON,
    ),
    Key(
        "seat", "entity",
        ("seat", "home town", "headquarters", "hq", "location", "base"),
        ("is based in", "based in", "has all its buildings in", "located in", "sits in",
         "seated in", "is in"),
        ("plays host to", "is home to", "home of", "home to", "hosts"),
        subject=_LABORATORY, value=_TOWN,
    ),
    Key(
        "flagship", "entity",
        ("flagship", "flagship instrument", "principal instrument", "showpiece"),
        ("owns", "shows"),
        ("serves as the showpiece at",),
        subject=_LABORATORY, value=_INSTRUMENT,
    ),
    Key(
        "designer", "entity",
        ("designer", "engineer"),
        ("was designed by", "designed by", "drawn up by", "came from"),
        ("designed", "drew up", "drew up the plans for"),
        subject=_INSTRUMENT, value=_PERSON,
    ),
    Key(
        "inventor", "entity",
        ("inventor", "originator"),
        ("was invented by", "invented by", "devised by", "goes to", "credited to"),
        ("invented", "came up with", "devised"),
        subject=_METHOD, value=_PERSON,
    ),
    Key(
        "basis", "entity",
        ("basis", "parent method", "underlying method"),
        ("builds on", "build on", "builds upon", "built on", "extends", "grew out of",
         "derived from", "derives from", "based on", "rooted in"),
        subject=_METHOD, value=_METHOD,
    ),
    Key(
        "instrument", "entity",
        ("instrument", "measuring instrument"),
        ("took its readings with", "readings with", "was carried out with", "carried out with",
         "used", "relied on", "equipped with"),
        ("supplied the readings for", "supplied readings for", "used by", "used in"),
        subject=_SURVEY, value=_INSTRUMENT,
    ),
    Key(
        "leader", "entity",
        ("leader", "chief", "head"),
        ("was led by", "led by", "headed by", "commanded by"),
        ("led", "headed", "took", "was in command throughout", "in command throughout",
         "in command"),
        subject=_SURVEY, value=_PERSON,
    ),
    Key(
        "mayor", "entity",
        ("mayor",),
        ("is governed by", "governed by"),
        ("was sworn in as mayor in", "wears the mayor's chain in"),
        subject=_TOWN, value=_PERSON,
    ),
    Key(
        "director", "entity",
        ("director", "head"),
        ("run by", "directed by", "in charge"),
        ("directed", "ran"),
        subject=_LABORATORY, value=_PERSON, has_term=True,
    ),
    Key(
        "birth year", "number",
        ("birth year", "year of birth", "was born in", "born in", "born",
         "came into the world in"),
        subject=_PERSON, is_whole=True,
    ),
    Key(
        "founding year", "number",
        ("founding year", "year of foundation", "founded", "founded in", "opened its doors in",
         "opened its doors", "opened in", "dates from"),
        subject=_LABORATORY, is_whole=True,
    ),
    Key(
        "staff", "number",
        ("staff", "staff size", "employs", "people are employed", "people work", "pays wages to",
         "employees", "number of employees", "headcount"),
        subject=_LABORATORY, suffix=" people",
    ),
    Key(
        "weight", "number",
        ("weight", "weight in kilograms", "mass", "mass in kilograms", "weighs",
         "tips the scales at", "crane lifted"),
        subject=_INSTRUMENT, suffix=" kg",
    ),
    Key(
        "samples", "number",
        ("samples", "sample count", "number of samples"),
        subject=_SURVEY,
    ),
    Key(
        "population", "number",
        ("population", "inhabitants", "people live", "residents", "number of inhabitants"),
        subject=_TOWN, suffix=" people",
    ),
)  # fmt: skip
"""Each with its labels, the verbs before its value, and those behind it."""


def type_of(name: str) -> str:
    """The type of an entity, from the last word of its name."""
    return _BY_WORD.get(name.rpartition(" ")[2], _PERSON)


_SHORTHAND = (
    (re.compile(r"(?<=[\s(:;,])b\. ?(?=(?:1[89]|20)\d\d\b)"), "born "),
    (re.compile(r"(?<=[\s(:;,])(?:est|fd)\.? ?(?:in )?(?=(?:1[5-9]|20)\d\d\b)"), "founded "),
    (
        re.compile(rf"^(\W*[A-Z]\w+ (?:{_PLACES})\b[^.;:A-Z]*, )in (?=[A-Z]\w+ (?:{_TOWNS})\b)"),
        r"\1seat ",
    ),
    (re.compile(rf"(?:works )?@ ?(?=[A-Z]\w+ (?:{_PLACES})\b)"), "works at "),
    (re.compile(rf"(?<=[:;,(])( ?)at (?=[A-Z]\w+ (?:{_PLACES})\b)"), r"\1works at "),
    (re.compile(rf"\bis at (?=[A-Z]\w+ (?:{_PLACES})\b)"), "works at "),
    (re.compile(rf"\b((?:{_INSTRUMENTS})[*_]* (?:\(|[—-] ?))by (?=[A-Z])"), r"\1designer "),
    (re.compile(rf"\b((?:{_METHODS})[*_]* (?:\(|[—-] ?))by (?=[A-Z])"), r"\1inventor "),
    (re.compile(rf"\ban? (~?\d\S* ?kg) (?:instrument|{_INSTRUMENTS.lower()})\b"), r"weight \1,"),
    (re.compile(r"(?:(?<=[:;,] )|(?<=\())(?=~?\d[\d,.]* ?kg\b)"), "weight "),
    (re.compile(rf"\b({_INSTRUMENTS}) (?=~?\d[\d,.]* ?kg\b)"), r"\1 weight "),
    (re.compile(r"(?<=[\s(:;,])des\. ?(?:by )?(?=[A-Z])"), "designer "),
    (re.compile(r"(?<=[\s(:;,])inv\. ?(?:by )?(?=[A-Z])"), "inventor "),
    (re.compile(r"(?<=[\s(:;,])dir\. ?(?=[A-Z])"), "director "),
    (re.compile(r"(?<=[\s(:;,])empl?\. ?(?=[A-Z])"), "employer "),
    (re.compile(r"(?<=[\s(:;,])instr\. ?(?=[A-Z])"), "instrument "),
)
"""What writers of short notes put for a label."""


def spelled_out(line: str) -> str:
    """A line with labels for shorthand.

    >>> spelled_out("Ann Lee: b. 1930; at Orm Institute")
    'Ann Lee: born 1930; works at Orm Institute'
    """
    if (
        ". " in line
        or "est " in line
        or "@" in line
        or "kg" in line
        or " at " in line
        or "by " in line
    ):
        for pattern, words in _SHORTHAND:
            line = pattern.sub(words, line)
    return line


def vocabulary() -> Vocabulary:
    """The vocabulary of all tasks of the track."""
    nouns = frozenset((_PERSON, *_TYPES, "researcher", "lab"))
    endings = frozenset(word.lower() for word in _BY_WORD)
    names = CapitalisedNames(KEYS, nouns)
    return Vocabulary(KEYS, names, nouns, type_of, tuple(AUTHORITY), endings, spell_out=spelled_out)
