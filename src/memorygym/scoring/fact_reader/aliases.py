"""Short names that a text defines or takes for granted, replaced by what they stand for.

"NT = Nova Tech" and "Nova Tech (NT)" define a name, "hc = headcount" a label. The first or the last
word of a name stands for it where only one name of the text has that word: "Nova: 300 vans".
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from memorygym.scoring.fact_reader.fields import role_of
from memorygym.scoring.fact_reader.names import NAME
from memorygym.scoring.fact_reader.phrases import mask
from memorygym.scoring.fact_reader.vocabulary import Vocabulary
from memorygym.scoring.fact_reader.words import is_within

_DEFINED = re.compile(
    rf"(?<![\w.])[\"'`*]{{0,3}}(?P<before>[A-Za-z]{{2,10}})[\"'`*]{{0,3}} ?"
    rf"(?:=|:|short for|stands for) ?[\"'`*]{{0,3}}(?P<after>{NAME})"
    rf"|(?P<name>{NAME}) ?[(\[](?:aka |short |hereafter |henceforth |= ?|below )*[\"'`*]{{0,3}}"
    r"(?P<inside>[A-Za-z]{2,10})[\"'`*]{0,3}[)\]]"
)
_LABELLED = re.compile(
    r"(?<![\w.=])(?P<before>[A-Za-z]{1,8}) ?[=:] ?(?P<label>[A-Za-z][\w&' -]{2,30}?)"
    r"(?=[ \t]*(?:[,;.)|\n]|$))"
)
_LEGEND = re.compile(
    r"^\W*(?:legend|abbreviations?|abbr|key|codes?|short forms?|glossary)\b\W.*", re.I | re.M
)
"""A line that defines short forms."""
_ALONE = (
    r"(?:(?<![\w&]\s)|(?<=\bThe\s))(?<![\w&/_-])(?P<word>WORD)(?=['’]s\b|\s*(?:[:(\[→=]|->|[—–-]\s)"
    r"|\s+(?:is|was|has|had|now|also|still|will|have|VERB)\b)"
    r"|(?<=[a-z]\s)(?<![\w&/_-])(?P<inside>WORD)(?![\w&/_-]|\s[A-Z])"
)
"""A word of a name where a subject stands, or with its capital inside a sentence."""
_CAPITALISED = re.compile(r"(?<![\w&/-])[A-Z][a-z]+(?![\w&/-])")


def without_aliases(text: str, vocabulary: Vocabulary) -> str:
    """The text with whole names and labels for their short forms."""
    if not vocabulary.has_short_labels:
        return text
    if "=" in text or _LEGEND.search(text):
        text = _with_labels(text, vocabulary)
    if re.search(r"[=:([]|\bfor\b", text):
        text = _with_names(text, vocabulary)
    return _with_whole_names(text, vocabulary)


def _with_names(text: str, vocabulary: Vocabulary) -> str:
    """The text with names for the short forms that it gives them; where it gives two, as it is."""
    meanings: dict[str, set[str]] = {}
    for match in _DEFINED.finditer(text):
        alias, name = _meaning(match, vocabulary)
        if name:
            meanings.setdefault(alias, set()).add(name)
    names = _sure(meanings)
    if not names:
        return text

    def bare(match: re.Match[str]) -> str:
        is_defined = (match["before"] or match["inside"]) in names
        return (match["after"] or match["name"]) if is_defined else match[0]

    pattern = rf"(?<![\w&.])(?:{'|'.join(sorted(names))})(?![\w&])"
    return re.sub(pattern, lambda match: names[match[0]], _DEFINED.sub(bare, text))


def _meaning(match: re.Match[str], vocabulary: Vocabulary) -> tuple[str, str]:
    """A short form and the name that a match of `_DEFINED` gives it; "" if it gives none."""
    named = vocabulary.find_names(match["after"] or match["name"])
    name, alias = named[0][2] if named else "", match["before"] or match["inside"]
    is_sure = bool(match["before"]) and "=" in match[0]
    is_new = bool(name) and alias.lower() not in vocabulary.known
    return alias, name if is_new and _is_short_for(alias, name, is_sure=is_sure) else ""


def _is_short_for(alias: str, name: str, *, is_sure: bool) -> bool:
    """Whether a word may stand for a name: its initials, or the beginnings of its words."""
    if alias.lower() == "".join(word[0] for word in name.split()).lower():
        return alias.isupper() or is_sure
    return is_sure and is_within(*_letters(alias, name))


def _letters(*texts: str) -> list[str]:
    """The letters of texts, in lower case."""
    return [text.lower().replace(" ", "") for text in texts]


def _with_labels(text: str, vocabulary: Vocabulary) -> str:
    """The text with labels for the short forms that it defines: "hc = headcount"."""
    meanings: dict[str, set[str]] = {}
    legends = [match.span() for match in _LEGEND.finditer(text)]
    for match in _LABELLED.finditer(text):
        if "=" not in match[0] and not any(a <= match.start() < b for a, b in legends):
            continue
        alias, label = match["before"], _label(match["label"], vocabulary)
        is_new = alias.lower() not in vocabulary.known and not role_of(alias, vocabulary.heads)
        if label and is_new and is_within(*_letters(alias, match["label"])):
            meanings.setdefault(alias, set()).add(label)
    labels = _sure(meanings)
    if not labels:
        return text
    pattern = (
        rf"(?<![\w.])(?:{'|'.join(labels)})(?=\s*[:=]?\s*[$~≈]?\d|\s*\|)"
        rf"|(?:^|(?<=[|;,:·(]))(\s*)(?:{'|'.join(labels)})(?=\s*[:=]?\s+[\"“]?[A-Za-z])"
    )
    text = _LABELLED.sub(lambda match: "" if match["before"] in labels else match[0], text)

    def whole(match: re.Match[str]) -> str:
        return f"{match[1] or ''}{labels[match[0].strip()]} "

    return re.sub(pattern, whole, text, flags=re.MULTILINE)


def _label(text: str, vocabulary: Vocabulary) -> str:
    """The text if it is a label, or the label that its word can only mean; "" if there is none."""
    if found := next(vocabulary.labels.find(text), None):
        return text if found[:2] == (0, len(text)) else ""
    keys = vocabulary.short.keys_of(text)
    return keys[0].labels[0] if len(keys) == 1 else ""


def _with_whole_names(text: str, vocabulary: Vocabulary) -> str:
    """The text with whole names for single words of them that stand where a subject stands."""
    names = vocabulary.find_names(text)
    words = _single({name for _, _, name in names}, vocabulary)
    alone = set(_CAPITALISED.findall(mask(text, names, " ")))
    if words.keys().isdisjoint(alone):
        return text
    words = {word: name for word, name in words.items() if word in alone}
    return _alone_pattern(vocabulary).sub(lambda match: _whole(match, words), text)


@lru_cache(maxsize=64)
def _alone_pattern(vocabulary: Vocabulary) -> re.Pattern[str]:
    """Finds single words with a capital where a name may stand."""
    verbs = sorted({verb.split()[0] for key in vocabulary.keys for verb in key.verbs})
    return re.compile(_ALONE.replace("WORD", "[A-Z][a-z]+").replace("VERB", "|".join(verbs)))


def _whole(match: re.Match[str], words: Mapping[str, str]) -> str:
    """The whole name; within a sentence only behind a word in small letters."""
    if match[0] not in words:
        return match[0]
    before = match.string[max(0, match.start() - 16) : match.start()]
    if match["inside"] and not re.search(r"(?:^|\s)[a-z]+\s$", before):
        return match[0]
    return words[match[0]]


def _single(names: Iterable[str], vocabulary: Vocabulary) -> dict[str, str]:
    """The first and last words that only one of the names has, by word."""
    owners: dict[str, set[str]] = {}
    for name in names:
        for word in (name.split()[0], name.split()[-1]):
            owners.setdefault(word, set()).add(name)
    words = _sure(owners).items()
    known = vocabulary.known
    return {word: name for word, name in words if len(word) > 2 and word.lower() not in known}


def _sure(meanings: Mapping[str, set[str]]) -> dict[str, str]:
    """The meaning of each word that has only one."""
    return {word: min(meant) for word, meant in meanings.items() if len(meant) == 1}
