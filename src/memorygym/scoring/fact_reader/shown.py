"""What a stream has shown, found again in texts: names, labels and values, however spelled.

Words are compared without case, plural, `_`, `-` and camel case, so that `LARKIN_HARBOR`,
`larkin-harbor.md` and `LarkinHarbor` are "Larkin Harbor".
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import Literal, NamedTuple

from memorygym.core.statements import SHIFT, Statement
from memorygym.scoring.fact_reader.key import Key
from memorygym.scoring.fact_reader.values import Parsed
from memorygym.scoring.fact_reader.vocabulary import Vocabulary
from memorygym.scoring.fact_reader.words import COMMON, GENERIC, LINKS

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+|[^\W\d_]+")
_GAP = re.compile(r"[ _*`'’&~\"-]{0,3}|\. ?|, (?=Inc|Ltd|LLC|Corp)")
_LEGAL = re.compile(r",? (?:Inc|Ltd|LLC|Corp|Co|GmbH|PLC|plc|AG|SA|Limited)\b\.?")
"""Stands behind the name of a company and is no part of it."""
Role = Literal["name", "stranger", "label", "verb", "inverse", "hint", "value"]


class Anchor(NamedTuple):
    """Something in a text that the stream has shown or that the track calls a key."""

    start: int
    end: int
    role: Role
    text: str = ""
    """The name or the value, as the stream wrote it; of a label its parameter."""
    keys: tuple[Key, ...] = ()


Word = tuple[int, int, str, str]
"""A word of a text: where it starts and ends, in lower case, and without the ending of a plural."""


def stem(word: str) -> str:
    """A word in lower case without the ending of its plural."""
    word = word.lower()
    if len(word) > 3:
        if word.endswith("ies"):
            return word[:-3] + "y"
        if word.endswith("s") and not word.endswith(("ss", "us", "is")):
            return word[:-1]
    return word


def plain(value: Parsed) -> Parsed:
    """A value in the form in which two spellings of it are equal."""
    if not isinstance(value, str):
        return value
    value = value.strip("`\"' ").casefold()
    return value.removesuffix(".py").replace("/", ".")


@lru_cache(maxsize=50_000)
def _forms(word: str) -> tuple[str, str]:
    return word.lower(), stem(word)


def words_of(text: str) -> list[Word]:
    return [(m.start(), m.end(), *_forms(m[0])) for m in _WORD.finditer(text)]


_Phrase = tuple[tuple[str, ...], Role, str, tuple[Key, ...]]
"""Words, what they are, their text, and their keys."""


class _Phrases:
    """Phrases by their first words, the longest first."""

    def __init__(self) -> None:
        self.by_first: dict[str, list[_Phrase]] = {}

    def add(self, words: Sequence[str], role: Role, text: str, key: Key | None = None) -> None:
        if not words:
            return
        listed = self.by_first.setdefault(words[0], [])
        for number, (others, kind, shown, keys) in enumerate(listed):
            are_labels = kind != role and "label" in (kind, role) and not text
            if others == tuple(words) and (kind == role or are_labels) and (shown == text or key):
                if key and key not in keys:  # A phrase that is both is a verb of its entities.
                    other = role if kind == "label" else kind
                    listed[number] = (others, other if are_labels else kind, shown, (*keys, key))
                return
        listed.append((tuple(words), role, text, (key,) if key else ()))
        listed.sort(key=lambda entry: -len(entry[0]))


def _follows(
    phrase: Sequence[str], words: Sequence[Word], place: int, field: Literal[2, 3], text: str
) -> bool:
    """Whether the words of a phrase behind its first one follow a word of a text."""
    for part in phrase[1:]:
        before, word = words[place], words[place + 1]
        if word[field] != part or not _GAP.fullmatch(text, before[1], word[0]):
            return False
        place += 1
    return True


class Shown:
    """The names, keys and values that a stream has shown; with `every_value` any value counts."""

    def __init__(
        self, vocabulary: Vocabulary, stated: Iterable[Statement] = (), *, every_value: bool = False
    ) -> None:
        self.vocabulary = vocabulary
        self.every_value = every_value
        self.values: dict[tuple[str, str], dict[Parsed, Parsed]] = {}
        """By subject and key: the values, by their plain forms."""
        self.shifts: dict[tuple[str, str], set[Parsed]] = {}
        self.names: set[str] = set()
        facts = tuple(stated)
        self.days = frozenset(fact.date for fact in facts)
        """The dates on which something was stated."""
        self.keys = dict(vocabulary.by_code)
        for fact in facts:
            self._add(fact)
        self._names, self._labels = _Phrases(), _Phrases()
        for name in self.names:
            words = [word[2] for word in words_of(name.removeprefix("the "))]
            self._names.add(words, "name", name)
        for key in self.keys.values():
            self._add_labels(key)
        for (_, code), values in self.values.items():
            key = self.keys[code]
            for value in values.values() if key.kind == "text" else ():
                words = [word[2] for word in words_of(str(value))]
                self._names.add(words, "value", str(value), key)
        self.shared = tuple(key for key in vocabulary.keys if key.is_shared and key.kind == "enum")
        """Keys by whose choices texts group entities."""
        self.places = tuple(key for key in vocabulary.keys if key.is_shared and key.kind == "word")
        """Keys by whose values headings group entities, such as modules."""
        self.has_words = any(key.kind == "word" for key in vocabulary.keys)
        """Whether values are words of a form, such as codes."""
        self._parts = {
            str(value).rpartition(".")[2]
            for (_, code), values in self.values.items()
            for value in (values.values() if self.keys[code] in self.places else ())
        } - self.names
        """The last parts of dotted values, which name no stranger."""
        self.links: dict[tuple[str, str], tuple[str, ...]] = {}
        """By entity and value: the relations that the stream stated of them."""
        for (subject, code), values in self.values.items():
            if self.keys[code].kind == "entity" and not self.keys[code].has_term:
                for value in values.values():
                    pair = (subject, str(value))
                    self.links[pair] = (*self.links.get(pair, ()), code)
        self.figures: dict[str, frozenset[str]] = {}
        """By name: the digits of the figures of three digits or more that the stream gave of it."""
        for (subject, _), values in self.values.items():
            digits = {str(abs(v)) for v in values.values() if isinstance(v, int) and abs(v) > 99}
            self.figures[subject] = self.figures.get(subject, frozenset()) | digits
        self.named: dict[str, str] = {
            str(value): subject
            for (subject, code), values in self.values.items()
            for value in (values.values() if self.keys[code].kind == "word" else ())
            if " " in subject
        }
        """By code: an entity that has it, whose name may be cut: "Accounts: Marble M-6611"."""
        self.owners = frozenset(filter(None, (key.owner for key in vocabulary.keys)))
        self._keys_of: dict[str, list[Key]] = {}
        for subject, code in self.values:
            self._keys_of.setdefault(subject, []).append(self.keys[code])
        self.sole = self._sole()
        """By name: the key of the only figure or code that the stream gave of it."""
        self._entries = [
            (root, key)
            for key in self.keys.values()
            for label in (*key.labels, *key.verbs)
            for _, _, lower, root in words_of(label)
            if lower not in LINKS
        ]
        self.hint = cache(self._hint)
        """The keys that a word or an abbreviation may mean."""
        self.anchors = lru_cache(maxsize=20_000)(self._anchors)

    def _add(self, fact: Statement) -> None:
        head, colon, parameter = fact.key.partition(":")
        base = fact.key.partition(" ")[0]
        if fact.key not in self.keys:
            form = self.keys.get(f"{head}:{{}}") if colon else self.keys.get(base)
            if form is None:
                return
            self.keys[fact.key] = _with_parameter(form, fact.key, parameter) if colon else form
        key = self.keys[fact.key]
        if not key.owner:
            self.names.add(fact.subject)
        if key.kind == "entity":
            self.names.add(str(fact.value))
        if fact.role == SHIFT:
            self.shifts.setdefault((fact.subject, fact.key), set()).add(fact.value)
        else:
            values = self.values.setdefault((fact.subject, fact.key), {})
            values[plain(fact.value)] = fact.value

    def _add_labels(self, key: Key) -> None:
        forms: tuple[tuple[Role, tuple[str, ...]], ...] = (
            ("label", key.labels), ("verb", key.verbs), ("inverse", key.inverse_verbs),
        )  # fmt: skip
        for role, phrases in forms:
            for phrase in phrases:
                if "{}" not in phrase:
                    self._labels.add([word[3] for word in words_of(phrase)], role, "", key)
        if key.kind == "enum":
            for choice in key.choices:
                words = [word[2] for word in words_of(choice)]
                self._names.add(words, "value", choice, key)
                if key.is_shared:  # "Coordinators", over the ones that are.
                    self._names.add([*words[:-1], f"{words[-1]}s"], "value", choice, key)

    def _sole(self) -> dict[str, str]:
        figures: dict[str, set[str]] = {}
        for subject, code in self.values:
            kind = self.keys[code].kind
            if kind in ("number", "word") and code not in ("file", "source"):
                figures.setdefault(subject, set()).add(code)
        return {name: min(codes) for name, codes in figures.items() if len(codes) == 1}

    def keys_of(self, subject: str) -> list[Key]:
        """The keys of which the stream gave a value of an entity."""
        return self._keys_of.get(subject, [])

    def states(self, subject: str, code: str, value: Parsed) -> bool:
        """Whether the stream stated a value, at whatever time."""
        key = self.keys.get(code)
        if self.every_value or (key and key.is_free):
            return True
        return plain(value) in self.values.get((subject, code), ())

    def stated(self, subject: str, code: str, value: Parsed) -> Parsed:
        """A value as the stream stated it; itself if nobody did."""
        return self.values.get((subject, code), {}).get(plain(value), value)

    def _hint(self, word: str) -> tuple[Key, ...]:
        if (
            self.every_value
            or len(word) < 2
            or word in LINKS
            or word in COMMON
            or word in self.vocabulary.nouns
        ):
            return ()
        keys = dict.fromkeys(key for other, key in self._entries if other == word)
        keys = keys or dict.fromkeys(key for other, key in self._entries if _is_like(word, other))
        return tuple(keys) if len(keys) <= 6 else ()

    def _anchors(self, text: str) -> tuple[Anchor, ...]:
        """The anchors of a text, in order; they do not overlap."""
        words = words_of(text)
        found: list[Anchor] = []
        place = 0
        while place < len(words):
            start, end, lower, root = words[place]
            best = self._best(words, place, text)
            if best is None:
                if keys := self.hint(root if len(root) > 2 else lower):
                    found.append(Anchor(start, end, "hint", "", keys))
                place += 1
            else:
                size, anchor = best
                if anchor.role == "name" and self._goes_on(words, place + size, anchor.end, text):
                    anchor = anchor._replace(role="stranger", end=words[place + size][1])
                    size += 1
                found.append(anchor)
                place += size
        return tuple(self._with_strangers(text, found))

    def _best(self, words: Sequence[Word], place: int, text: str) -> tuple[int, Anchor] | None:
        """The longest phrase that begins at a word, with its number of words."""
        best: tuple[int, Anchor] | None = None
        start, _, lower, root = words[place]
        names, labels = self._names.by_first.get(lower, ()), self._labels.by_first.get(root, ())
        sources: tuple[tuple[Literal[2, 3], Sequence[_Phrase]], ...] = ((2, names), (3, labels))
        for field, phrases in sources:
            for phrase, role, shown, keys in phrases:
                size = len(phrase)
                if best and size <= best[0]:
                    break
                if place + size > len(words) or not _follows(phrase, words, place, field, text):
                    continue
                end = words[place + size - 1][1]
                if role == "name":
                    if not self._is_whole(text, start, end, shown):
                        continue
                    if legal := _LEGAL.match(text, end):
                        end = legal.end()
                best = size, Anchor(start, end, role, shown, keys)
                break
        return best

    def _goes_on(self, words: Sequence[Word], place: int, end: int, text: str) -> bool:
        """Whether a name is the beginning of another one: "Larkin Harbor Freight"."""
        if place >= len(words) or text[end : words[place][0]] != " ":
            return False
        start, last, lower, root = words[place]
        word = text[start:last]
        is_name = word.istitle() and len(word) > 2 and not text.istitle()
        known = (
            lower in LINKS or lower in GENERIC or lower in COMMON or lower in self.vocabulary.known
        )
        return is_name and not known and root not in self.vocabulary.nouns and not self.hint(root)

    def _is_whole(self, text: str, start: int, end: int, name: str) -> bool:
        """Whether a name stands for itself: an identifier is no part of another."""
        before, behind = text[max(0, start - 1) : start], text[end : end + 1]
        if " " in name:
            return not before.isalnum()
        if (
            name.isalpha()
            and name.islower()
            and before != "`"
            and len(text.strip("\"': ")) > len(name)
        ):
            return False
        if before.isalnum() or before in ("_", ".") or behind.isalnum() or behind == "_":
            return False
        member = re.match(r"\.([a-z]+)", text[end:])
        return (
            member is None
            or member[1] in ("md", "txt", "json")
            or stem(member[1]) in self._labels.by_first
        )

    def _with_strangers(self, text: str, found: list[Anchor]) -> list[Anchor]:
        strangers = self.vocabulary.find_names(text)
        if not strangers:
            return found
        taken = [(a.start, a.end) for a in found if a.role in ("name", "value")]
        for start, end, name in strangers:
            if not self.every_value and (
                name in self._parts or (name.isalpha() and name.islower())
            ):
                continue
            if not any(a < end and start < b for a, b in taken):
                found = [a for a in found if a.end <= start or end <= a.start]
                found.append(Anchor(start, end, "name" if self.every_value else "stranger", name))
        return sorted(found)


def _with_parameter(form: Key, code: str, parameter: str) -> Key:
    """The key of one parameter: the default of `slack`."""
    labels = tuple(label.format(parameter) for label in form.labels)
    last, head = parameter.rpartition(".")[2], code.partition(":")[0]
    labels += (f"{parameter} {head}", f"{parameter} {head}s to")
    return Key(
        code, form.kind, (*labels, parameter, *((last,) if last != parameter else ())),
        pattern=form.pattern, subject=form.subject, choices=form.choices,
    )  # fmt: skip


def _is_like(word: str, other: str) -> bool:
    """Whether a word is cut from another, or both are forms of one: "rev", "emp", "employs"."""
    if word[0] != other[0]:
        return False
    if other.startswith(word) and len(word) >= 3:
        return True
    shared = next(
        (n for n, (a, b) in enumerate(zip(word, other, strict=False)) if a != b),
        min(len(word), len(other)),
    )
    if shared >= 4 and len(word) - shared <= 3 and len(other) - shared <= 4:
        return True
    if len(word) < 2 or re.search("[aeiou]", word[1:]) or len(word) > 4:
        return False
    rest = iter(other)
    return all(letter in rest for letter in word)
