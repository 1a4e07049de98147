"""Finds what a sentence names: its entities, and its labels and verbs with what stands by them."""

from collections.abc import Iterable

from memorygym.scoring.fact_reader import cues
from memorygym.scoring.fact_reader.claims import FORMER, Mark
from memorygym.scoring.fact_reader.parts import (
    LABEL_SIGN,
    NAME_SIGN,
    WORD_OR_LABEL,
    Part,
    longest,
    with_qualifier,
)
from memorygym.scoring.fact_reader.phrases import mask
from memorygym.scoring.fact_reader.short_labels import short_labels
from memorygym.scoring.fact_reader.vocabulary import Vocabulary
from memorygym.scoring.fact_reader.words import lowered


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
        marks = [with_qualifier(mark, masked) for mark in marks]
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


def _is_noun(mark: Mark, marks: Iterable[Mark], text: str) -> bool:
    """Whether a label is what a verb is said of: "the instrument devised by Ann Lee"."""
    if mark.form != "label" or not cues.NOUN.search(text[: mark.start]):
        return False
    return any(mark.end + 1 == after.start and after.form != "label" for after in marks)
