"""Short names that a text defines or takes for granted, replaced by what they stand for.

"NT = Nova Tech" and "Nova Tech (NT)" define a name, "hc = headcount" a label. The first or the last
word of a name stands for it where only one name of the text has that word: "Nova: 300 vans".
"""

import re
from collections.abc import Iterable, Mapping

from memorygym.scoring.fact_reader.fields import role_of
from memorygym.scoring.fact_reader.phrases import mask
from memorygym.scoring.fact_reader.vocabulary import Vocabulary

_NAME = r"[A-Z][a-z]+(?: [A-Z][a-z]+)+"
_DEFINED = re.compile(
    rf"(?<![\w.])[\"'`*]{{0,3}}(?P<before>[A-Za-z]{{2,10}})[\"'`*]{{0,3}} ?(?:=|:=|≙|:|short for"
    rf"|stands for) ?[\"'`*]{{0,3}}(?P<after>{_NAME})"
    rf"|(?P<name>{_NAME}) ?[(\[](?:aka |short |hereafter |henceforth |= ?|below )*[\"'`*]{{0,3}}"
    r"(?P<inside>[A-Za-z]{2,10})[\"'`*]{0,3}[)\]]"
)
_LABELLED = re.compile(
    r"(?<![\w.=])(?P<before>[A-Za-z]{1,8}) ?= ?(?P<label>[A-Za-z][\w&' -]{2,30}?)"
    r"(?=[ \t]*(?:[,;.)|\n]|$))"
)
_ALONE = (
    r"(?<![\w&]\s)(?<![\w&/_-])(?P<word>WORD)(?=['’]s\b|\s*(?:[:(\[→=]|->|[—–-]\s)"
    r"|\s+(?:is|was|has|had|now|also|still|will|have|VERB)\b)"
    r"|(?<=[a-z]\s)(?<![\w&/_-])(?P<inside>WORD)(?![\w&/_-]|\s[A-Z])"
)
"""A word of a name where a subject stands, or with its capital inside a sentence."""


_CAPITALISED = re.compile(r"(?<![\w&/-])[A-Z][a-z]+(?![\w&/-])")


def without_aliases(text: str, vocabulary: Vocabulary) -> str:
    """The text with whole names and labels for their short forms."""
    if not vocabulary.has_short_labels:
        return text
    if "=" in text:
        text = _with_labels(text, vocabulary)
    names = _defined(text, vocabulary) if re.search(r"[=:([]|\bfor\b", text) else {}
    for alias, name in names.items():
        before = rf"{_around(alias)} ?(?:=|:=|≙|:|short for|stands for) ?(?=\W{{0,3}}{name})"
        behind = rf"(?<={name}) ?[(\[][^()\[\]\n]{{0,12}}\b{alias}\W{{0,3}}[)\]]"
        text = re.sub(_around(alias), name, re.sub(f"{before}|{behind}", "", text))
    return _with_whole_names(text, vocabulary)


def _around(alias: str) -> str:
    return rf"(?<![\w&.]){alias}(?![\w&])"


def _defined(text: str, vocabulary: Vocabulary) -> dict[str, str]:
    """The names that the text gives a short form, by that form; of two names none."""
    meanings: dict[str, set[str]] = {}
    for match in _DEFINED.finditer(text):
        name, alias = match["after"] or match["name"], match["before"] or match["inside"]
        named = vocabulary.find_names(name)
        name = named[0][2] if named else ""
        is_sure = bool(match["before"]) and "=" in match[0]
        is_known = alias.lower() in vocabulary.known
        if name and not is_known and _is_short_for(alias, name, is_sure=is_sure):
            meanings.setdefault(alias, set()).add(name)
    return {alias: names.pop() for alias, names in meanings.items() if len(names) == 1}


def _is_short_for(alias: str, name: str, *, is_sure: bool) -> bool:
    """Whether a word may stand for a name: its initials, or the beginnings of its words."""
    if alias.lower() == "".join(word[0] for word in name.split()).lower():
        return alias.isupper() or is_sure
    return is_sure and _is_within(alias, name)


def _is_within(alias: str, text: str) -> bool:
    """Whether the letters of a short form stand in a text in order, the first one first."""
    letters = iter(text.lower().replace(" ", ""))
    return alias[0].lower() == text[0].lower() and all(
        letter in letters for letter in alias.lower()
    )


def _with_labels(text: str, vocabulary: Vocabulary) -> str:
    """The text with labels for the short forms that it defines: "hc = headcount"."""
    defined = {
        match[0]: (match["before"], label)
        for match in _LABELLED.finditer(text)
        if (label := _label(match["label"], vocabulary))
        and match["before"].lower() not in vocabulary.known
        and not role_of(match["before"], vocabulary.heads)
        and _is_within(match["before"], match["label"])
    }
    aliases = [alias for alias, _ in defined.values()]
    for definition, (alias, label) in defined.items():
        if aliases.count(alias) == 1:
            behind = r"(?![\w.])" if len(alias) > 2 else r"(?=\s*[:=]?\s*[$~≈]?\d|\s*\|)"
            text = text.replace(definition, "", 1)
            text = re.sub(rf"(?<![\w.]){alias}{behind}", f"{label} ", text)
    return text


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
    verbs = sorted({verb.split()[0] for key in vocabulary.keys for verb in key.verbs})
    pattern = _ALONE.replace("WORD", "|".join(sorted(words))).replace("VERB", "|".join(verbs))
    return re.sub(pattern, lambda match: _whole(match, words), text)


def _whole(match: re.Match[str], words: Mapping[str, str]) -> str:
    """The whole name; within a sentence only behind a word in small letters."""
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
    return {
        word: next(iter(owner)) for word, owner in owners.items()
        if len(owner) == 1 and len(word) > 2 and word.lower() not in vocabulary.known
    }  # fmt: skip
