"""What one sentence or line states: the values between its labels and names.

A typed value belongs to the nearest label and name. Of several values of a key the words around
them tell the current one and the former ones.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from memorygym.core.statements import CURRENT, FORMER, SHIFT, UNSTATED, Statement
from memorygym.scoring.fact_reader import cues
from memorygym.scoring.fact_reader.key import Key
from memorygym.scoring.fact_reader.phrases import mask
from memorygym.scoring.fact_reader.shown import Anchor, Shown
from memorygym.scoring.fact_reader.values import (
    Parsed,
    candidates,
    dated,
    dates,
    figures,
    scaled,
    stamps,
)
from memorygym.scoring.fact_reader.words import COMMON, LINKS, lowered

OFFERED = "offered"
"""The role of a value that nobody stated, where nothing but that would tell what it is."""
PROSE = 5
"""Words of a sentence, beside what is known, from which a value without a label means nothing."""
NAMES, MARKS = ("name", "stranger"), ("label", "verb", "inverse")
DENIED = re.compile(
    r"\b(?:it is|it's|is it) (?:false|untrue|not true|not the case|wrong)\b"
    r"|\bfalse(?:ly)? (?:that|to say)"
    r"|\bexamples?\b(?! of)|\bhypothetical|\bnot real\b|\bfictional|\bplaceholder|\bdummy\b"
    r"|\balready (?:applied|included|counted)\b|\bno evidence\b|\bnever (?:said|stated)\b"
    r"|^\W*(?:false|wrong(?:ly)?|untrue|not true|fiction)\b\W*[:—-]",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"(?<![\w.,])[$€£]?\d[\d.,]*\d(?![\w]{3})")
_LINK = re.compile(
    r"(?:\b(?:at|in|by|under|from|of|with)|@|<-?|←|→|\(|:|[-—–] ?by)\s*(?:the )?[\"'`*\[(]*$"
)
"""Stands between a name and one that it is related to."""
_NO_TIES = frozenset("and or nor but not vs versus unlike than both while whereas".split())
_WORD_BEFORE = re.compile(r"([a-z]+(?: release| version)?)\W*$")
_LAST_WORD = re.compile(r"(\w+)[\s:=(]*$")
_HOP = re.compile(r"\W*(?:->|→) (?:(?:is|was|whose) )?")
"""Stands between an entity and what it has, in a chain of facts."""
_ENTITY = Anchor(0, 0, "label")
"""Stands for the label of a relation, behind whose value nothing is said of it."""
_NEGATED = re.compile(
    r"(?:\bnot|\bnever|n't|\bno longer|\banything but|\bneither|\bnor|\bfar from)"
    r"[^\w();\ue001]+(?:\w+[^\w();\ue001]+)?$"
)
_OF = re.compile(
    r"(?:\s*\([^()]*\))?\W{0,3}(?:(?:values?|entry|figure|count|number|total) )?"
    r"(?:of|at|for|in|on|by|from|with|to)\W{1,3}(?:the )?(?:\w+ )?\W{0,3}"
)
_SIGN = "\ue001"
_ADDED = re.compile(r"(?:[+−]|\bplus|\bminus| -)\s*$")
_ADDS = re.compile(r"\s*(?:[+−]|plus|minus|- )\s*[$\d]")
_CODE = re.compile(r"(?<![\w-])[A-Z]-\d{4}(?![\w-])")
_UNWANTED = re.compile(
    r"\b(?:no|not|nothing|never|without|except|bann?(?:s|ed)?|hates?"
    r"|(?:avoid|reject|refus|exclud|dislik|allerg)\w*)\b"
)
_PARTING = (_NEGATED, cues.FORMER, cues.OTHER)
"""What stands between two names that are not related now."""
_OF_YEAR = re.compile(r"\s*(?:in )?(?:19|20)\d\d\s*[:=|]")
_ASIDE = re.compile(r"[\"'`*]* ?[(\[]([a-z ]{3,25})[)\]]")
_PART_OF = re.compile(r" of (?:them|these|those|which)\b")
_RIVAL = re.compile(r"\s*(?:,|;|/|,? or|,? maybe|,? perhaps)\s*(?:about )?\W?|\s+")
"""Stands between two values of which nobody knows which one it is."""
_PLUS = re.compile(r"\s+[+−]\s+")
_TO = re.compile(r"[\s_]*(?:to|until|till|-|–|—|and)[\s_]*")
_ASKS = re.compile(r"\?[\"'”)*]*\s*$")
_SEARCHES = re.compile(
    r"\W*(?:(?:sub-?query|key ?words?|tags)\b\W*:|(?:found|searched) for [\"'“])", re.IGNORECASE
)
_GROUPED = re.compile(r"[\"'`*\]]*\s?[(\[]([A-Za-z][A-Za-z .&]*?)[)\],;:]")
"""Stands behind a name: a group in brackets."""
_QUALIFIES = re.compile(
    r"[\"'`*\]]*\s*\([^()]*$|[\"'`*]*(?:,? (?:(?:and|in) )?(?:who|which|whose|that|itself)\b[^;]*"
    r"|, an?\b[^;,]*)$"
)
"""Stands between a name and a place that is about it: an open bracket, "which"."""
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+")
_BRACKET = re.compile(r"[\s_*`\"']{0,3}[(\[]([^()\[\]]*)[)\]]")


class Value(NamedTuple):
    start: int
    end: int
    value: Parsed
    role: str = CURRENT


_Form = tuple[int, int, str | re.Match[str], str]
"""What may be a value: where it stands, what it is, and the kind of keys that have it."""
Waiting = tuple[str, Anchor, str]
"""A label whose value may stand in the line below: whose it is, the label, its bracket."""
Span = Value | Anchor | tuple[int, int]
"""What begins with (start, end)."""


class Subject(NamedTuple):
    """Who a text without a name is about, and what its headings say."""

    name: str = ""
    marks: tuple[Anchor, ...] = ()
    date: str = ""
    source: str = ""
    role: str = CURRENT
    shared: tuple[Anchor, ...] = ()
    """Values that hold for all entities below."""
    limit: str = ""
    """What stands in brackets behind the label above."""
    is_weak: bool = False
    """Whether only its place says that the text is about it, so that nothing else may count than
    what the stream stated."""


class SentenceReading(NamedTuple):
    """What a sentence states, and what it leaves to the lines below."""

    facts: tuple[Statement, ...]
    unread: int
    last: str
    """Who it is about, for a pronoun behind it."""
    about: frozenset[str]
    """The names that it says something of."""
    waiting: Waiting | None


class SentenceReader:
    """One sentence or line: its names, its labels, the values between them."""

    def __init__(
        self, shown: Shown, text: str, subject: Subject, legend: Sequence[Key] = ()
    ) -> None:
        self._shown, self._text, self._subject = shown, text, subject
        self._legend = legend
        self._lower = text.lower() if len(text.lower()) == len(text) else text
        self._anchors = shown.anchors(text)
        self._known = [a for a in self._anchors if a.role in (*NAMES, *MARKS)]
        self._names = [a for a in self._known if a.role in NAMES]
        self._marks = [a for a in self._known if a.role in MARKS]
        self._facts: list[Statement] = []
        self._taken = 0
        """Where the values stand that belong to something: a bit for each character."""
        self._decided: set[tuple[int, str, str]] = set()
        """The labels whose value is found, by place and subject."""
        self._by_label: dict[tuple[Anchor, Key], list[Value]] = {}
        """By label and key: the values that may be its own."""
        self._objects: dict[int, str] = {}
        """By the place of a name: the entity that it is related to."""
        self._offers: list[tuple[str, str, Value]] = []
        """By subject and key: values that the stream never stated."""
        self._unread = 0
        self._opens = ""
        """The name that opens the sentence, if an inverse verb makes it a value."""
        self._waiting: Waiting | None = None
        self._has_cues = cues.ANY.search(self._lower) is not None
        self._is_jumbled = (
            len(self._names) > 1
            and len(self._marks) > 1
            and not re.search(r"[:;,=|()\t→—–]|\band\b|[.]\s", text)
        )

    @cached_property
    def _rest(self) -> str:
        """The text with signs for its names and labels, whose words are no cues."""
        return mask(self._lower, self._known, _SIGN)

    @cached_property
    def _borders(self) -> list[tuple[int, int]]:
        return [match.span() for match in cues.SOFT.finditer(self._lower)]

    @cached_property
    def _figures(self) -> tuple[list[re.Match[str]], list[re.Match[str]]]:
        """The figures of the text, and those that are no part of a date."""
        if not any(map(str.isdigit, self._text)):
            return [], []
        borders = [
            a for a in self._anchors
            if a.role != "value" and (a.role != "hint" or self._is_apart_from_figures(a))
        ]  # fmt: skip
        every = figures(lowered(mask(self._text, borders, _SIGN)))
        spans = dated(self._text)
        return every, [m for m in every if not any(a < m.end() and m.start() < b for a, b in spans)]

    @cached_property
    def _change(self) -> re.Match[str] | None:
        """What says by how much a value changed."""
        return cues.MORE.search(self._lower) or cues.BY.search(self._lower)

    def _is_apart_from_figures(self, hint: Anchor) -> bool:
        """Whether a hint ends a figure beside it, and is not its unit: "emp300", "9 points"."""
        around = self._text[max(0, hint.start - 1) : hint.end + 1]
        is_unit = self._lower[hint.start : hint.end] not in ("point", "points")
        return not is_unit or around[0].isdigit() or around[-1].isdigit()

    def read(self) -> SentenceReading:
        """What the sentence states."""
        last, about = "", list[Anchor]()
        if not self._says_nothing():
            self._date, self._source = self._stamp()
            self._labelled()
            self._loose()
            self._without_rivals()
            self._unread += self._missed()
            if not self._facts:
                self._wait()
            about = [a for a in self._names if a.start not in self._objects]
            if about:
                is_pair = len(about) > 1 and len(last_list(self._text, about[:2])) > 1
                last = about[0].text if about[0].role == "name" and not is_pair else "?"
            last = self._opens or last
        names = frozenset(a.text for a in about)
        facts = (*self._facts, *self._rivals())
        return SentenceReading(facts, self._unread, last, names, self._waiting)

    def _offer(self, subject: str, code: str, *values: Value) -> bool:
        """Keeps the values that the stream stated of no key of the subject, if there are any."""
        keys = [key for key in self._shown.keys_of(subject) if not key.is_free]
        offers = [
            (subject, code, v) for v in values
            if subject not in ("", "?") and v.role != "other" and v.value not in self._shown.days
            and self._shown.vocabulary.fits(subject, code, v.value)
            and not any(self._shown.states(subject, key.code, v.value) for key in keys)
        ]  # fmt: skip
        self._offers += offers
        return bool(offers)

    def _rivals(self) -> Iterator[Statement]:
        """What it offers of a key that belongs to nothing else, and is no part of a date."""
        days = dated(self._text) if self._offers else []
        for subject, code, v in self._offers:
            key = self._shown.keys[code]
            is_day = key.kind == "number" and any(a < v.end and v.start < b for a, b in days)
            is_labelled = any(key in mark.keys for mark in self._marks)
            is_free = key.kind == "entity" or not self._is_taken(v)
            if not is_day and is_free and (is_labelled or not self._is_prose):
                yield Statement(subject, code, v.value, OFFERED, (), self._date, self._source)

    @cached_property
    def _is_prose(self) -> bool:
        """Whether it has words of its own, beside names, labels and values."""
        words = re.findall(r"[a-z]{2,}", mask(self._lower, self._anchors, " "))
        return len(words) >= PROSE

    def _says_nothing(self) -> bool:
        """Whether it denies, supposes or asks something, or tells what was searched for."""
        if self._has_cues and (DENIED.search(self._text) or cues.UNREAL.match(self._lower)):
            return True
        if _SEARCHES.match(self._text):
            return True
        if self._asks():
            self._wait()
            return True
        return False

    def _asks(self) -> bool:
        return "?" in self._text and _ASKS.search(self._text) is not None

    def _labelled(self) -> None:
        """Adds what labels and verbs state, those of the sentence or of the headings above."""
        for mark in self._marks:
            self._relation(mark)
        for only_stated in (True, False):
            for mark in self._marks:
                self._value(mark, only_stated=only_stated)
        for mark in self._subject.marks if not self._marks else ():
            several = len(self._names) > 1 or (self._names and not self._subject.name)
            place = self._names[0].end if several else 0
            self._relation(mark._replace(start=place, end=place))
            self._value(mark._replace(start=0, end=0), only_stated=False)

    def _loose(self) -> None:
        """Adds what abbreviations, units and places state, and values that only the stream
        explains."""
        for anchor in self._anchors:
            if anchor.role == "hint":
                self._value(anchor, only_stated=True)
                self._hinted(anchor)
        self._unlabelled()
        if self._legend and not self._shown.every_value:
            self._in_order()
        values = [a for a in self._anchors if a.role == "value"]
        is_labelled = (
            self._facts
            or any(k.is_excluded for a in values for k in a.keys)
            or (len(values) == 1 and not self._marks)
        )
        for anchor in values if is_labelled or self._shown.every_value else ():
            if not self._is_taken(anchor):
                self._lone(anchor)
        self._connected()
        self._placed()
        for name in self._names:
            if name.role == "name":
                self._sole(name)
                self._group(name)

    def _without_rivals(self) -> None:
        """Takes back what the sentence states of a key that it gives two values at once."""
        if len(self._facts) < 2 or cues.ANY.search(self._rest):
            return
        given: dict[tuple[str, str], set[object]] = {}
        for fact in self._facts:
            key = self._shown.keys.get(fact.key)
            if fact.role == CURRENT and key and not key.is_many:
                given.setdefault(fact[:2], set()).add(fact.value)
        if rivals := {pair for pair, values in given.items() if len(values) > 1}:
            self._unread += len(rivals)
            self._facts = [fact for fact in self._facts if fact[:2] not in rivals]

    def _missed(self) -> int:
        """The number of figures that the stream stated of a name of the sentence, or of its
        subject, and that nothing here took."""
        left = [m[0] for m in _FIGURE.finditer(self._text) if not self._is_taken(m.span())]
        if not left:
            return 0
        names = {a.text for a in self._names if a.role == "name"} | {self._subject.name}
        known = frozenset[str]().union(*(self._shown.figures.get(name, ()) for name in names))
        return sum(_digits(figure) in known for figure in left)

    def _wait(self) -> None:
        """Keeps the only label for the line below, which may give its value."""
        is_head = (
            self._asks()
            or self._text.rstrip()[-1:] in ":/|"
            or (len(self._text.split()) <= 8 and self._text.rstrip()[-1:] != ".")
        )
        if is_head and len(self._marks) == 1 and len(self._names) < 2:
            name = self._names[0] if self._names else None
            mark = self._marks[0]
            limit = bracket(self._lower, mark.end)
            self._waiting = (name.text if name and name.role == "name" else "", mark, limit)

    def _stamp(self) -> tuple[str, str]:
        """When and by whom the sentence was stated."""
        date = self._subject.date
        vocabulary = self._shown.vocabulary
        for start, _, iso in stamps(self._text):
            left = self._lower[:start]
            if cues.STAMP.search(left) or (
                cues.WEAK_STAMP.search(left)
                and not any(key.kind == "date" for mark in self._marks for key in mark.keys)
            ):
                date = iso
                break
        return date, vocabulary.source_of(self._text) or self._subject.source

    def _take(self, *values: Span) -> None:
        for value in values:
            self._taken |= _bits(value)

    def _is_taken(self, value: Span) -> bool:
        return self._taken & _bits(value) != 0

    def _bounds(self, mark: Anchor) -> tuple[int, int]:
        """Between which places a label's values may stand: from label to label."""
        if len(self._marks) < 2 and mark.role != "hint":
            return 0, len(self._text)
        marks = (
            [m for m in self._marks if not self._is_open_verb(m)]
            if mark.role != "hint"
            else [a for a in self._anchors if a.role in (*MARKS, "hint")]
        )
        left = max((a.end for a in marks if a.end <= mark.start), default=0)
        right = min(
            (a.start for a in marks if a.start >= mark.end and a != mark), default=len(self._text)
        )
        return left, right

    def _is_open_verb(self, mark: Anchor) -> bool:
        """Whether a verb has no name behind it: "The entry for size at Ann Lee reads 9"."""
        if mark.role != "verb" or any(key.kind != "entity" for key in mark.keys):
            return False
        behind = next((a for a in self._names if a.start >= mark.end), None)
        return behind is None or len(self._text[mark.end : behind.start].split()) > 3

    def _owner(self, mark: Anchor, at: int, kind: str = "") -> str:
        """Whose value stands at a place, by a label: the owner named behind the label, the nearest
        name before, the only one, or the subject."""
        behind = next((a for a in self._names if a.start >= mark.end), None)
        if (
            behind
            and mark.end
            and (
                _OF.fullmatch(self._text, mark.end, behind.start)
                or (at < mark.start and self._is_apart(mark, behind))
            )
        ):
            return behind.text if behind.role == "name" else "?"
        about = self._about(max(mark.start, at) if mark.end else at, kind)
        if (
            about
            and len(self._names) > 1
            and "they" in self._lower
            and re.search(r"\bthey\b", self._lower[about.end : at])
        ):
            return "?"
        if about:
            return about.text if about.role == "name" else "?"
        rest = {a.text: a for a in self._names if a.start not in self._objects}
        if len(rest) == 1 and not self._subject.name:
            name = next(iter(rest.values()))
            return name.text if name.role == "name" else "?"
        return self._subject.name or ("?" if rest else "")

    def _is_unsure(self, mark: Anchor, value: Value, subject: str) -> bool:
        """Whether so little ties a value to its owner that it counts only if it was stated."""
        if self._is_jumbled or "respectively" in self._lower:
            return True
        if self._subject.is_weak and subject == self._subject.name and not self._names:
            return True
        about = self._about(max(mark.start, value.start)) if len(self._names) > 1 else None
        if about and len(last_list(self._text, [a for a in self._names if a.end <= about.end])) > 1:
            return True
        between = self._lower[mark.end : value.start] if mark.end <= value.start else ""
        return bool(cues.CONTRAST.search(between))

    def _is_apart(self, mark: Anchor, behind: Anchor) -> bool:
        """Whether one sign parts a label from what stands before it and the name behind."""
        gap = self._text[mark.end : behind.start].strip(" \"'`*")
        return gap in ("—", "–", "-", "<-", "←", "|", "/") and self._text[: mark.start].rstrip(
            " \"'`*"
        ).endswith(gap)

    def _about(self, at: int, kind: str = "") -> Anchor | None:
        """The name, of a type if one is given, that the clause at a place is about: the one that a
        bracket or a "which" qualifies, else the nearest one before that is not what another is
        related to."""
        type_of = self._shown.vocabulary.type_of
        before = [a for a in self._names if a.end <= at]
        if kind and not self._shown.every_value:
            of_kind = [a for a in before if type_of(a.text) == kind]
            above = self._subject.name
            before = of_kind if of_kind or (above and type_of(above) == kind) else before
        if before and _QUALIFIES.match(self._lower, before[-1].end, max(at, before[-1].end)):
            return before[-1]
        own = [a for a in before if a.start not in self._objects]
        if before and not own:
            return next((a for a in self._names if a.text == self._objects[before[-1].start]), None)
        return own[-1] if own else None

    def _state(self, subject: str, code: str, value: Parsed, role: str) -> None:
        if self._subject.role == FORMER and role == CURRENT:
            role = FORMER
        value = self._shown.stated(subject, code, value)
        fact = Statement(subject, code, value, role, date=self._date, source=self._source)
        if fact not in self._facts:
            self._facts.append(fact)

    def _value(self, mark: Anchor, *, only_stated: bool) -> None:
        """Adds the values of a label."""
        for key in mark.keys:
            if key.kind == "entity":
                continue
            if (mark, key) not in self._by_label:
                every = self._candidates(mark, key, *self._bounds(mark))
                self._by_label[mark, key] = self._with_roles(every, mark)
            found = [v for v in self._by_label[mark, key] if not self._is_taken(v)]
            if not found:
                continue
            if any(_PLUS.fullmatch(self._text, a.end, b.start) for a, b in pairwise(found)):
                continue  # A sum without its result.
            picks: dict[str, list[Value]] = {}
            for value in found:
                subject = key.owner or self._owner(mark, value.start, key.subject)
                if (
                    not key.owner
                    and self._is_unsure(mark, value, subject)
                    and not (
                        not self._shown.every_value
                        and self._shown.states(subject, key.code, value.value)
                    )
                ):
                    is_of_others = cues.CONTRAST.search(self._lower[: value.start])
                    self._unread += not only_stated and not is_of_others
                    continue
                if subject and subject != "?":
                    picks.setdefault(subject, []).append(value)
                elif not only_stated and self._is_beside(mark, value):
                    self._unread += 1
                    self._take(value)
            for subject, values in picks.items():
                self._pick(mark, key, subject, values, only_stated=only_stated)

    def _pick(
        self, mark: Anchor, key: Key, subject: str, values: Sequence[Value], *, only_stated: bool
    ) -> None:
        """Adds the current value and the former ones among the candidates of one key."""
        code = key.code
        if not self._fits(key, subject):
            return
        if mark.role == "hint" and any(f[:2] == (subject, code) for f in self._facts):
            return
        if (mark.start, subject, code) in self._decided:
            return
        if shift := self._shift(mark, values, subject, code):
            self._take(shift)
            self._state(subject, code, shift.value, SHIFT)
            return
        stated = [v for v in values if self._shown.states(subject, code, v.value)]
        self._offer(subject, code, *values)
        former = [v for v in stated if v.role == FORMER]
        gone = {v.value for v in former}
        current = [v for v in stated if v.role in (CURRENT, "now", "was") and v.value not in gone]
        chosen = self._chosen(mark, current)
        if current and not chosen:
            self._unread += 1
            return
        if chosen and mark.role != "hint" and self._has_rival(mark, chosen[0], values, chosen):
            self._unread += 1
            self._take(*values)
            return
        if chosen:
            self._decided.add((mark.start, subject, code))
            former += [v for v in current if v.value != chosen[0].value and v.role == "was"]
            for value in former:
                if value.value != chosen[0].value:
                    self._state(subject, code, value.value, FORMER)
            self._state(subject, code, chosen[0].value, CURRENT)
        elif former:
            self._state(subject, code, former[0].value, FORMER)
        self._take(*chosen, *former)
        if not chosen and not only_stated and mark.role != "hint":
            beside = [
                v for v in values
                if v.role in ("now", CURRENT, "was") and self._is_beside(mark, v)
            ]  # fmt: skip
            if beside and not former:
                self._state(subject, code, beside[-1].value, UNSTATED)
                self._take(beside[-1])

    def _chosen(self, mark: Anchor, current: Sequence[Value]) -> list[Value]:
        """The values that hold: those beside words of change, else beside the label if they
        differ; none if nothing tells which one."""
        if len(current) < 2:
            return [*current]
        ranked = ([v for v in current if v.role == role] for role in ("now", CURRENT, "was"))
        chosen: list[Value] = next(filter(None, ranked), [])
        if len({v.value for v in chosen}) < 2:
            return chosen
        beside = [v for v in chosen if self._is_beside(mark, v)]
        return beside if len({v.value for v in beside}) == 1 else []

    def _has_rival(
        self, mark: Anchor, value: Value, values: Sequence[Value], chosen: Sequence[Value]
    ) -> bool:
        """Whether a value of another figure beside it may be meant: "300, 320"."""
        for rival in values if len(values) > 1 else ():
            is_free = self._shown.every_value or not self._is_others(mark, rival)
            if rival in chosen or rival.role not in ("now", CURRENT) or not is_free:
                continue
            first, second = sorted((value, rival), key=lambda v: v.start)
            if _RIVAL.fullmatch(self._lower, first.end, max(first.end, second.start)):
                return True
        return False

    def _fits(self, key: Key, subject: str) -> bool:
        return (
            not key.subject
            or key.owner != ""
            or not subject
            or self._shown.vocabulary.type_of(subject) == key.subject
        )

    def _is_beside(self, mark: Anchor, value: Value) -> bool:
        """Whether a value stands directly before or behind a label."""
        if not mark.end:
            return True
        if value.start >= mark.end:
            gap = self._lower[mark.end : value.start]
            for name in self._names:
                if mark.end <= name.start and name.end <= value.start:
                    gap = self._lower[name.end : value.start]
            return bool(cues.LEVEL.fullmatch(gap)) or bool(re.fullmatch(r"\W*\([^()]*\)\W*", gap))
        return not self._lower[value.end : mark.start].strip(" *_\"'`")

    def _is_others(self, mark: Anchor, value: Value) -> bool:
        """Whether a value stands directly before another label: "founded 1860, 652 employees"."""
        return any(
            mark.end <= value.start and value.end <= m.start and self._is_beside(m, value)
            for m in self._marks
        ) or any(
            self._is_beside(a, value)
            for a in self._anchors
            if a.role == "hint" and not set(a.keys) & set(mark.keys)
        )

    def _shift(
        self, mark: Anchor, values: Sequence[Value], subject: str, code: str
    ) -> Value | None:
        """A correction by an amount: "20 higher than stated before"."""
        if not values or not isinstance(values[0].value, int):
            return None
        match = self._change
        for value in values:
            assert isinstance(value.value, int)
            is_signed = self._lower[value.start] == "+"
            near = match and match.start() < value.end + 25 and value.start < match.end() + 12
            if near and match:
                amount = abs(value.value) * (1 if match[1] in cues.RISING else -1)
            elif is_signed:
                amount = value.value
            else:
                continue
            shifts = self._shown.shifts.get((subject, code), ())
            if amount in shifts or (self._shown.every_value and (near or is_signed)):
                return value._replace(value=amount)
        return None

    def _candidates(self, mark: Anchor, key: Key, left: int, right: int) -> list[Value]:
        """The values of a key between two places, without their roles."""
        if key.kind in ("enum", "text"):
            found = [
                Value(a.start, a.end, a.text)
                for a in self._anchors
                if a.role == "value" and left <= a.start and a.end <= right and key in a.keys
            ]
            if not found and key.kind == "text" and mark.role == "label":
                found = [
                    Value(start + c.start, start + c.end, c.value)
                    for start, end in ((mark.end, right), (left, mark.start))
                    for c in candidates(key, self._text[start:end])
                    if start == mark.end or self._text[start + c.start] in "\"`'“"
                ]
        else:
            sides = (
                ((left, mark.start), (mark.end, right)) if left < mark.start else ((left, right),)
            )
            if mark.end and left >= mark.start:
                sides = ((mark.end, right),)
            found = [value for start, end in sides for value in self._typed_values(key, start, end)]
        if key.kind == "number" and not key.decimals:  # "83.399" may be 83,399.
            found = [self._with_thousands(v, key) for v in found]
        return found

    def _typed_values(self, key: Key, start: int, end: int) -> Iterator[Value]:
        """What has the form of a key's values between two places."""
        if key.kind == "date":
            for first, last, date in dates(self._text):
                if start <= first and last <= end:
                    yield Value(first, last, date)
            return
        if key.kind != "number":
            for c in candidates(key, self._text[start:end]):
                if not any(c.value == name.text for name in self._names):
                    yield Value(start + c.start, start + c.end, c.value)
            return
        for match in self._figures[not key.is_whole]:
            is_inside = start <= match.start() and match.end() <= end
            if is_inside and (number := scaled(match, key)) is not None:
                yield Value(match.start(), match.end(), number)

    def _with_thousands(self, value: Value, key: Key) -> Value:
        """A figure with full stops for thousands; as it is read otherwise if it has none."""
        figure = self._text[value.start : value.end]
        if "." in figure and _THOUSANDS.fullmatch(figure):
            return value._replace(value=int(figure.replace(".", "")))
        return value

    def _with_roles(self, values: Sequence[Value], mark: Anchor) -> list[Value]:
        """Values with what their clauses say of them."""
        if not self._has_cues and not self._subject.limit:
            return [*values]
        return [v._replace(role=self._role(v, values, mark)) for v in values]

    def _role(
        self, value: Value, found: Sequence[Value], mark: Anchor | None = None, since: int = 0
    ) -> str:
        """What the clause of a value says of it, from a place on."""
        if not self._has_cues and not self._subject.limit:
            return CURRENT
        role = self._changed(value, found) or (self._limited(value, mark) if mark else "")
        return role or self._worded(value, found, mark, since)

    def _changed(self, value: Value, found: Sequence[Value]) -> str:
        """What an arrow or "to" beside a value says of it: "from 300 to 320"."""
        text = self._rest
        before = max((v.end for v in found if v.end <= value.start), default=-1)
        after = [v.start for v in found if v.start >= value.end]
        if after and self._is_change(text[value.end : after[0]], value.start):
            return FORMER
        return "now" if before >= 0 and self._is_change(text[before : value.start], before) else ""

    def _is_change(self, gap: str, at: int) -> bool:
        """Whether what stands between two values says that the second one replaced the first."""
        is_moved = "to" not in gap or cues.MOVED.search(self._rest, max(0, at - 200), at)
        return cues.CHANGE.fullmatch(gap) is not None and bool(is_moved)

    def _limited(self, value: Value, mark: Anchor) -> str:
        """What a year or a bracket behind a label says of its value: "revenue 2024: 9"."""
        is_mark = mark in self._marks
        is_dated = is_mark and _OF_YEAR.match(self._rest, mark.end)
        if is_dated and not isinstance(value.value, tuple):
            return "other"
        limit = self._limit(mark, value.start)
        if limit and cues.FORMER.search(limit):
            return FORMER
        return "other" if limit and cues.OTHER.search(limit) else ""

    def _worded(self, value: Value, found: Sequence[Value], mark: Anchor | None, since: int) -> str:
        """What the words around a value say of it."""
        text = self._rest
        since = mark.end if mark in self._marks and mark else since
        start = max((b for _, b in self._borders if b <= value.start), default=0)
        end = min((a for a, _ in self._borders if a >= value.end), default=len(text))
        whole = text[max(start, since if since <= value.start else 0) : value.start]
        if mark == _ENTITY:
            start = max(start, since if since <= value.start else 0)
        left = text[max(start, *(v.end for v in found if v.end <= value.start), 0) : value.start]
        after = [v.start for v in found if v.start >= value.end]
        is_last = not after or after[0] > end
        right = text[value.end : end] if is_last and mark != _ENTITY else ""
        aside = _ASIDE.match(text, value.end)
        if aside:
            right = f"{right} {aside[1]}"
        if cues.ASIDE.search(text, max(0, value.start - 200), value.start) or _PART_OF.match(
            text, value.end
        ):
            return "other"
        if cues.QUALIFIED.match(text, value.end) or cues.GONE.match(text, value.end):
            return FORMER
        if cues.IS_NOW.search(left):
            return "now"
        if cues.FORMER.search(left) or cues.BEFORE.match(right):
            return FORMER
        if aside and cues.FORMER.search(aside[1]):
            return FORMER
        if cues.OTHER.search(left) or cues.OTHER.search(right) or cues.BEHIND.search(whole):
            return "other"
        is_negated = _NEGATED.search(text, max(0, value.start - 40), value.start)
        if is_negated or cues.DIFFERENCE.match(text, value.end):
            return "other"
        if cues.WAS.search(left):
            return "was"
        return "now" if cues.NOW.search(left) else CURRENT

    def _limit(self, mark: Anchor, at: int) -> str:
        """What stands in brackets between a label and a place: "value (superseded): 9"."""
        if mark in self._marks:
            limit = bracket(self._lower, mark.end)
            is_remark = re.search(r"\d", limit) is None  # no figure of another kind
            return limit if is_remark or at > mark.end + len(limit) else ""
        return self._subject.limit if mark.role in MARKS and mark != _ENTITY else ""

    def _lone(self, anchor: Anchor) -> None:
        """Adds a value without label that only one key has."""
        keys = [key for key in anchor.keys if not key.owner]
        if self._is_unwanted(anchor):
            return
        if self._shown.every_value and not any(key.stands_alone for key in keys):
            return
        is_bag = self._subject.is_weak and sum(a.role == "value" for a in self._anchors) > 4
        if anchor.text in LINKS or anchor.text in COMMON or is_bag:
            return
        value = Value(anchor.start, anchor.end, anchor.text)
        role = self._role(value, [value])
        subject = self._owner(Anchor(anchor.start, anchor.start, "hint"), anchor.start)
        if role not in (CURRENT, "now") or subject in ("", "?"):
            return
        stated = [key for key in keys if self._shown.states(subject, key.code, anchor.text)]
        if len(stated) == 1 and len(keys) == 1:
            self._take(anchor)
            self._state(subject, stated[0].code, anchor.text, CURRENT)
        elif len(keys) == 1:
            self._offer(subject, keys[0].code, value)

    def _is_unwanted(self, anchor: Anchor) -> bool:
        """Whether a value is one that its owner wants not; adds it: "no nylon"."""
        start = max((b for _, b in self._borders if b <= anchor.start), default=0)
        left = self._lower[start : anchor.start]
        if (
            self._shown.every_value
            or self._names
            or self._subject.name
            or not _UNWANTED.search(left)
        ):
            return False
        for key in anchor.keys:
            if key.is_excluded and self._shown.states(key.owner, key.code, anchor.text):
                role = FORMER if cues.FORMER.search(left) else CURRENT
                self._take(anchor)
                self._state(key.owner, key.code, anchor.text, role)
        return True

    def _hinted(self, hint: Anchor) -> None:
        """Adds what a word of a relation links: "refers=Ann Lee", "sequel to Ann Lee"."""
        behind = [a for a in self._names if a.start >= hint.end]
        if not behind or len(self._text[hint.end : behind[0].start].split()) > 2:
            return
        subject = self._about(hint.start)
        if subject is None and self._subject.is_weak:
            return
        name = (subject.text if subject.role == "name" else "?") if subject else self._subject.name
        for other in _listed(self._text, hint.end, behind):
            stated = [
                key
                for key in hint.keys
                if key.kind == "entity"
                and not key.has_term
                and self._shown.states(name, key.code, other.text)
            ]
            if (
                len(stated) == 1
                and not self._shown.every_value
                and other.start not in self._objects
            ):
                self._objects[other.start] = name
                self._state(name, stated[0].code, other.text, CURRENT)

    def _unlabelled(self) -> None:
        """Adds values without a label whose form tells what they are, if the stream stated one key
        of their owner with them: "4,746 kg", "went public on 1 October 2013"."""
        if self._shown.every_value:
            return
        labelled = {key for mark in (*self._marks, *self._subject.marks) for key in mark.keys}
        found: dict[tuple[str, Key], list[Value]] = {}
        for value, owner, keys in self._untaken():
            if len(keys) == 1 and keys[0] not in labelled and self._is_told(value, keys[0]):
                found.setdefault((owner, keys[0]), []).append(value)
        for (owner, key), values in found.items():
            roles = [v._replace(role=self._role(v, values, _ENTITY)) for v in values]
            self._pick(_ENTITY._replace(role="hint"), key, owner, roles, only_stated=True)

    def _untaken(self) -> Iterator[tuple[Value, str, list[Key]]]:
        """The figures, dates, codes and places that nothing took, with their owner and its keys
        that have them."""
        forms: list[_Form] = [(*date, "date") for date in dates(self._text)]
        forms += [(m.start(), m.end(), m, "number") for m in self._figures[0] if self._may_tell(m)]
        if self._shown.has_words:
            forms += [(m.start(), m.end(), m[0], "word") for m in _CODE.finditer(self._text)]
        places = (c for key in self._shown.places for c in candidates(key, self._text))
        forms += [(c.start, c.end, str(c.value), "word") for c in places]
        for start, end, form, kind in forms:
            if self._is_taken((start, end)):
                continue
            about = self._about(start)
            named = self._shown.named.get(form, "") if isinstance(form, str) else ""
            before = _LAST_WORD.search(self._text, max(0, start - 30), start) if named else None
            is_cut = before is not None and before[1] in named.split()
            owners = [named if is_cut else about.text if about else self._subject.name]
            for owner in owners if owners[0] else self._shown.owners:
                stated, others = [], []
                for key in self._shown.keys_of(owner):
                    value = self._as(key, form) if key.kind == kind else None
                    if value is not None and self._shown.states(owner, key.code, value):
                        stated.append((key, value))
                    elif value is not None and self._is_told(Value(start, end, value), key):
                        others.append((key, value))
                if len(others) == 1 and not stated and others[0][0] not in self._shown.places:
                    self._offer(owner, others[0][0].code, Value(start, end, others[0][1]))
                if stated:
                    yield Value(start, end, stated[0][1]), owner, [key for key, _ in stated]

    def _may_tell(self, figure: re.Match[str]) -> bool:
        """Whether a figure has what may tell what it is: letters behind it, or a bracket before."""
        return figure[0][-2:].isalpha() or self._text[figure.start() - 1 : figure.start()] == "("

    def _as(self, key: Key, form: str | re.Match[str]) -> Parsed | None:
        """A figure, a date, a code or a place as a value of a key; None if it may be none."""
        if isinstance(form, str):
            return None if key.is_free else form
        unit = key.suffix.strip()[:4]
        is_long = len(form[0]) > 2 or not form[0].isdigit()
        is_of_unit = bool(unit) and self._lower.startswith(unit, form.end() + 1)
        return scaled(form, key) if is_long or is_of_unit else None

    def _is_told(self, value: Value, key: Key) -> bool:
        """Whether the form of a value tells what it is: a date, a code, a figure with its unit. A
        bare figure says nothing, whatever stands beside it: nobody could answer from it."""
        if _ADDS.match(self._text, value.end) or _ADDED.search(self._text[: value.start]):
            return False
        figure = self._text[value.start : value.end]
        if key.kind in ("word", "date") or re.search(r"[A-Za-z]{2}$", figure):
            return True
        return key.is_whole and self._text[value.start - 1 : value.start] == "("

    def _in_order(self) -> None:
        """Adds the values of a row whose labels a line above lists."""
        place = Anchor(0, 0, "hint")
        picks: list[tuple[Value, str, Key]] = []
        for key in self._legend:
            if any(f.key == key.code for f in self._facts):
                continue
            if key.kind == "entity":
                for name in self._names[1:]:
                    if name.start not in self._objects and self._shown.states(
                        self._names[0].text, key.code, name.text
                    ):
                        self._objects[name.start] = self._names[0].text
                        self._state(self._names[0].text, key.code, name.text, CURRENT)
                continue
            every = self._candidates(_ENTITY, key, 0, len(self._text))
            for value in every:
                subject = self._owner(place, value.start)
                if (
                    not self._is_taken(value)
                    and self._shown.states(subject, key.code, value.value)
                    and (role := self._role(value, every, _ENTITY)) in (CURRENT, "now")
                ):
                    picks.append((value._replace(role=role), subject, key))
        for value, subject, key in picks:
            if sum(other.start == value.start for other, _, _ in picks) == 1:
                self._pick(place, key, subject, [value], only_stated=True)

    def _connected(self) -> None:
        """Adds what words link a name to the name before, if the stream stated one relation of the
        two: "Ann Lee, chief of Orm Survey", "Ann Lee (Orm Academy)"."""
        if self._shown.every_value:
            return
        above = "" if self._subject.is_weak else self._subject.name
        for number, name in enumerate(self._names):
            start = self._names[number - 1].end if number else 0
            if name.role != "name" or name.start in self._objects:
                continue
            other = self._partner(name, above)
            known = self._shown.links
            is_known = (other, name.text) in known or (name.text, other) in known
            gap = self._rest[start : name.start]
            is_worded = _is_worded(gap) or _is_worded(self._rest[: self._names[0].start])
            is_told = is_worded or _LINK.search(gap) or any(f[0] == other for f in self._facts)
            if not is_told or (self._has_cues and any(cue.search(gap) for cue in _PARTING)):
                continue
            listed = _listed(self._text, name.start, self._names[number:])
            kinds = {self._shown.links.get((other, each.text)) for each in listed}
            if len(kinds) > 1 and not self._marks:
                continue  # A list of values without labels.
            if not is_known:
                self._offer_beside(other, name)
                continue
            pairs = [(other, name.text), (name.text, other)] if is_worded else [(other, name.text)]
            links = [
                (*pair, code)
                for pair in pairs
                for code in self._shown.links.get(pair, ())
                if self._may_link(code, start, name.start)
            ]
            for subject, value, code in links if len(links) == 1 else ():
                size = 3 if self._shown.keys[code].is_many else 2
                given = {f[:size] for f in self._facts if f.role != UNSTATED}
                if (subject, code, value)[:size] not in given:
                    self._objects[name.start] = other
                    self._state(subject, code, value, CURRENT)

    def _offer_beside(self, subject: str, name: Anchor) -> None:
        """Offers a name of which nothing is said for the relations of which another was given."""
        if all(fact.subject != name.text for fact in self._facts):
            for code in {fact.key for fact in self._facts if fact.subject == subject}:
                key, value = self._shown.keys[code], Value(name.start, name.end, name.text)
                if key.kind == "entity" and not key.is_many and self._offer(subject, code, value):
                    self._objects[name.start] = subject

    def _partner(self, name: Anchor, above: str) -> str:
        """Whom words may link to a name: what its clause is about, else the nearest name before of
        which the stream stated a relation to it."""
        about = self._about(name.start)
        other = (about.text if about.role == "name" else "?") if about else above
        names = [a for a in self._names if a.end <= name.start and a.role == "name"]
        if not names or cues.JOINED.fullmatch(self._text, names[-1].end, name.start):
            return other
        others = [other, *(a.text for a in reversed(names))]
        return next((o for o in others if (o, name.text) in self._shown.links), other)

    def _may_link(self, code: str, start: int, end: int) -> bool:
        """Whether no verb of a relation stands at a place, and a word of it if types do not tell
        who has it."""
        key = self._shown.keys[code]
        between = [a for a in self._anchors if start <= a.start and a.end <= end and key in a.keys]
        return not any(a in self._marks for a in between) and bool(
            key.subject or key.value or between
        )

    def _placed(self) -> None:
        """Adds the value that opens a line and holds for all names behind it: a module, a group."""
        if not self._names or self._shown.every_value:
            return
        head = self._text[: self._names[0].start]
        for key in self._shown.places:
            found = candidates(key, head)
            for name in self._names if len(found) == 1 else ():
                if name.start not in self._objects and self._shown.states(
                    name.text, key.code, found[0].value
                ):
                    self._state(name.text, key.code, found[0].value, CURRENT)
        for anchor in self._anchors[:1]:
            if (
                anchor.role == "value"
                and anchor.keys[0].is_shared
                and self._text[anchor.end :].lstrip("* ").startswith(":")
            ):
                for name in self._names:
                    if self._shown.states(name.text, anchor.keys[0].code, anchor.text):
                        self._state(name.text, anchor.keys[0].code, anchor.text, CURRENT)
                    else:
                        value = Value(anchor.start, anchor.end, anchor.text)
                        self._offer(name.text, anchor.keys[0].code, value)

    def _sole(self, name: Anchor) -> None:
        """Adds the value directly behind a name of which the stream gave one figure only."""
        code = self._shown.sole.get(name.text, "")
        if not code or any(f[:2] == (name.text, code) for f in self._facts):
            return
        end = min((a.start for a in self._names if a.start >= name.end), default=len(self._text))
        found = self._candidates(name, self._shown.keys[code], name.end, end)
        if found and re.fullmatch(
            r"[\s:=.→>`'\"*|(-]*(?:(?:is|was|now|set to|equals|of) )?[\s`'\"]*",
            self._lower[name.end : found[0].start],
        ):
            found = [v._replace(role=self._role(v, found, name)) for v in found]
            self._pick(name, self._shown.keys[code], name.text, found, only_stated=True)

    def _group(self, name: Anchor) -> None:
        """Adds the choice that stands, cut short, directly behind a name: "Ann Lee (Econ.)"."""
        match = _GROUPED.match(self._text, name.end) if self._shown.shared else None
        if match is None:
            return
        for key in self._shown.shared:
            values = self._shown.values.get((name.text, key.code), {}).values()
            for value in values:
                others = [c for c in key.choices if c != value and _is_cut(match[1], c)]
                if (
                    _is_cut(match[1], str(value))
                    and not others
                    and not any(f[:2] == (name.text, key.code) for f in self._facts)
                ):
                    self._state(name.text, key.code, value, CURRENT)

    def _relation(self, mark: Anchor) -> None:
        """Adds the entities that a verb or a label links."""
        keys = [key for key in mark.keys if key.kind == "entity"]
        if not keys or (self._has_cues and _NEGATED.search(self._rest[: mark.start])):
            return
        _left, right = self._bounds(mark) if mark.end else (0, len(self._text))
        before = [a for a in self._names if a.end <= mark.start]
        behind = [a for a in self._names if mark.end <= a.start < max(right, mark.end)]
        for key in keys:
            for subject, value in self._links(mark, key, before, behind):
                self._link(mark, key, subject, value)

    def _links(
        self, mark: Anchor, key: Key, before: Sequence[Anchor], behind: Sequence[Anchor]
    ) -> list[tuple[Anchor | str, Anchor | str]]:
        """The pairs of subject and value that a verb or a label links: by the types of the names,
        where these tell, else by their places."""
        above: list[Anchor | str] = [self._subject.name]
        if key.owner:
            near: Sequence[Anchor | str] = behind[:1] or before[-1:]
            is_cell = not self._subject.is_weak and not re.search(r"\w", self._text[mark.end :])
            near = near or above * is_cell
            return [(key.owner, name) for name in near]
        if before and behind and _HOP.fullmatch(self._text, before[-1].end, mark.start):
            return [(before[-1], behind[0])]
        if key.subject and key.value and key.subject != key.value:
            return self._typed(mark, key, before, behind)
        about = self._about(mark.start, key.subject) if mark.end else None
        own = last_list(self._text, [a for a in before if about and a.end <= about.end])
        every: Sequence[Anchor | str] = own or above
        listed = _listed(self._text, mark.end, behind)
        if mark.role == "verb":
            if (
                not listed
                and len(before) > 1
                and re.search(
                    r"\b(?:what|whom?|that)\b", self._lower[before[-2].end : before[-1].start]
                )
            ):
                return [(before[-1], before[-2])]
            return [(subject, name) for name in listed for subject in every]
        if mark.role == "inverse":
            return [(name, value) for name in listed for value in every[-1:]]
        if behind and mark.end and _OF.fullmatch(self._text, mark.end, behind[0].start):
            return [(behind[0], other) for other in [*behind[1:], *before[-1:]][:1]]
        if not own and len(behind) == 2 and len(listed) == 1:
            return [(behind[0], behind[1])]
        if behind:
            is_apart = len(own) == len(behind) == 1 and self._is_apart(mark, behind[0])
            if is_apart and self._shown.states(behind[0].text, key.code, own[0].text):
                return [(behind[0], own[0])]  # The value stands first.
            return [(subject, name) for name in listed for subject in every[-1:]]
        if mark.end and len(before) > 1 and self._text.startswith("'s ", before[-1].end):
            return [(before[-1], before[-2])]  # "Bob Ray was Ann Lee's teacher."
        if mark.end and before:
            earlier = [a for a in before[:-1] if a.start not in self._objects]
            subject, value = (earlier or above)[-1], before[-1]
            is_front = (
                "/" in self._text[value.end : mark.start]
            )  # "Ann Lee / mentor", with no value.
            if not is_front or self._shown.states(_name_of(subject), key.code, value.text):
                return [(subject, value)]
        return []

    def _typed(
        self, mark: Anchor, key: Key, before: Sequence[Anchor], behind: Sequence[Anchor]
    ) -> list[tuple[Anchor | str, Anchor | str]]:
        type_of = self._shown.vocabulary.type_of
        above = self._subject.name
        pairs: list[tuple[Anchor | str, Anchor | str]] = []
        values = [a for a in behind if type_of(a.text) == key.value]
        about = self._about(mark.start)
        subjects = [
            a for a in before if type_of(a.text) == key.subject and a.start not in self._objects
        ]
        if about and type_of(about.text) == key.subject:
            subjects = [a for a in subjects if a.end <= about.start] + [about]
        late = [a for a in behind if type_of(a.text) == key.subject]
        if mark.role == "inverse" and not (values and not late):
            values = [a for a in before if type_of(a.text) == key.value][-1:] or values
            own: Sequence[Anchor | str] = _listed(self._text, mark.end, late)
            if not values and above and type_of(above) == key.value:
                return [(name, above) for name in own]
        else:
            early = [a for a in before if type_of(a.text) == key.value]
            free = [a for a in early if a.start not in self._objects]
            is_owned = late and mark.end and _OF.fullmatch(self._text, mark.end, late[0].start)
            own = late[:1] if is_owned else last_list(self._text, subjects)
            if not own and above and type_of(above) == key.subject:
                first = [a.text for a in (values[:1] or (free or early)[-1:])]
                is_late = any(
                    self._shown.states(a.text, key.code, v) for a in late[:1] for v in first
                )
                own = [] if is_late else [above]  # "Orm Ford <- birthplace <- Ann Lee"
            own = own or late[:1]
            if is_owned and above and not values and not free and type_of(above) == key.value:
                return [(name, above) for name in own]  # "He is the mayor of Orm Haven."
            listed = _listed(self._text, mark.end, values) if mark.role == "label" and own else []
            stated = [a for a in listed if self._shown.states(_name_of(own[0]), key.code, a.text)]
            if len(stated) > 1 and not self._shown.every_value:
                self._objects.update((a.start, _name_of(own[0])) for a in stated)
                return []  # All values that it ever had.
            values = values[:1] or [a for a in early if a == about] or (free or early)[-1:]
        for value in values:
            pairs += [(subject, value) for subject in own]
        return pairs

    def _link(self, mark: Anchor, key: Key, subject: Anchor | str, value: Anchor | str) -> None:
        name, other = _name_of(subject), _name_of(value)
        is_known = all(not isinstance(a, Anchor) or a.role == "name" for a in (subject, value))
        if not name or not other or "?" in (name, other) or name == other or not is_known:
            return
        if not self._shown.vocabulary.fits(name, key.code, other):
            return
        code = key.code
        if key.has_term:
            months = (
                term(text) for text in (self._text[mark.start :], self._text, self._subject.limit)
            )
            code += next(filter(None, months), "")
            if code == key.code:
                return
        role = CURRENT
        if isinstance(value, Anchor) and not key.has_term:
            role = self._role(Value(value.start, value.end, other), [], _ENTITY, mark.end)
        word = ""
        if self._has_cues and mark.end:
            before = _WORD_BEFORE.search(self._rest, max(0, mark.start - 25), mark.start)
            word = before[1] if before else ""
        if role == "other" or cues.OTHER.fullmatch(word):
            return
        is_former = (
            role == FORMER
            or cues.FORMER.fullmatch(word)
            or cues.FORMER.search(self._limit(mark, len(self._text)))
        )
        role = FORMER if is_former else CURRENT
        is_stated = self._shown.states(name, code, other)
        if not is_stated and mark.role != "label":
            if isinstance(subject, Anchor) or not self._subject.is_weak:
                self._offer(name, code, Value(mark.start, mark.end, other))
            return
        if isinstance(value, Anchor):
            is_topic = mark.role == "inverse" or (
                isinstance(subject, Anchor)
                and subject.start >= mark.end > 0
                and _OF.fullmatch(self._text, mark.end, subject.start)
            )  # "Ann Lee is mayor of Orm Ford", "The sonde, used by the survey"
            # Who "the customer's sister is" is what the rest is about.
            is_object = not key.owner and (value.start >= mark.start or not is_topic)
            if self._shown.every_value or is_object:
                self._objects.setdefault(value.start, name)
            if mark.role == "inverse" and value == self._names[0] and not self._shown.every_value:
                self._opens = value.text
            self._take(value)
        self._state(name, code, other, role if is_stated else UNSTATED)


