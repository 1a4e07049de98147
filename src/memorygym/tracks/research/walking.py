"""How the reader answers: it walks a query from what is named to what is asked, fact by fact."""

from memorygym.instances.model import Found, Missing
from memorygym.statements import Known, Statement
from memorygym.tracks.research.asking import Pick, Query, Shared, Start, Step, Total, month_key

_SOUGHT = {
    "employer": "employer, works at, joined, holds a post at, payroll",
    "birthplace": "was born in, came into the world in",
    "mentor": "mentor, was trained by, learned the trade under, doctorate",
    "birth year": "was born in the year, came into the world",
    "seat": "is based in, buildings, plays host",
    "founding year": "was founded in, opened its doors, charter",
    "staff": "employs people, wages",
    "flagship": "flagship, showpiece",
    "director": "director, directed, run by, in charge, from, to",
    "designer": "designer, was designed by, plans",
    "weight": "weighs kilograms",
    "inventor": "inventor, was invented by, came up with, credit",
    "basis": "basis, builds on, extends, grew out of",
    "instrument": "instrument, readings, carried out with",
    "samples": "samples gathered, taken",
    "leader": "leader, was led by, in command, into the field",
    "population": "inhabitants, people live in, census, residents",
    "mayor": "mayor",
}
"""Words in which one would search for a key."""


class _Lacking(Exception):
    """A subject and a key without whose value the walk cannot go on."""


def sought(subject: str, key: str) -> str:
    """What one would search for: a name, and the words in which a key is told.

    >>> sought("Orm Hall", "mayor")
    'Orm Hall mayor'
    """
    return f"{subject} {_SOUGHT.get(key, key)}"


def seeking(text: str) -> tuple[str, str] | None:
    """The name and the key of what `sought` wrote; None if it did not."""
    name = " ".join(text.split(" ")[:2])
    keys = (key for key in _SOUGHT if text == sought(name, key))
    return next(((name, key) for key in keys), None)


def answered(query: Query, known: Known) -> Found | Missing:
    """What follows from what is known, or what to look for next."""
    walk = _Walk(known)
    try:
        answer = walk.find(query)
    except _Lacking as lacking:
        return Missing(sought(*lacking.args), tuple(walk.used))
    return Found(answer, tuple(walk.used))


class _Walk:
    def __init__(self, known: Known) -> None:
        self._known = known
        self.used: list[Statement] = []

    def find(self, query: Query) -> str:
        match query:
            case Start(name):
                return name
            case Step(key, of, inverse, month):
                found = self.find(of)
                if inverse:
                    return self._subject(key, found)
                return self._term(found, month_key(month)) if month else self._value(found, key)
            case Pick(key, _, left, right):
                names = [self.find(left), self.find(right)]
                values = [self._whole(self._value(name, key), key) for name in names]
                return names[query.place(values)]
            case Shared(laboratory, basis):
                return self._shared(self.find(laboratory), self.find(basis))
            case Total(left, right):
                sides = ((self.find(side), getattr(side, "key", "")) for side in (left, right))
                return query.of(*(self._whole(value, key) for value, key in sides))

    def _value(self, subject: str, key: str) -> str:
        one = self._known.get(subject, key)
        if one is None:
            raise _Lacking(subject, key)
        self.used.append(one)
        return one.value

    def _whole(self, value: str, key: str) -> int:
        if not value.isdecimal():
            raise _Lacking(value, key)
        return int(value)

    def _term(self, subject: str, month: str) -> str:
        """Who was director in a month: the key of a term names its first month and its last."""
        for key, one in self._known.about(subject).items():
            match key.split(" "):
                case ["director", first, last] if first <= month <= last:
                    self.used.append(one)
                    return one.value
        raise _Lacking(subject, "director")

    def _subject(self, key: str, value: str) -> str:
        told = self._known.whose(key, value)
        if len(told) != 1:
            raise _Lacking(value, key)
        self.used.append(told[0])
        return told[0].subject

    def _shared(self, laboratory: str, basis: str) -> str:
        """Of those who work there, the one who invented a method on that basis."""
        staff = {one.subject: one for one in self._known.whose("employer", laboratory)}
        lacking = None if staff else _Lacking(laboratory, "employer")
        self.used += staff.values()
        for method in self._known.whose("basis", basis):
            person = self._known.get(method.subject, "inventor")
            if person and person.value in staff:
                self.used += [method, person]
                return person.value
            place = self._known.get(person.value, "employer") if person else None
            if person is None:
                lacking = lacking or _Lacking(method.subject, "inventor")
            elif place is None:
                lacking = lacking or _Lacking(person.value, "employer")
            # What is ruled out is worth keeping too: it need not be looked for again.
            self.used += [one for one in (method, person, place) if one]
        raise lacking or _Lacking(basis, "basis")
