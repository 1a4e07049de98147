"""The vocabulary of the fact reader, from the system message."""

from memorygym.scoring.fact_reader.key import Key
from memorygym.scoring.fact_reader.names import CapitalisedNames
from memorygym.scoring.fact_reader.vocabulary import Vocabulary
from memorygym.tracks.worlds.facts import Attribute, Guide
from memorygym.tracks.worlds.shorthand import Shorthand

_KINDS = {"int": "number", "float": "number"}


def vocabulary_of(guide: Guide) -> Vocabulary:
    """The attributes, categories and relations that a system message states."""
    keys = [_key(attribute) for attribute in guide.attributes]
    keys += [Key(r.code, "entity", verbs=(r.phrase,)) for r in guide.relations]
    shorthand = Shorthand(guide, {key.code: key for key in keys})
    labels = ("group", "category")
    keys.append(Key("category", "enum", labels, choices=guide.categories, stands_alone=True))
    nouns = frozenset(word.lower() for word in (guide.noun, guide.plural))
    return Vocabulary(
        tuple(keys), CapitalisedNames(keys, nouns), nouns, spell_out_text=shorthand.spelled_out
    )


def _key(a: Attribute) -> Key:
    return Key(
        a.code, _KINDS.get(a.kind, a.kind), (a.label, a.alias), decimals=a.decimals,  # type: ignore[arg-type]
        prefix=a.prefix, suffix=a.suffix, length=a.length, choices=a.choices,
    )  # fmt: skip
