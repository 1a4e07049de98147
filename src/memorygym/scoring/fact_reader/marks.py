"""Finds what a sentence names: its entities, and its labels and verbs with what stands by them.

A word counts as a short label if it can mean one label only and stands beside a value of it: "352
vans", "rev 40.1M".
"""

import re
from collections.abc import Iterable

from memorygym.core.statements import FORMER
from memorygym.scoring.fact_reader import cues
from memorygym.scoring.fact_reader.claims import Mark
from memorygym.scoring.fact_reader.key import Key
from memorygym.scoring.fact_reader.parts import (
    LABEL_SIGN,
    NAME_SIGN,
    WORD_OR_LABEL,
    Part,
    longest,
)
from memorygym.scoring.fact_reader.phrases import mask
from memorygym.scoring.fact_reader.values import candidates
from memorygym.scoring.fact_reader.vocabulary import Vocabulary
from memorygym.scoring.fact_reader.words import GENERIC, lowered

_SERIES = re.compile(r"[^\s,]{0,3}, ?[$€£]?\d[\d.]*[^\s,]{0,3}, ?[$€£]?\d")
_STATED = re.compile(rf"[\w{NAME_SIGN}{LABEL_SIGN}]")
_WORD = re.compile(r"[^\W\d_](?:&[^\W\d_]|[^\W\d_]{2,})\.?")
_LIST = re.compile(rf"(?: ?\([^()]*\))?\s?[:—-]\s*{NAME_SIGN}")
"""Stands behind a label that opens a list: "Defects (open): Ann Lee 300, Bob Ray 400"."""


def marked(sentence: str, vocabulary: Vocabulary, *, has_default: bool) -> Part:
    """The sentence with its names and labels. `has_default`: values without label have one."""
    if not WORD_OR_LABEL.search(sentence):
        return Part(sentence, sentence, (), ())
    names = vocabulary.find_names(sentence)
    masked = mask(sentence, names, NAME_SIGN)
    lower = lowered(masked)
    marks = [
        Mark(*found, form)
        for form, phrases in vocabulary.phrases
        for found in phrases.find(masked, lower)
        if form == "label" or not cues.NOUN.search(lower[: found[0]])
    ]
    if marks:
        marks = longest(marks) if len(marks) > 1 else marks
        marks = [_qualified(mark, masked) for mark in marks]
        marks = [mark for mark in marks if not _is_noun(mark, marks, lower)]
        masked, lower = (mask(text, marks, LABEL_SIGN) for text in (masked, lower))
        marks = [_with_brackets(mark, masked) for mark in marks]
    for find in (_short_verbs, short_labels):
        if short := find(masked, vocabulary, has_default):
            masked, lower = (mask(text, short, LABEL_SIGN) for text in (masked, lower))
            marks = sorted([*marks, *short], key=lambda mark: mark.start)
    return Part(masked, lower, tuple(names), tuple(marks))


def _short_verbs(text: str, vocabulary: Vocabulary, _: bool) -> list[Mark]:
    """The short forms of verbs: "@" for "works at"."""
    return [Mark(*found, "", "verb") for found in vocabulary.short_verbs.find(text)]


def _qualified(mark: Mark, text: str) -> Mark:
    """The mark with what the text says beside it of its value."""
    match = cues.QUALIFIED.match(text, mark.end)
    return mark._replace(end=match.end(), role=FORMER) if match else mark


def _with_brackets(mark: Mark, text: str) -> Mark:
    """The mark with the brackets behind it: "director (from May 2003 to June 2010):"."""
    match = cues.QUALIFIER.match(text, mark.end)
    return mark._replace(end=match.end()) if match else mark


def _is_noun(mark: Mark, marks: Iterable[Mark], text: str) -> bool:
    """Whether a label is what a verb is said of: "the instrument devised by Ann Lee"."""
    if mark.form != "label" or not cues.NOUN.search(text[: mark.start]):
        return False
    return any(mark.end + 1 == after.start and after.form != "label" for after in marks)


