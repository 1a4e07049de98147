"""Parts of a sentence: which names and labels belong together."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from memorygym.scoring.fact_reader import cues
from memorygym.scoring.fact_reader.claims import Mark
from memorygym.scoring.fact_reader.key import Named
from memorygym.scoring.fact_reader.values import candidates

NAME_SIGN, LABEL_SIGN = "\ue000", "\ue001"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a sentence; names and marks are masked in its text."""

    text: str
    lower: str
    """The text in lower case."""
    names: tuple[Named, ...]
    marks: tuple[Mark, ...]
    is_clear: bool = True
    """Whether borders or signs show which label has which value."""
    about: str = ""
    """The entity that "which" at its start means."""

    def cut(self, start: int, end: int, is_clear: bool = True) -> "Part":
        names = ((s - start, e - start, n) for s, e, n in self.names if start <= s < end)
        marks = (
            mark._replace(start=mark.start - start, end=mark.end - start)
            for mark in self.marks
            if start <= mark.start < end
        )
        return Part(
            self.text[start:end], self.lower[start:end], tuple(names), tuple(marks), is_clear
        )


def longest(marks: Sequence[Mark]) -> list[Mark]:
    """The marks in order; of two that overlap the longer one, of two at one place both as one."""
    kept: list[Mark] = []
    for mark in sorted(marks, key=lambda mark: (mark.start - mark.end, mark.start)):
        same = next((other for other in kept if other[:2] == mark[:2]), None)
        if same:
            kept.remove(same)
            kept.append(mark._replace(keys=(*same.keys, *mark.keys)))
        elif not any(mark.start < other.end and other.start < mark.end for other in kept):
            kept.append(mark)
    return sorted(kept, key=lambda mark: mark.start)


def sole(part: Part) -> str:
    """The only entity that the part names, or ""."""
    names = {name for _, _, name in part.names}
    return names.pop() if len(names) == 1 else ""


def owner_of(part: Part, inherited: str) -> str:
    """The entity whose values the part holds: the one that it names, "?" if it names several, or
    the one of the sentence."""
    return sole(part) or ("?" if part.names else inherited)


def opening_of(part: Part) -> str:
    """The entity whose name opens a sentence that has a label, a relation or a choice."""
    if part.names and (part.marks or cues.IS_A_KIND.search(part.lower)):
        before = _FIELD.sub("", part.text[: part.names[0][0]])
        if not _STATED_BEFORE.search(before):
            return part.names[0][2]
    return ""


_FIELD, _STATED_BEFORE = re.compile(r"^\W*\w+\s*[=:]"), re.compile(rf"[\w{LABEL_SIGN}]")
WORD_OR_NAME = re.compile(rf"[^\W\d]|{NAME_SIGN}")
WORD_OR_LABEL = re.compile(rf"[^\W\d]|{LABEL_SIGN}")
HEAD = re.compile(
    r"[\"'`*\])]*(?:'s)?\s*(?:\([^()]*\)|\[[^\[\]]*\])?[\"'`*]*\s*(?::|→|\||·|=|[—–-](?=\s))"
)


def head_of(part: Part) -> str:
    """The entity before a colon or a dash at the start of a sentence."""
    if not part.names:
        return ""
    start, end, name = part.names[0]
    opens = not WORD_OR_LABEL.search(part.text, 0, start)
    return name if opens and HEAD.match(part.text, end) else ""


def merged(part: Part) -> list[Mark]:
    """The marks; of a label and its alias in brackets behind it only the later one, of two around
    a figure the former: "breaks beyond 252 entries"."""
    marks: list[Mark] = []
    for mark in part.marks:
        if marks and marks[-1].keys == mark.keys:
            gap = part.text[marks[-1].end : mark.start]
            if re.fullmatch(r"[\s:=]*[\d.,]*\d\s", gap):
                continue
            if not re.search(r"[\w\ue000]", gap):
                marks.pop()
        marks.append(mark)
    return marks


def has_values_first(part: Part, marks: Sequence[Mark]) -> bool:
    """Whether values stand before their labels, as in "229 vans 300 patents"."""
    if not marks or marks[0].keys[0].kind == "entity":
        return False
    before = candidates(marks[0].keys[0], part.text[: marks[0].start])
    return bool(before) and not cues.EXPLICIT.match(part.text, marks[0].end)


def before_names(part: Part, start: int, end: int) -> int:
    """Where the names directly before a label begin, or the label itself."""
    objects, label = objects_of(part), end
    for name in reversed(part.names):
        gap = part.text[name[1] : end].replace("'s", "")
        if end < label and "→" in gap:
            break  # The value of the label before: "invented X → X extends Y".
        if start <= name[0] < end and name[2] not in objects and not re.search(r"\w", gap):
            end = name[0]
    return end


def is_behind_cue(text: str, index: int) -> bool:
    """Whether a name stands behind a cue in its clause: "versus 400 at ann lee"."""
    borders = [match.end() for match in cues.SOFT.finditer(text, 0, index)]
    clause = text[borders[-1] if borders else 0 : index]
    return bool(cues.BEHIND.search(clause) or cues.OTHER.search(clause))


def term(text: str) -> str:
    """The two months of a term of office, as codes end with them; "" if there are not two."""
    months = [
        f"{match[2]}-{cues.MONTH_NUMBERS[match[1].lower()]:02d}"
        if match[1]
        else f"{match[3]}-{match[4]}"
        for match in cues.MONTH.finditer(text)
    ]
    return " ".join(["", *months]) if len(months) == 2 else ""


