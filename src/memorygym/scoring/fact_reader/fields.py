"""What named fields of data, and columns of tables, hold."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from memorygym.scoring.fact_reader import cues
from memorygym.scoring.fact_reader.vocabulary import Vocabulary

_ROLES = {
    "subject": "entity name subject title who id key_entity about",
    "key": "attribute property field label key metric predicate relation fact feature",
    "value": "value object current now figure entry answer latest reading content",
    "date": "date as_of asof dated day stated updated when timestamp time last_updated recorded",
    "former": "previous was before former old prior previously earlier replaced superseded",
    "source": "source origin document authority stated_by recorded_by reported_by",
    "kind": "kind type",
}
_BY_WORD = {word: role for role, words in _ROLES.items() for word in words.split()}


@lru_cache(maxsize=20_000)
def role_of(head: str, nouns: frozenset[str]) -> str:
    """What a column or a field of that name holds: subject, key, value, date, former, source."""
    word = re.sub(r"[\W_]+", "_", head.strip().lower()).strip("_")
    for form in (word, re.sub("_(?:value|name|on|at)$", "", word)):
        if form in _BY_WORD:
            return _BY_WORD[form]
    return "subject" if word.removesuffix("_name") in nouns else ""


def roles_of(value: Mapping[Any, Any], nouns: frozenset[str]) -> dict[str, str]:
    """By role: the first field of a dictionary that has it and holds no dictionary."""
    roles: dict[str, str] = {}
    for field, content in value.items():
        role = role_of(str(field), nouns)
        if role and isinstance(content, str | int | float | list):
            roles.setdefault(role, field)
    return roles


def one_fact(value: Mapping[Any, Any], roles: Mapping[str, str]) -> str:
    """The line of a dictionary with a key and a value; "" if it has none."""
    if "key" not in roles or "value" not in roles:
        return ""
    content = value[roles["value"]]
    if isinstance(content, list):
        content = ", ".join(map(str, content))
    parts = [str(value[roles["subject"]])] if "subject" in roles else []
    parts += [str(value[roles["key"]]), str(content)]
    line = " | ".join(parts)
    if value.get(roles.get("former", "")) not in (None, ""):
        line += f" (previously {value[roles['former']]})"
    extra = [
        f"{field}: {content}"
        for field, content in value.items()
        if field not in roles.values() and isinstance(content, str) and content
    ]
    if extra:
        line += f" ({'; '.join(extra)})"
    for role in ("source", "date"):
        if value.get(roles.get(role, "")):
            line = f"[{value[roles[role]]}] {line}"
    return line


_UNITS = {
    **{form: f"$ {letter}" for letter in "KMB"
       for form in (f"usd_{letter}".lower(), f"{letter}_usd".lower(), f"{letter}usd".lower())},
    "usd": "$ ", "usd_mn": "$ M", "usd_bn": "$ B", "million_usd": "$ M", "usd_million": "$ M",
    "usd_millions": "$ M", "pct": " %", "percent": " %", "kg": " kg", "mm": " mm", "ms": " ms",
}  # fmt: skip
"""By ending of a field's name: what stands before its number, and behind it."""
_FIELD = re.compile(
    r"(?<![\w.`/@-])(?P<field>[a-z]+(?:_[a-z]+)*?)"
    rf"(?:_(?:in_)?(?P<unit>{'|'.join(sorted(_UNITS, key=len, reverse=True))}))?"
    r"(?P<sign>[\"'`*]{0,3}\s?[:=]\s?)(?P<number>[\"']?\d[\d.,]*(?<=\d)[\"']?(?!\w))?"
)
_AFFIXES = frozenset(
    "max min num number no count total of the in per value amount size overridden latest".split()
)
"""Words of a field's name beside a label that leave its meaning as it is."""


def plain_fields(text: str, vocabulary: Vocabulary) -> str:
    """The text with labels for names of fields such as "max_rows_per_page" and "budget_musd"."""

    def plain(match: re.Match[str]) -> str:
        label = _label_of(match["field"], vocabulary)
        if not match["unit"]:
            return f"{label}{match['sign']}{match['number'] or ''}" if label else match[0]
        money, unit = _UNITS[match["unit"]].split(" ")
        if not match["number"] or not (label or vocabulary.short.keys_of(match["field"])):
            return match[0]
        number = match["number"].strip("\"'")
        return f"{label or match['field']}{match['sign']}{money}{number} {unit}".rstrip()

    return _FIELD.sub(plain, text)


@lru_cache(maxsize=20_000)
def _label_of(field: str, vocabulary: Vocabulary) -> str:
    """A field's name in words if it is a label, or one with other words that mean nothing."""
    words = field.replace("_", " ")
    for _, phrases in vocabulary.phrases:
        for start, end, *_ in phrases.find(words):
            rest = f"{words[:start]} {words[end:]}".split()
            return words if _AFFIXES.issuperset(rest) else ""
    if vocabulary.has_short_labels and (cues.OTHER.search(words) or cues.FORMER.search(words)):
        return words  # A cue is read in words only.
    rest = [word for word in words.split() if word not in _AFFIXES]
    return (
        rest[0] if len(rest) == 1 and rest[0] != field and vocabulary.short.keys_of(*rest) else ""
    )