def short_labels(text: str, vocabulary: Vocabulary, has_default: bool) -> list[Mark]:
    """Words that can mean one label only, each beside a value of its key."""
    marks: list[Mark] = []
    for match in _WORD.finditer(text):
        keys = vocabulary.short.keys_of(match[0])
        last = marks[-1] if marks else None
        shared = tuple(key for key in keys if last and key in last.keys)
        if last and shared and not text[last.end : match.start()].strip(" ."):
            marks[-1] = last._replace(end=match.end(), keys=shared)
        elif keys:
            marks.append(Mark(match.start(), match.end(), keys))
    if len(marks) == 1 and not has_default and text[slice(*marks[0][:2])].lower() not in GENERIC:
        rest = text[: marks[0].start] + text[marks[0].end :]
        if len(marks[0].keys) == 1 and not _STATED.search(rest):
            return marks
    placed = []
    for mark in marks:
        is_generic = text[mark.start : mark.end].lower() in GENERIC
        keys = tuple(
            key
            for key in mark.keys
            if _is_beside_a_value(mark, key, text) and not (is_generic and key.kind == "date")
        )
        keys = tuple(vocabulary.short.likeliest(text[mark.start : mark.end], keys))
        if len(keys) == 1:
            placed.append(mark._replace(keys=keys))
    return [
        mark
        for mark in placed
        if not _is_labelled(mark, text)
        and (text[mark.start : mark.end].lower() not in GENERIC or _is_all(mark, text))
    ]


def _is_beside_a_value(mark: Mark, key: Key, text: str) -> bool:
    """Whether a value of the key stands next to the mark, and beside no other label."""
    behind = text[mark.end : mark.end + 100]
    for value in candidates(key, behind)[:1]:
        gap = behind[: value.start]
        is_signed = key.kind != "text" or bool(
            re.search(r"[:=→|—\"“]", gap + behind[value.start : value.start + 1])
        )
        if key.kind == "number" and _SERIES.match(behind, value.end):
            return False
        is_on = key.kind == "date" and gap == " on "
        if (is_on or cues.LEVEL.fullmatch(gap)) and is_signed:
            return not re.match(rf"[ *_]{{0,3}}{LABEL_SIGN}", behind[value.end :])
    if _LIST.match(text, mark.end) and not re.search(r"\w", text[: mark.start]):
        return bool(candidates(key, behind))
    before = text[max(0, mark.start - 60) : mark.start]
    for value in candidates(key, before)[-1:] if key.kind in ("number", "enum") else ():
        if before[value.end :] in (" ", "-") or _is_unit(before[value.end :], key):
            return not re.search(rf"{LABEL_SIGN}[\s:=]*$", before[: value.start])
    return False


def _is_unit(gap: str, key: Key) -> bool:
    """Whether the word between a value and a short label is of the label: "352 d shoot"."""
    match = re.fullmatch(r" ?([a-z]{1,4}|/) ?", gap)
    words = " ".join(key.labels).split()
    if match is None or match[1] in ("a", "per", "/"):
        return match is not None and "per" in words
    return any(word.startswith(match[1]) for word in words)


def _is_all(mark: Mark, text: str) -> bool:
    """Whether a segment holds nothing but a label and its value."""
    start, end = _segment(mark, text)
    rest = text[start : mark.start] + " " + text[mark.end : end]
    return any(
        not re.search(r"[^\W_]", rest[: value.start] + rest[value.end :])
        for key in mark.keys
        for value in candidates(key, rest)
    )


def _segment(mark: Mark, text: str) -> tuple[int, int]:
    """Where the segment around a label starts and ends."""
    borders = [match.span() for match in cues.SEGMENT.finditer(lowered(text))]
    start = max((end for _, end in borders if end <= mark.start), default=0)
    end = min((begin for begin, _ in borders if begin >= mark.end), default=len(text))
    return start, end


def _is_labelled(mark: Mark, text: str) -> bool:
    """Whether the segment around a short label has a full one, or speaks of something else."""
    if cues.CONTRAST.search(lowered(text)[: mark.start]):
        return True
    start, end = _segment(mark, text)
    return LABEL_SIGN in text[start:end]
