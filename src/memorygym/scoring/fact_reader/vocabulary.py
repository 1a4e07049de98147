"""What a fact reader knows: the keys of a track's facts, their names in texts, their values' forms.

A vocabulary holds no sentences. It is made from a track's pinned message or from its own tables.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Literal

ValueKind = Literal["number", "series", "date", "enum", "text", "entity", "word"]
Named = tuple[int, int, str]
"""A name in a text: where it starts and ends, and the entity that it names."""

LINKS = frozenset(
    "a about all also an and as at but by concerning for from had has have in is it its no not of on"
    " or our re record regarding that the their these this those to was we were which with".split()
)
"""Words that state nothing and start no name."""
GENERIC = frozenset(
    "actions additional background backlog brief briefing changelog changes company compact context"
    " conversation core correction corrections current data date details entities entity entries"
    " entry event events extract extra fact facts figures follow-up general generic history index"
    " info information insights item items key known latest list log main memo memory message"
    " metadata metrics misc miscellaneous name names new news next note noted notes numbers observed"
    " old open other overview pending people place places point points previous profile questions"
    " record records reference registry relation relations relationships remaining report revised"
    " running scratchpad section session snapshot source sources state statement status step steps"
    " subject summary table task tasks things timeline to-do todo tracker update updated updates"
    " user values what working".split()
)
"""Words that name parts of notes rather than entities."""


COMMON = frozenset(
    "add added ago ask asked back best both came day days did does done each even ever every few"
    " first found gave get gets give given gives got help here hold how into just keep kept last let"
    " like line made make many may mean met mid month months more most much must near need nine one"
    " only out over part per put ran run said same saw say says second see seen seven set show"
    " shown six so some still such sum take taken tell ten than then there three time told too took"
    " top total try two under until use used very via week weeks well went were when who why will"
    " year years yet".split()
)
"""Words that abbreviate nothing."""


@dataclass(frozen=True, slots=True)
class Key:
    """An attribute or a relation, with all that texts call it."""

    code: str
    """What statements call the key. `{}` stands for the parameter that a label names."""
    kind: ValueKind
    labels: tuple[str, ...] = ()
    """Noun phrases ("delivery vans"). `{}` stands for a parameter, one word."""
    verbs: tuple[str, ...] = ()
    """Phrases between the subject and the entity that is the value: "supplies"."""
    inverse_verbs: tuple[str, ...] = ()
    """Phrases between the value and the subject: "is supplied by"."""
    decimals: int = 0
    prefix: str = ""
    suffix: str = ""
    length: int = 1
    """Number of values in a series, of words in a text."""
    choices: tuple[str, ...] = ()
    stands_alone: bool = False
    """Whether a value names the key: a choice in quotes or in a cell of its own needs no label."""
    pattern: str = ""
    """For the kind `word`: a regular expression of the values; a group of it is the value."""
    is_shared: bool = False
    """Whether a value in a heading without names holds for every entity below it."""
    is_whole: bool = False
    """Whether a number is one without unit or separator, such as a year."""
    subject: str = ""
    """The type of entity that has this key; "" is any."""
    value: str = ""
    """For the kind `entity`: the type of the value; "" is any."""
    has_term: bool = False
    """Whether the value holds from one month to another; the code then ends with both months."""


@dataclass(frozen=True)
class Vocabulary:
    """The keys of a track, and how its texts name entities."""

    keys: tuple[Key, ...]
    find_names: Callable[[str], list[Named]]
    """All names in a text, in order, whatever they name; they do not overlap."""
    nouns: frozenset[str] = frozenset()
    """Nouns for entities, in lower case: "company", "agent"."""
    type_of: Callable[[str], str] = lambda _: ""
    """The type of an entity, from its name; "" is unknown."""
    sources: tuple[str, ...] = ()
    """What a heading calls the source of a fact ("field report"), in lower case."""
    endings: frozenset[str] = frozenset()
    """Words that end names, in lower case: "institute"."""
    folds_case: bool = True
    """Whether names in upper or lower case throughout are names, too."""
    spell_out: Callable[[str], str] = lambda line: line
    """A line with words for the shorthand of a track: "LIMIT = 5" as "LIMIT value: 5"."""
    by_code: dict[str, Key] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.by_code.update((key.code, key) for key in self.keys)

    @cached_property
    def labels(self) -> "Phrases":
        return Phrases((label, key) for key in self.keys for label in key.labels)

    @cached_property
    def phrases(self) -> list[tuple[str, "Phrases"]]:
        """The phrases of each form: `label`, `verb`, and `inverse` (of verbs after their value)."""
        verbs = [(verb, key) for key in self.keys for verb in key.verbs]
        inverse = [(verb, key) for key in self.keys for verb in key.inverse_verbs]
        forms = (("verb", verbs), ("inverse", inverse))
        return [("label", self.labels), *((form, Phrases(some)) for form, some in forms if some)]

    @cached_property
    def source_pattern(self) -> re.Pattern[str]:
        """Finds a source where texts name one: in a heading, in brackets, behind "according to"."""
        sources = "|".join(sorted(self.sources, key=len, reverse=True)).replace(" ", "[ _]") or "(?!)"
        return re.compile(
            rf"(?:^[^\w]*|[\[(·|,—:;/=\"']\s*|\b(?:according to|by|from|per|in|of|source)\W+(?:an? |the )?"
            rf"(?:source of )?)({sources})(?=\s*(?:$|[\]),·|:—.;?!/\"']|as of|of \d|dated|on \d))",
            re.IGNORECASE,
        )

    @cached_property
    def words(self) -> frozenset[str]:
        """All words of labels and choices, which are no names."""
        texts = [text for key in self.keys for text in (*key.labels, *key.choices, *key.verbs)]
        return frozenset(word for text in texts for word in re.findall(r"\w+", text.lower()))

    @cached_property
    def heads(self) -> frozenset[str]:
        """Nouns for entities that name a column or a field of names: those that are no labels."""
        return self.nouns - {label for key in self.keys for label in key.labels}

    @cached_property
    def short(self) -> "ShortLabels":
        return ShortLabels(self.keys, self.nouns)

    @cached_property
    def lone(self) -> dict[str, Key]:
        """By choice: the only key that has it, of choices that may stand without their label."""
        keys: dict[str, list[Key]] = {}
        for key in self.keys:
            for choice in key.choices if key.kind == "enum" else ():
                if key.stands_alone or (len(choice) > 4 and choice not in LINKS):
                    keys.setdefault(choice, []).append(key)
        return {choice: owners[0] for choice, owners in keys.items() if len(owners) == 1}

    @cached_property
    def lone_pattern(self) -> re.Pattern[str]:
        choices = sorted(self.lone, key=len, reverse=True)
        return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, choices)) or '(?!)'})(?![\w-])")


@dataclass(frozen=True, slots=True)
class Label:
    """A label in a text."""

    start: int
    end: int
    key: Key
    parameter: str = ""

    @property
    def code(self) -> str:
        return self.key.code.format(self.parameter)


class Phrases:
    """Finds phrases in any case, with blanks, hyphens, underscores or camel case between words."""

    def __init__(self, phrases: Iterable[tuple[str, Key]]) -> None:
        self._keys: dict[str, list[Key]] = {}
        self._with_parameter: list[list[Key]] = []
        plain: dict[str, None] = {}
        grouped: dict[str, list[Key]] = {}
        for phrase, key in phrases:
            keys = self._keys.setdefault(_stem(phrase), [])
            if "{}" in phrase:
                keys = grouped.setdefault(_pattern(phrase), [])
            else:
                plain[_pattern(phrase)] = None
            if key not in keys:
                keys.append(key)
        self._with_parameter = list(grouped.values())
        ordered = [*grouped, *sorted(plain, key=len, reverse=True)]
        self.pattern = re.compile(
            rf"{_START}(?:{'|'.join(ordered)}){_END}" if ordered else r"(?!)", re.IGNORECASE
        )

    def find(self, text: str) -> Iterator[tuple[int, int, Sequence[Key], str]]:
        """(start, end, keys with that phrase, parameter) of each phrase, in order."""
        for match in self.pattern.finditer(text):
            if match.lastindex:
                keys = self._with_parameter[match.lastindex - 1]
                yield match.start(), match.end(), tuple(keys), match[match.lastindex]
            else:
                yield match.start(), match.end(), tuple(self._keys[_stem(match[0])]), ""


_START, _END = r"(?<![A-Za-z0-9])(?<![A-Za-z0-9]_)", r"(?![A-Za-z0-9]|_[A-Za-z0-9])"
_JOINT = r"[\s_*`&'’-]{0,3}"


_PARAMETER = rf"[`'\"]?(?!(?:{'|'.join(sorted(LINKS))})\b)([^\W\d]\w*(?:\.\w+)*)[`'\"]?"


def _stem(phrase: str) -> str:
    """The letters of a phrase without the ending of its plural."""
    letters = re.sub(r"[\W_]", "", phrase).lower()
    return re.sub(r"(?:ie?s|y|s)$", "", letters)


def _pattern(phrase: str) -> str:
    words = re.findall(r"\{\}|[^\W_]+", phrase)
    ending = re.sub(r"(?:ies|y)$", "(?:ies|y)", words[-1])
    if ending == words[-1] != "{}":
        ending = f"{re.escape(words[-1].removesuffix('s'))}s?"
    parts = [_PARAMETER if word == "{}" else word for word in words[:-1]]
    return _JOINT.join([*parts, _PARAMETER if ending == "{}" else ending])


_LETTERS = re.compile(r"[^\W\d_](?:&?[^\W\d_])*")


class ShortLabels:
    """Finds the key that a single word of a label, or its abbreviation, can only mean.

    "vans" and "rev" mean "delivery vans" and "revenue", if no other label has such a word.
    """

    def __init__(self, keys: Iterable[Key], nouns: Iterable[str]) -> None:
        self._keys: dict[str, set[Key]] = {}
        for key in keys:
            for label in key.labels if key.kind != "entity" else ():
                for word in _LETTERS.findall(label.lower()):
                    if word not in LINKS:
                        self._keys.setdefault(_root(word), set()).add(key)
        self._no_labels = LINKS | GENERIC | COMMON | frozenset(nouns)
        self.keys_of = lru_cache(maxsize=20_000)(self._keys_of)

    def _keys_of(self, word: str) -> tuple[Key, ...]:
        """The keys that a word can mean; none if it can mean many."""
        word = word.lower().rstrip(".")
        if len(word) < 3 or word in self._no_labels:
            return ()
        root = _root(word)
        owners = self._keys.get(root)
        if owners is None:
            alike = (keys for other, keys in self._keys.items() if _abbreviates(root, word, other))
            owners = set().union(*alike)
        return tuple(sorted(owners, key=lambda key: key.code)) if len(owners) < 4 else ()


def _root(word: str) -> str:
    """A word without the ending of a plural or a participle."""
    return re.sub(r"(?:ings?|ies|e?d|ments?|e?s|y|e)$", "", word) if len(word) > 4 else word.rstrip("s")


def _abbreviates(root: str, word: str, other: str) -> bool:
    """Whether a word is the beginning of another, or its consonants in order."""
    if other.startswith((word, word.removesuffix("s"))) or (len(root) > 3 and other.startswith(root)):
        return True
    if len(word) < 4 or other[0] != word[0] or re.search("[aeiou]", word):
        return False
    letters = iter(other)
    return all(letter in letters for letter in word)


_RUN = re.compile(r"(?<!\w)(?<!\w['’])[A-Z][a-z]+(?:[ _]+[A-Z][a-z]+)+(?![\w])")


class CapitalisedNames:
    """Finds names of two capitalised words or more, such as "Eastgate Ceramics"."""

    def __init__(self, keys: Sequence[Key], nouns: Iterable[str]) -> None:
        self._words = LINKS | GENERIC | frozenset(nouns)
        self._name = lru_cache(maxsize=20_000)(self._name_in)
        choices = {_stem(choice) for key in keys for choice in key.choices}
        self._labels = choices | {_stem(label) for key in keys for label in (*key.labels, *key.verbs)}

    def __call__(self, text: str) -> list[Named]:
        """The names in a text."""
        named = []
        for match in _RUN.finditer(text):
            if name := self._name(match[0]):
                named.append((match.start() + name[0], match.start() + name[1], name[2]))
        return named

    def _name_in(self, run: str) -> Named | None:
        """The name in a run of capitalised words."""
        words = self._trimmed([(m.start(), m.end(), m[0]) for m in re.finditer(r"[A-Za-z]+", run)])
        if len(words) < 2:
            return None
        return words[0][0], words[-1][1], " ".join(word for _, _, word in words)

    def _trimmed(self, words: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
        """The words without labels, choices and words for parts of notes at either end."""
        is_trimmed = True
        while is_trimmed and len(words) > 1:
            is_trimmed = False
            for size in range(len(words), 0, -1):
                if self._is_no_name(words[:size]) and (size == len(words) or len(words) - size > 1):
                    words, is_trimmed = words[size:], True
                    break
                if self._is_no_name(words[-size:]) and len(words) - size > 1:
                    words, is_trimmed = words[:-size], True
                    break
        return words

    def _is_no_name(self, words: Sequence[tuple[int, int, str]]) -> bool:
        if len(words) == 1 and words[0][2].lower() in self._words:
            return True
        if all(word.lower() in self._words for _, _, word in words):
            return True
        return _stem("".join(word for _, _, word in words)) in self._labels
