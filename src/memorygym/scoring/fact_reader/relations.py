"""Relations: which of the names around a verb or a label is the subject, and which the values."""

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

from memorygym.scoring.fact_reader import cues
from memorygym.scoring.fact_reader.claims import IT, Mark
from memorygym.scoring.fact_reader.key import Key, Named
from memorygym.scoring.fact_reader.parts import (
    NAME_SIGN,
    Part,
    is_behind_cue,
    linked,
    listed,
    owner_of,
)
from memorygym.scoring.fact_reader.vocabulary import Vocabulary

_OR = re.compile(r",? or (?:the )?")


class Link(NamedTuple):
    """The entities that a relation links."""

    subject: str
    """"" if the names give none, "?" if two could be it."""
    values: list[str]
    mark: Mark


class RelationLinker:
    """Finds what relations link, with the types of entities."""

    def __init__(self, type_of: Callable[[str], str]) -> None:
        self._type_of = type_of

    def fitting(self, mark: Mark, piece: Part) -> Mark:
        """The mark with the only relation whose types fit the names of the piece."""
        keys = [key for key in mark.keys if key.kind == "entity"]
        types = {self._type_of(name) for _, _, name in piece.names}
        fitting = [key for key in keys if not key.value or key.value in types]
        return mark._replace(keys=tuple(fitting or keys)[:1])

    def owner(self, piece: Part, key: Key, inherited: str) -> str:
        """See parts.owner_of; of several names, or one that may not have the key, the one that
        may."""
        if key.subject and piece.names:
            fitting = {n for _, _, n in piece.names if self._type_of(n) == key.subject}
            if len(fitting) == 1:
                return fitting.pop()
            if not fitting and inherited and self._type_of(inherited) == key.subject:
                return inherited
        return owner_of(piece, inherited)

    def place(self, mark: Mark, piece: Part) -> Named | None:
        """The name behind a number with the same label: "was born in 1941 in Joramere Ford"."""
        types = {key.value for key in mark.keys if key.kind == "entity" and key.value}
        behind = [name for name in piece.names if name[0] >= mark.end]
        places = [name for name in behind if self._type_of(name[2]) in types]
        return places[0] if len(places) == len(behind) == 1 and mark.form != "inverse" else None

    def link(self, piece: Part, mark: Mark, head: str, inherited: str) -> Link:
        """What a relation links; `head` is the entity of the line, `inherited` of the sentence."""
        at = mark.start if mark in piece.marks else 0
        before = [name for name in piece.names if name[0] < at]
        behind = [name for name in piece.names if name[0] >= at]
        if mark not in piece.marks and head and behind and behind[0][2] == head:
            before, behind = behind[:1], behind[1:]
            mark = mark._replace(end=behind[0][0] if behind else 0)
        if len(before) > 1:
            before = [n for n in before if not is_behind_cue(piece.lower, n[0])] or before
        if len(before) > 1 and _OR.fullmatch(piece.text, before[-2][1], before[-1][0]):
            return Link("?", [before[-1][2]], mark)
        owners = names = [name for _, _, name in piece.names]
        if mark.form == "verb" and mark in piece.marks and self._owns(inherited, mark.keys[0]):
            owners = [name for _, _, name in before]
            names = [*owners, *listed(piece.text, mark.end, behind)]
        elif mark.form == "inverse" and mark in piece.marks and behind:
            several = listed(piece.text, mark.end, behind)
            names = [*(name for _, _, name in before), *several] if several else names
        typed = self._typed(names, owners, mark.keys[0], inherited)
        if mark.form == "inverse" and typed == ("", []) and len(piece.names) == 1:
            name = piece.names[0][2]
            typed = (name, []) if self._may_own(name, mark.keys[0]) else typed
        subject, values = typed or linked(piece, mark, before, behind)
        if mark.form == "inverse" and not values and inherited not in ("", "?", subject):
            values = [inherited] if subject else []
        return Link(subject, values, mark)

    def roster(self, piece: Part, mark: Mark) -> list[str]:
        """The names behind "employees:", if all of them can have the relation; the names of a list
        behind "is called by" or "mentor of"."""
        names = [name for _, _, name in piece.names]
        behind = [name for name in piece.names if name[0] >= mark.end]
        start = mark.end
        if mark.form == "label" and behind:
            is_owned = cues.OWNED.fullmatch(piece.text, mark.end, behind[0][0])
            start = behind[0][0] if is_owned else len(piece.text)
        several = listed(piece.text, start, behind)
        last = behind[len(several) - 1][0] if several else start
        if mark.form == "label" and (not several or re.search(r"[:=→|—(]", piece.text[start:last])):
            return []
        if len(several) > 1 and len(several) == len(behind) >= len(names) - 1:
            return several if all(self._may_own(name, mark.keys[0]) for name in several) else []
        is_list = bool(cues.EXPLICIT.match(piece.text, mark.end)) and bool(mark.keys[0].subject)
        can_all = all(self._type_of(name) == mark.keys[0].subject for name in names)
        return names if is_list and len(behind) == len(names) and can_all else []

    def pairs(self, piece: Part, mark: Mark) -> list[tuple[str, str]]:
        """The pairs of subject and value behind a label: "Mayors: Orm Ford = Ann Lee; Sol Cross =
        Bob Ray"; [] if there are not two or more."""
        names, text, key = piece.names, piece.text, mark.keys[0]
        is_list = len(names) > 3 and len(names) % 2 == 0 and names[0][0] >= mark.end
        if not is_list or mark.form == "inverse" or re.search(r"\w", text[: mark.start]):
            return []
        if not cues.EXPLICIT.match(text, mark.end):
            return []
        gaps = [text[left[1] : right[0]].strip(" \"'`*") for left, right in pairwise(names)]
        is_paired = len(set(gaps[::2])) == 1 and gaps[0] in ("=", "→", ":", "—", "(")
        if not is_paired or not {gap.lstrip(")") for gap in gaps[1::2]} <= {",", ";", "|", "·"}:
            return []
        couples = [(left[2], right[2]) for left, right in pairwise(names)][::2]
        if key.value and key.value == self._type_of(couples[0][0]) != key.subject:
            couples = [(right, left) for left, right in couples]
        return couples if gaps[0] != "(" or key.value else []

    def _owns(self, name: str, key: Key) -> bool:
        """Whether a name is that of an entity that may have the key."""
        return name not in ("", "?") and self._may_own(name, key)

    def _typed(
        self, names: Sequence[str], owners: Sequence[str], key: Key, inherited: str
    ) -> tuple[str, list[str]] | None:
        """The subject, one of the owners, and the values by their types; None if the types leave it
        open."""
        if not key.value or key.subject == key.value:
            return None
        names = list(dict.fromkeys(names))
        subjects = [name for name in names if name in owners and self._may_own(name, key)]
        values = [name for name in names if self._type_of(name) == key.value]
        is_value = inherited not in ("", "?") and self._type_of(inherited) == key.value
        if len(subjects) == 1 and not values and is_value:
            return subjects[0], [inherited]
        if len(subjects) > 1 or len(values) != 1:
            return ("", []) if len(subjects) + len(values) < len(names) or not values else None
        return subjects[0] if subjects else "", values

    def _may_own(self, name: str, key: Key) -> bool:
        """Whether an entity is of the type that has the key."""
        type_ = self._type_of(name)
        return type_ == key.subject if key.subject else type_ != key.value


