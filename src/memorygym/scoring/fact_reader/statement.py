"""What one line states: whose key has which value.

A line is cut into parts with one label each. In a part, the value stands in the clause of the
label; else it is the only one in the other clauses. A figure behind a cue ("forecast", "versus",
"was") is not the current value.
"""

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache

from memorygym.core.statements import CURRENT, FORMER
from memorygym.scoring.fact_reader import cues, parts
from memorygym.scoring.fact_reader.choices import Choices
from memorygym.scoring.fact_reader.claims import IT, Claim, Mark, Sense
from memorygym.scoring.fact_reader.clauses import values_of
from memorygym.scoring.fact_reader.cuts import (
    clauses,
    distributed,
    each_of_several,
    is_elliptic,
    pieces,
    sentences,
)
from memorygym.scoring.fact_reader.marks import marked
from memorygym.scoring.fact_reader.parts import Part
from memorygym.scoring.fact_reader.relations import RelationLinker, is_bare, is_former, meant
from memorygym.scoring.fact_reader.stamps import label_end, without_stamps
from memorygym.scoring.fact_reader.values import candidates, has_date
from memorygym.scoring.fact_reader.vocabulary import Vocabulary
from memorygym.scoring.fact_reader.words import lowered


class StatementReader:
    """Reads lines with one vocabulary; it remembers what it has read."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._relations = RelationLinker(vocabulary.type_of)
        self._choices = Choices(vocabulary)
        self._cached = lru_cache(maxsize=50_000)(self._read)

    def read(self, text: str, default: Mark | None = None) -> Sense:
        """What a line states. `default` is the label of values that have none."""
        return self._cached(text, default)

    def _read(self, text: str, default: Mark | None) -> Sense:
        if cues.KEYWORDS.match(text):
            return Sense()
        date = ""
        if "age" in text:
            text = cues.PAGE.sub("", text)
        if has_date(text):
            text, date = without_stamps(text, label_end(text, self.vocabulary, default))
        line = _Line(self.vocabulary, self._relations, self._choices, default)
        for sentence in sentences(text, self.vocabulary.is_cut_off):
            part = marked(sentence, self.vocabulary, has_default=default is not None)
            for each in each_of_several(part, sentence):
                line.read(each)
            line.before = tuple(dict.fromkeys(name for _, _, name in part.names)) or line.before
        cue = ""
        if not line.claims and not line.asks:
            bare = lowered(text) if default is None else ""
            cue = "other" if cues.OTHER.search(bare) else FORMER if cues.FORMER.search(bare) else ""
        return Sense(
            tuple(line.claims),
            line.unread,
            tuple(line.names),
            line.head or line.opening,
            line.last,
            line.mark,
            date,
            cue,
            line.asks,
        )


@dataclass
class _Line:
    """The state of reading a line, sentence by sentence."""

    vocabulary: Vocabulary
    relations: RelationLinker
    choices: Choices
    default: Mark | None
    claims: list[Claim] = field(default_factory=list)
    unread: int = 0
    names: dict[str, None] = field(default_factory=dict)
    head: str = ""
    """The entity before a colon or dash at the start: the whole line is about it."""
    opening: str = ""
    last: str = ""
    before: tuple[str, ...] = ()
    """The entities of the sentence before, in order: "that company" means the last of them."""
    mark: Mark | None = None
    asks: bool = False
    objects: set[str] = field(default_factory=set)
    """Entities that are values of relations."""

    def read(self, part: Part) -> None:
        self.asks = part.text.rstrip(" \"'*)").endswith("?")
        if cues.MAYBE_UNREAL.search(part.lower) and cues.UNREAL.match(part.lower):
            self._note_names(part)
            return
        if cues.MAYBE_ASIDE.search(part.lower) and (aside := cues.ASIDE.search(part.lower)):
            part = part.cut(0, aside.start())
        own = parts.subjects_of(part)
        stated = [*clauses(part)]
        asked = stated.pop() if self.asks else None
        for clause in stated:
            self._clause(clause, own)
        if asked:
            self._note_names(asked)
            self.mark = parts.termed(asked.marks[0], asked.text) if len(asked.marks) == 1 else None
            self.head = asked.names[0][2] if len(asked.names) == 1 else ""

    def _note_names(self, part: Part) -> None:
        if not self.names:
            self.opening = parts.opening_of(part)
        self.names.update(dict.fromkeys(name for _, _, name in part.names))

    def _clause(self, part: Part, shared: set[str]) -> None:
        """Reads a clause; `shared` are the entities that its sentence could be about."""
        self._note_names(part)
        self.head = parts.head_of(part) or self.head
        objects = parts.objects_of(part)
        self.objects |= objects
        subject = self.head or meant(
            part.text, self.vocabulary, [*self.names], self.before, self.last
        )
        before = len(self.claims)
        is_led = before > 0 and is_elliptic(part)
        own = set() if is_led else parts.subjects_of(part) or shared
        if not subject and not own:
            subject = self._continued() or (self.last if is_led else "")
        others = set(self.names) - self.objects
        inherited = subject or (next(iter(own)) if len(own) == 1 else "?" if others else "")
        self._pieces(part, subject, inherited)
        stated = [claim.subject for claim in self.claims[before:]]
        values = {str(claim.value) for claim in self.claims[before:]}.difference(stated)
        self.objects = (self.objects | values.intersection(self.names)).difference(stated)
        shared -= values
        self.last = stated[0] if stated and stated[0] != "?" else parts.sole(part) or subject
        if cues.PAIR.match(part.text):
            self.last = "?"

    def _pieces(self, part: Part, subject: str, inherited: str) -> None:
        """Adds what the pieces of a clause state."""
        has_choice = self.vocabulary.lone_pattern.search(part.text) is not None
        if has_choice:
            self.claims += self.choices.apposed(part, subject)
        above = ""
        for piece in pieces(part):
            owner = piece.about or self._of_type(piece, part, above, inherited)
            if has_choice:
                self.claims += self.choices.lone(piece, owner)
            self._state(piece, owner)
            ends = [name for _, end, name in piece.names if not piece.text[end:].strip(" ,;(")]
            above = ends[-1] if ends else "" if piece.names else above

    def _of_type(self, piece: Part, part: Part, above: str, inherited: str) -> str:
        """The entity of the sentence; if it may not have the piece's key, the one directly before,
        if it may: "Ann Lee (works at Orm Institute, seat Orm Ford)". Of several entities the only
        one that may."""
        type_of = self.vocabulary.type_of
        named = {type_of(name) for _, _, name in piece.names}
        types = {
            key.value if key.value and key.subject in named - {key.value} else key.subject
            for mark in piece.marks
            for key in mark.keys
        }
        if inherited == "?" and len(types) == 1 and "" not in types:
            own = self.objects | {name for _, _, name in piece.names}
            for names in ({name for _, _, name in part.names}, set(self.names)):
                fitting = [name for name in names - own if type_of(name) in types]
                if fitting:
                    return fitting[0] if len(fitting) == 1 else inherited
        is_open = len(types) == 1 and inherited not in ("", IT) and type_of(inherited) not in types
        return above if is_open and above and type_of(above) in types else inherited

    def _continued(self) -> str:
        """The only entity that the line is about so far, if its name opens it or has a claim."""
        about = set(self.names) - self.objects
        only = about.pop() if len(about) == 1 else ""
        is_told = any(claim.subject == only for claim in self.claims)
        return only if only == self.opening or is_told else ""

    def _state(self, piece: Part, inherited: str) -> None:
        """Adds what a piece with at most one label states."""
        mark = piece.marks[0] if piece.marks else None
        if mark is None:
            mark = self.default
            if mark is None:
                return
            piece = replace(piece, marks=(), is_clear=True)
        elif (
            "whose" in piece.lower
            and not piece.about
            and cues.WHOSE.search(piece.lower[: mark.start])
        ):
            return  # It tells which one is meant: "the laboratory whose flagship is Orm Sonde".
        elif len(piece.marks) > 1:  # A label and its alias beside it.
            mark = mark._replace(end=piece.marks[-1].end)
        numbers = tuple([key for key in mark.keys if key.kind != "entity"])
        if len(numbers) < len(mark.keys):
            if not any(candidates(key, piece.text) for key in numbers):
                self._relation(piece, self.relations.fitting(mark, piece), inherited)
                if self.mark and numbers:
                    self.mark = self.mark._replace(keys=mark.keys)
                return
            if place := self.relations.place(mark, piece):
                self._relation(piece, self.relations.fitting(mark, piece), inherited)
                piece = replace(piece, names=tuple(n for n in piece.names if n != place))
            mark = mark._replace(keys=numbers)
        for group in distributed(piece, mark):
            self._value(group, mark, inherited)

    def _value(self, piece: Part, mark: Mark, inherited: str) -> None:
        span = (mark.start, mark.end) if mark in piece.marks else (0, 0)
        results = [(key, values_of(key, piece.text, span)) for key in mark.keys]
        chosen = [(key, values) for key, values in results if values]
        if not chosen:
            if all(values is not None for _, values in results):
                self.mark = mark
                self.head = self.head or parts.sole(piece)
            else:
                self.unread += 1
            return
        key, values = chosen[0]
        assert values
        subject = self.relations.owner(piece, key, inherited)
        if not piece.is_clear and len(self.names) > 1:
            subject = "?"
        subject = key.owner or subject
        self.mark = None
        if subject == "?":
            self.unread += 1
            return
        code = key.code.format(mark.parameter)
        self.claims += [
            Claim(subject, code, value, mark.role if mark.role != CURRENT else role)
            for value, role in values
        ]

    def _relation(self, piece: Part, mark: Mark, inherited: str) -> None:
        """Adds the entities that a relation links."""
        key = mark.keys[0]
        at = mark.start
        if cues.NEGATED.search(piece.lower[:at]):
            return
        if key.owner:
            near = [name for start, _, name in piece.names if start >= mark.end]
            near = near or [name for _, _, name in piece.names]
            self.mark = None if near else mark
            self.claims += [Claim(key.owner, key.code, name) for name in near if len(near) == 1]
            return
        if self._several(piece, mark, inherited):
            return
        if cues.IS_A.search(piece.lower[:at]) and not any(name[0] > at for name in piece.names):
            return  # What an entity is, not what it has: "is an instrument".
        subject, values, mark = self.relations.link(piece, mark, self.head, inherited)
        if mark.form == "inverse" and not subject and values and not piece.about:
            return
        if not subject and not set(self.names) <= set(values):
            subject = inherited if inherited not in values else ""
        is_opening = not re.search(r"\w", piece.text[:at])
        if mark.form == "inverse" and is_opening and not values and inherited in ("", subject):
            values = [IT] if subject else []  # "led Orm Survey" below the name of somebody.
        if not values:
            self.mark = parts.termed(mark, piece.text)
            before = [name for start, _, name in piece.names if start < at]
            self.head = self.head or (before[-1] if before else "")
            return
        self.mark = None
        if subject in ("", "?") and mark.form != "label" and cues.OTHERS.search(piece.lower[:at]):
            return  # Something without a name does it: "the plate that shows …".
        if not subject or subject == "?" or subject in values:
            self.unread += subject == "?"
            if subject:
                return
        if not subject and mark.form == "label" and is_bare(piece, at):
            return
        code = key.code.format(mark.parameter)
        if key.has_term:
            code = key.code + (parts.term(piece.text) or mark.parameter)
            if code == key.code:
                self.mark = mark
                return
        ends = [end for _, end, name in piece.names if name in values]
        role = FORMER if mark.role == FORMER or is_former(piece.text, ends) else CURRENT
        self.claims += [Claim(subject, code, value, role) for value in values]

    def _several(self, piece: Part, mark: Mark, inherited: str) -> bool:
        """Adds what a list links: directors with their terms, or "employees: Ann Lee, Bob Ray"."""
        key = mark.keys[0]
        if key.has_term and (terms := parts.terms_of(piece, mark)):
            before = {name for start, _, name in piece.names if start < mark.start}
            for part in terms:
                self._relation(part, mark.unplaced, min(before) if len(before) == 1 else inherited)
            return True
        if couples := self.relations.pairs(piece, mark):
            self.claims += [Claim(subject, key.code, value) for subject, value in couples]
            return True
        listed = self.relations.roster(piece, mark) if mark.form != "verb" else []
        others = [name for _, _, name in piece.names if name not in listed]
        owner = others[0] if others else inherited if set(self.names).difference(listed) else ""
        self.claims += [Claim(name, key.code, owner or IT) for name in listed if owner != "?"]
        return bool(listed)
