"""The vocabulary of the fact reader, from the system message."""

import re

from memorygym.scoring.fact_reader.key import Key
from memorygym.scoring.fact_reader.names import CapitalisedNames
from memorygym.scoring.fact_reader.vocabulary import Vocabulary
from memorygym.tracks.worlds.facts import Attribute, Guide
from memorygym.tracks.worlds.shorthand import Shorthand

_KINDS = {"int": "number", "float": "number"}


def vocabulary_of(guide: Guide) -> Vocabulary:
    """The attributes, categories and relations that a system message states."""
    keys = [_key(attribute) for attribute in guide.attributes]
    keys += [
        Key(r.code, "entity", verbs=_verbs(r.phrase), inverse_verbs=_passive(r.phrase))
        for r in guide.relations
    ]
    shorthand = Shorthand(guide.categories, {key.code: key for key in keys})
    labels = ("group", "category")
    keys.append(
        Key("category", "enum", labels, choices=guide.categories, stands_alone=True, is_shared=True)
    )
    nouns = frozenset(word.lower() for word in (guide.noun, guide.plural))
    return Vocabulary(
        tuple(keys),
        CapitalisedNames(keys, nouns),
        nouns,
        spell_out_text=shorthand.spelled_out,
    )


def _key(a: Attribute) -> Key:
    return Key(
        a.code,
        _KINDS.get(a.kind, a.kind),  # type: ignore[arg-type]
        (a.label, a.alias),
        decimals=a.decimals,
        prefix=a.prefix,
        suffix=a.suffix,
        length=a.length,
        choices=a.choices,
    )


def _verbs(phrase: str) -> tuple[str, ...]:
    """A relation's phrase and its short forms.

    >>> _verbs("shares the surgeons with")[1:4]
    ('shares surgeons with', 'share surgeons with', 'sharing surgeons with')
    >>> _verbs("is twinned with"), _verbs("checks the work of")[-1]
    (('is twinned with', 'twinned with'), 'checking work of')
    """
    words = [word for word in phrase.split() if word not in ("the", "a")]
    forms = [phrase, " ".join(words), phrase.replace(" a ", " the ")]
    if words[0] == "is":
        forms.append(" ".join(words[1:]))
    elif base := _base(words[0]):
        doing = f"{base.removesuffix('e')}ing"
        forms += [" ".join((form, *words[1:])) for form in (base, doing)]
    if len(words) > 2 and len(words[-2]) > 4:
        forms.append(" ".join(words[-2:]))
    return tuple(dict.fromkeys(forms))


def _passive(phrase: str) -> tuple[str, ...]:
    """The passive of a verb without preposition: "supplied by"."""
    base = _base(phrase)
    if " " in phrase or not base:
        return ()
    return (f"{re.sub('y$', 'i', base.removesuffix('e'))}ed by",)


def _base(verb: str) -> str:
    """The verb without the ending of its third person; "" if it has none."""
    return re.sub("ies$", "y", verb).removesuffix("s") if verb.endswith("s") else ""