def is_former(text: str, ends: Sequence[int]) -> bool:
    """Whether the text says of a relation, whose values end there, that it holds no longer."""
    return "ntil release" in text or any(cues.QUALIFIED.match(text, end) for end in ends)


def is_bare(piece: Part, at: int) -> bool:
    """Whether a name and a label stand side by side, as words to search for."""
    return any(end <= at and not piece.text[end:at].strip() for _, end, _ in piece.names)


def meant(
    text: str, vocabulary: Vocabulary, names: Sequence[str], before: Sequence[str], last: str
) -> str:
    """The entity that a pronoun at the start means: "it", "that town"; "" is none, "?" if it could
    be two. `names` are those so far, `before` those of the sentence before, `last` the one that it
    is about."""
    pronoun = cues.PRONOUN.match(text)
    if pronoun is None:
        return ""
    noun = (pronoun["noun"] or "").lower()
    is_named = re.match(rf"[\s\"'`*]*{NAME_SIGN}", text[pronoun.end() :])
    if noun and (is_named or noun not in vocabulary.nouns):
        return ""
    is_nearest = bool(noun and pronoun["nearest"] and before)
    named = before if is_nearest else filter(None, (*names, last))
    kin = [name for name in named if noun and vocabulary.type_of(name) == noun]
    if is_nearest and not kin and len(before) > 1:
        return "?"
    return kin[-1] if kin else last or IT
