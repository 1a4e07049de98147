"""What a fact reader knows: the keys of a track's facts, their names in texts, their values' forms.

A vocabulary holds no sentences. It is made from a track's pinned message or from its own tables.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from memorygym.scoring.fact_reader.key import Key, Named
from memorygym.scoring.fact_reader.phrases import Phrases
from memorygym.scoring.fact_reader.words import GENERIC, LINKS


@dataclass(frozen=True, eq=False)
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
    spell_out_text: Callable[[str], str] = lambda text: text
    """A text with words for the shorthand of a track: of notes in the letters of a schema."""
    by_code: dict[str, Key] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.by_code.update((key.code, key) for key in self.keys)

    def fits(self, subject: str, code: str, value: object) -> bool:
        """Whether the types of a relation's entities are those of its key."""
        key = self.by_code.get(code.partition(" ")[0]) or self.by_code.get(code)
        if subject == value or key is None or not key.subject:
            return subject != value
        is_value = not key.value or self.type_of(str(value)) == key.value
        return is_value and self.type_of(subject) == key.subject

    @cached_property
    def labels(self) -> "Phrases":
        return Phrases((label, key) for key in self.keys for label in key.labels)

    def source_of(self, text: str) -> str:
        """The source that a text names: in a heading, in brackets, behind "according to"."""
        match = self._source_pattern.search(text) if self.sources else None
        return match[1].lower().replace("_", " ") if match else ""

    def source_in(self, text: str) -> str:
        """The source that a line names anywhere, if it names one."""
        found = (
            {match.lower() for match in self._any_source.findall(text)} if self.sources else {""}
        )
        return found.pop().replace("_", " ") if len(found) == 1 else ""

    @cached_property
    def _any_source(self) -> re.Pattern[str]:
        sources = "|".join(sorted(self.sources, key=len, reverse=True)).replace(" ", "[ _]")
        return re.compile(rf"(?<![\w-])({sources})(?![\w-])", re.IGNORECASE)

    @cached_property
    def _source_pattern(self) -> re.Pattern[str]:
        sources = "|".join(sorted(self.sources, key=len, reverse=True)).replace(" ", "[ _]")
        return re.compile(
            r"(?:^[^\w]*|[^\w\s.!?’-]\s*|\b(?:according to|by|from|per|in|of|source)\W+"
            rf"(?:an? |the )?(?:source of )?)({sources})"
            r"(?=\s*(?:$|[\]),·|:—.;?!/\"']|as of|of \d|dated|on \d))",
            re.IGNORECASE,
        )

    @cached_property
    def words(self) -> frozenset[str]:
        """All words of labels and choices, which are no names."""
        texts = [text for key in self.keys for text in (*key.labels, *key.choices, *key.verbs)]
        return frozenset(word for text in texts for word in re.findall(r"\w+", text.lower()))

    @cached_property
    def known(self) -> frozenset[str]:
        """All words that mean something, so that they are no part of an unknown name."""
        sources = (word for source in self.sources for word in source.split())
        return self.words | self.nouns | GENERIC | LINKS | frozenset(sources)
