"""Choices that need no label: the group that an entity belongs to, the state that it is in."""

import re
from collections.abc import Iterator

from memorygym.scoring.fact_reader import cues, parts
from memorygym.scoring.fact_reader.claims import Claim
from memorygym.scoring.fact_reader.parts import Part
from memorygym.scoring.fact_reader.vocabulary import Vocabulary


class Choices:
    """Finds what the choices of one vocabulary state that stand without their labels."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary

    def apposed(self, part: Part, subject: str) -> Iterator[Claim]:
        """What choices state that follow a name or a pronoun, which means the subject: "Ann Lee,
        which is a Finance firm", "It is an Energy firm", "Bob Ray is idle"."""
        for match in self._vocabulary.lone_pattern.finditer(part.text):
            key = self._vocabulary.lone[match[0]]
            if parts.is_alone(part.text, *match.span()):
                continue
            name = next((n for n in reversed(part.names) if n[1] <= match.start()), None)
            pronoun = None if name else cues.PRONOUN.match(part.text)
            before = name[1] if name else pronoun.end() if pronoun else -1
            pattern = cues.APPOSED if name else cues.IS_IN
            if not key.stands_alone:
                pattern = cues.IS_BARE
                is_labelled = any(key in mark.keys for mark in part.marks)
                if is_labelled or not cues.ENDS.match(part.text, match.end()):
                    continue
            if before >= 0 and pattern.fullmatch(part.text, before, match.start()):
                yield Claim(name[2] if name else subject, key.code, match[0])

    def lone(self, piece: Part, inherited: str) -> Iterator[Claim]:
        """What choices state that stand alone: in brackets, in quotes, in a cell, before a list."""
        mark = piece.marks[0] if piece.marks else None
        for match in self._vocabulary.lone_pattern.finditer(piece.text):
            key = self._vocabulary.lone[match[0]]
            if (mark and key in mark.keys) or not parts.is_alone(piece.text, *match.span()):
                continue
            if key.stands_alone and cues.OPENS_LIST.match(piece.text, match.end()):
                names = parts.listed(piece.text, match.end(), piece.names)
                if len(names) == len(piece.names) > 1 and not piece.marks:
                    yield from (Claim(name, key.code, match[0]) for name in names)
                    continue
            near = next((n for n in reversed(piece.names) if n[1] <= match.start()), None)
            is_beside = near and not re.search(r"\w", piece.text[near[1] : match.start()])
            subject = near[2] if near and is_beside else parts.owner_of(piece, inherited)
            if subject != "?" and (subject or key.stands_alone):
                yield Claim(subject, key.code, match[0])