def _is_worded(gap: str) -> bool:
    """Whether a text has a word, a label or an arrow that may tell a relation."""
    return (
        _SIGN in gap
        or re.search(r"<-|->|[←→]", gap) is not None
        or any(word not in LINKS and word not in _NO_TIES for word in re.findall("[a-z]{2,}", gap))
    )


def _name_of(anchor: Anchor | str) -> str:
    return anchor.text if isinstance(anchor, Anchor) else anchor


def _listed(text: str, start: int, names: Sequence[Anchor]) -> list[Anchor]:
    """The names of the list that begins at a place."""
    found: list[Anchor] = []
    for name in names:
        if found and not cues.JOINED.fullmatch(text, start, name.start):
            break
        found.append(name)
        start = name.end
    return found


def _is_cut(text: str, whole: str) -> bool:
    """Whether words are the beginnings of other words, or letters of them without vowels."""
    words, others = text.replace(".", "").lower().split(), whole.lower().split()
    return 0 < len(words) <= len(others) and all(
        len(word) > 1
        and (other.startswith(word) or (word[0] == other[0] and _is_within(word, other)))
        for word, other in zip(words, others, strict=False)
    )


def _is_within(word: str, other: str) -> bool:
    rest = iter(other)
    return not re.search("[aeiou]", word[1:]) and all(letter in rest for letter in word)