def terms_of(part: Part, mark: Mark) -> list[Part]:
    """One piece for each of several people with two months each; [] if it is not so."""
    starts = [name[0] for name in part.names if name[0] >= mark.end or mark not in part.marks]
    pieces = [part.cut(*span) for span in pairwise([*starts, len(part.text)])]
    pieces = [piece for piece in pieces if term(piece.text)]
    return [replace(piece, marks=()) for piece in pieces] if len(pieces) > 1 else []


def termed(mark: Mark, text: str) -> Mark:
    """The mark with the term that the text gives, if its key has one."""
    return mark._replace(parameter=term(text)) if mark.keys[0].has_term else mark


_FOR = re.compile(r"\bfor (?:the )?$", re.IGNORECASE)
_ENTERED = re.compile(r"\W*(?:put|enter|note|write)\W*")


def objects_of(part: Part) -> set[str]:
    """The entities that stand where a relation has its value."""
    objects: set[str] = set()
    for mark in part.marks if part.names else ():
        if mark.keys[0].kind == "entity" and mark.form != "inverse":
            behind = [name for name in part.names if name[0] >= mark.end]
            is_value = mark.form == "verb" or not _FOR.search(part.text[: mark.start])
            is_value |= bool(behind and _ENTERED.fullmatch(part.text, mark.end, behind[0][0]))
            if is_value:
                objects.update(listed(part.text, mark.end, behind))
            elif len(behind) == 1:
                objects.add(behind[0][2])
            before = [name for name in part.names if name[1] <= mark.start][-1:]
            if before and mark.form == "label" and _is_as(part.text, before[0][1], mark.start):
                objects.add(before[0][2])
    return objects


def _is_as(text: str, start: int, end: int) -> bool:
    """Whether only "as" parts a value from the label behind it: "put Ann Lee down as mentor"."""
    return bool((match := cues.AS_A.fullmatch(text, start, end)) and match["as"])


def subjects_of(part: Part) -> set[str]:
    """The entities that a part could be about: neither values of relations nor said not to be."""
    if not part.names:
        return set()
    names = {name for _, _, name in part.names} - objects_of(part)
    if len(names) < 2:
        return names
    others = {name for start, _, name in part.names if is_behind_cue(part.lower, start)}
    return names - others or names


def linked(
    piece: Part, mark: Mark, before: Sequence[Named], behind: Sequence[Named]
) -> tuple[str, list[str]]:
    """The subject and the values of a relation, from the names before and behind it."""
    text = piece.text
    after = listed(text, mark.end, behind)
    if len(before) == 2 and not behind and RECIPROCAL.match(text, mark.end):
        return before[0][2], [before[1][2]]
    if mark.form == "label" and mark in piece.marks:
        owner = next((n for n in behind if cues.OWNED.fullmatch(text, mark.end, n[0])), None)
        if owner:
            others = [name for name in piece.names if name is not owner]
            return owner[2], [others[0][2]] if len({n[2] for n in others}) == 1 else []
        if not after and len(before) > 1 and cues.AS_A.fullmatch(text, before[-1][1], mark.start):
            return before[-2][2], [before[-1][2]]
        if not after and len(before) == 1 and _is_as(text, before[0][1], mark.start):
            return "", [before[0][2]]
        if (
            not before
            and len(behind) == 2
            and len(after) == 1
            and not cues.EXPLICIT.match(text, mark.end)
        ):
            return behind[0][2], [behind[1][2]]
        if before and after and _is_between_dashes(text, mark, before[-1], behind[0]):
            return "?", after
        return before[-1][2] if before else "", after
    if mark.form == "inverse":
        return after[0] if len(after) == 1 else "", [before[-1][2]] if before else []
    if not after and len(before) == 2 and re.search(r"\b(?:what|whom?|that)\b", text):
        return before[1][2], [before[0][2]]
    return before[-1][2] if before else "", after


RECIPROCAL = re.compile(r"\W*(?:each other|one another)\b", re.IGNORECASE)


def _is_between_dashes(text: str, mark: Mark, before: Named, behind: Named) -> bool:
    """Whether dashes part a label from two names, so that either could own the other."""
    gaps = text[before[1] : mark.start], text[mark.end : behind[0]]
    return all(gap.strip() == "—" for gap in gaps)


def listed(text: str, start: int, names: Sequence[Named]) -> list[str]:
    """The names of the list that begins at an index."""
    found: list[str] = []
    for name in names:
        gap = (cues.JOINED,) if found else (cues.JOINED, cues.VALUE_IS)
        if not any(pattern.fullmatch(text, start, name[0]) for pattern in gap):
            break
        if found and text[name[1] : name[1] + 1] in ("'", "’"):
            break  # It begins the next clause: "… and Ann Lee's employer is …".
        found.append(name[2])
        start = name[1]
    return found


_ALSO = re.compile(r"\b(?:also|another) (?:an? )?$")


def is_alone(text: str, start: int, end: int) -> bool:
    """Whether a choice stands in quotes, in brackets, or with nothing else in its clause."""
    before = _ALSO.sub("", text[:start])
    left, right = before.rstrip(" *_")[-1:], text[end:].lstrip(" *_")[:1]
    is_picture = "\u2190" <= left <= "\u2bff" or "\U0001f000" <= left <= "\U0001faff"
    is_opened = is_picture or left in "'\"‘“([|,;:—–-→=·/>\t`"
    return is_opened and right in "'\"’”)]|,;:.—–-→·/<\t`"