def _digits(figure: str) -> str:
    return "".join(filter(str.isdigit, figure))


def last_list(text: str, names: Sequence[Anchor]) -> list[Anchor]:
    """The names of the list that ends with the last one."""
    found = list(names[-1:])
    for name in reversed(names[:-1]):
        if not cues.JOINED.fullmatch(text, name.end, found[0].start) or not re.search(
            r"\w|,|&", text[name.end : found[0].start]
        ):
            break
        found.insert(0, name)
    return found


def bracket(text: str, at: int) -> str:
    """What stands in brackets at a place."""
    opening = _BRACKET.match(text, at)
    return opening[1] if opening else ""


def term(text: str) -> str:
    """The months of a term, as codes have them: " 2028-01 2030-03"."""
    found = [*cues.MONTH.finditer(text)]
    pairs = [
        (first, last) for first, last in pairwise(found)
        if _TO.fullmatch(text, first.end(), last.start())
    ]  # fmt: skip
    return "".join(map(_month, pairs[0])) if len(pairs) == 1 else ""


def _month(match: re.Match[str]) -> str:
    number = cues.MONTH_NUMBERS[match[1].lower()] if match[1] else int(match[4])
    return f" {match[2] or match[3]}-{number:02d}"


def _bits(span: Span) -> int:
    """A bit for each character of a span."""
    return (1 << span[1]) - (1 << span[0])
