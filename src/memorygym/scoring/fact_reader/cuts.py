"""Cuts lines into sentences, these into clauses, and clauses into pieces with one label each."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise

from memorygym.scoring.fact_reader import cues
from memorygym.scoring.fact_reader.claims import Mark
from memorygym.scoring.fact_reader.key import Named
from memorygym.scoring.fact_reader.parts import (
    LABEL_SIGN,
    NAME_SIGN,
    RECIPROCAL,
    WORD_OR_NAME,
    Part,
    before_names,
    has_values_first,
    is_behind_cue,
    listed,
    merged,
)
from memorygym.scoring.fact_reader.values import candidates

_LONGEST = 2_000
"""Characters after which a sentence is cut, so that time is in proportion to a line's length."""
_CUT_OFF = re.compile(r"([^\W\d_]+)\.$")
_SAID_OF = re.compile(r"[\d$€£~≈\"“]")
"""Begins what follows a word that is cut off, rather than a sentence."""
_WHICH = re.compile(rf"\W*(?:which|who|that)\b|, (?:whose\b|an? (?!{LABEL_SIGN}))", re.IGNORECASE)
_SEVERAL = re.compile(
    rf"\b(?:both|all) (?P<behind>{NAME_SIGN}+(?:, {NAME_SIGN}+)*\W+(?:and )?{NAME_SIGN}+)"
    rf"|(?P<before>{NAME_SIGN}+(?:, {NAME_SIGN}+)*(?:,| and| &|, and) {NAME_SIGN}+)"
    rf"(?P<each>(?: have| are)? (?:both|all|each)\b)?",
    re.IGNORECASE,
)
_COLON = re.compile(r"[\"'`*\]]{0,3}:")
_CELL = re.compile(r"\s?\|\s?|\s·\s")
_HOP = re.compile(r"[\s\"'`*\])]*(?:→|[-=—]{1,2})[\s(\[\"'`*]*")
"""Stands between an entity and the relation that leads on from it."""


def sentences(text: str, is_cut_off: Callable[[str], bool]) -> Iterator[str]:
    """The sentences of a line; a very long one in pieces. Some words are cut off: "rev. 300"."""
    for sentence in _whole_sentences(text, is_cut_off):
        start = 0
        while len(sentence) - start > _LONGEST:
            cuts = (sentence.rfind(border, start, start + _LONGEST) for border in (";", ",", " "))
            end = next((cut + 1 for cut in cuts if cut > start), start + _LONGEST)
            yield sentence[start:end]
            start = end
        yield sentence[start:]


def _whole_sentences(text: str, is_cut_off: Callable[[str], bool]) -> Iterator[str]:
    start = 0
    for match in cues.SENTENCE.finditer(text):
        end = match.start() + 1
        before = text[max(start, end - 12) : end]
        word = _CUT_OFF.search(before) if _SAID_OF.match(text, match.end()) else None
        if not cues.ABBREVIATION.search(before.lower()) and not (word and is_cut_off(word[1])):
            yield text[start:end]
            start = match.end()
    if text[start:].strip():
        yield text[start:]


def each_of_several(part: Part, text: str) -> list[Part]:
    """The sentence once for each of the entities that it is about: "Ann Lee and Bob Ray both …",
    "Ann Lee and Bob Ray work at …". `text` is the sentence without masks."""
    for match in _SEVERAL.finditer(part.text) if len(part.names) > 1 else ():
        before = [mark for mark in part.marks if mark.start < match.start()]
        if before and (before[-1].is_link or match["before"]):
            return [part]  # They are the values of a relation.
        verb = next((m for m in part.marks if match.end() < m.start <= match.end() + 6), None)
        if verb and RECIPROCAL.match(part.text, verb.end):
            return [part]
        is_told = match["behind"] or match["each"]
        if is_told or (verb and verb.form == "verb" and _is_plural(text, match.end(), verb.end)):
            span = match.span("behind" if match["behind"] else "before")
            own = [name for name in part.names if span[0] <= name[0] < span[1]]
            return [
                replace(part, names=tuple(n for n in part.names if n == name or n not in own))
                for name in own
            ]
    return [part]


def _is_plural(text: str, start: int, end: int) -> bool:
    """Whether the verb between two indices is in the plural."""
    return bool(re.match(r" (?:(?:all|both|each|are|were) |[a-z]*[^\Ws]\b)", text[start:end]))


def clauses(part: Part) -> Iterator[Part]:
    """The sentence, cut between clauses that each have a label with its value: at semicolons,
    before names with a colon, and at names that end one relation and begin the next
    ("→ mentor → Ann Lee → employer →")."""
    if ";" not in part.text and len(part.names) < 2:
        yield part
        return
    hops = {name[0] for name, after in pairwise(part.names) if _is_hop(part, name, after)}
    borders = [match.span() for match in re.finditer(r";\s", part.text)] if ";" in part.text else []
    borders += [
        (name[1] if name[0] in hops else name[0], name[0])
        for name in part.names[1:]
        if name[0] in hops or _COLON.match(part.text, name[1])
    ]
    start = 0
    for left, right in sorted(borders):
        before, after = part.cut(start, left), part.cut(right, len(part.text))
        after = after.cut(0, len(after.text.partition("; ")[0]))
        is_inside = right not in hops and before.text.count("(") > before.text.count(")")
        if not is_inside and _is_whole(before) and _is_whole(after):
            yield before
            start = right
    yield part.cut(start, len(part.text)) if start else part


def is_elliptic(part: Part) -> bool:
    """Whether a clause begins with a verb: its subject is that of the clause before."""
    first = part.marks[0] if part.marks else None
    is_verb = first is not None and first.form == "verb"
    return is_verb and not WORD_OR_NAME.search(part.text, 0, part.marks[0].start)


def _is_hop(part: Part, name: Named, after: Named) -> bool:
    """Whether a name is the value of the relation before it and has the one behind it."""
    if not re.search(r"→[\s\"'`*\[]*$", part.text[: name[0]]):
        return False
    before = [mark for mark in part.marks if mark.end <= name[0]]
    behind = next((mark for mark in part.marks if mark.start >= name[1]), None)
    if not before or behind is None or not (before[-1].is_link and behind.is_link):
        return False
    is_led = bool(_HOP.fullmatch(part.text, name[1], behind.start))
    is_value = bool(re.fullmatch(r"[\s)\]\-=—]*→[\s\"'`*\[]*", part.text[before[-1].end : name[0]]))
    return is_led and is_value and after[0] >= behind.end


def _is_whole(part: Part) -> bool:
    """Whether a part has a label with something that could be its value."""
    return any(
        part.names if key.kind == "entity" else candidates(key, part.text)
        for mark in part.marks
        for key in mark.keys
    )


def pieces(part: Part) -> Iterator[Part]:
    """The part, cut so that each piece has at most one label."""
    marks = merged(part)
    if len(marks) < 2:
        yield part
        return
    if cells := _cells(part):
        for cell in cells:
            yield from pieces(cell)
        return
    start, is_clear, about = 0, True, ""
    values_first = has_values_first(part, marks)
    for mark, after in pairwise(marks):
        gap = part.lower[mark.end : after.start]
        borders = [
            border
            for border in cues.CUT.finditer(gap)
            if mark.is_link
            or cues.is_border(gap, *border.span(), values_first=values_first)
            or _changes_order(mark, gap, border.span(), after)
        ]
        if borders:
            end, clear = mark.end + borders[-1].start(), True
            end = _before_bracket(part, mark, end)
        elif values_first:
            end, clear = mark.end, False
        else:
            end = before_names(part, mark.end, after.start)
            clear = bool(cues.EXPLICIT.match(part.text, after.end))
        yield replace(part.cut(start, end, is_clear and clear), about=about)
        start, is_clear = end, clear
        about = _antecedent(part, start, after) or ("" if part.text[start] in ",)" else about)
    yield replace(part.cut(start, len(part.text), is_clear), about=about)


def _before_bracket(part: Part, mark: Mark, end: int) -> int:
    """Where the name begins that stands before a bracket at an index; the index if there is no
    name, or if it is the value of the label before."""
    if part.text[end : end + 1] not in "([" or not part.text[end:]:
        return end
    behind = [name for name in part.names if mark.end <= name[0] < end]
    is_apart = ")" in part.text[mark.end : end] and "(" not in part.text[mark.end : end]
    is_value = not is_apart and len(listed(part.text, mark.end, behind)) == len(behind)
    if mark.is_link and len(behind) == 1:
        is_value = is_value or bool(cues.OWNED.fullmatch(part.text, mark.end, behind[0][0]))
    is_beside = behind and not part.text[behind[-1][1] : end].strip()
    return behind[-1][0] if is_beside and not is_value else end


def _cells(part: Part) -> list[Part]:
    """The cells of a part, if each that has a label has its value, too: "Ann Lee | 300 vans"."""
    borders = [match.span() for match in _CELL.finditer(part.text)]
    spans = pairwise([(0, 0), *borders, (len(part.text), 0)])
    cells = [part.cut(left[1], right[0]) for left, right in spans] if borders else []
    return cells if all(_is_whole(cell) for cell in cells if cell.marks) else []


def _changes_order(mark: Mark, gap: str, border: tuple[int, int], after: Mark) -> bool:
    """Whether the value of a label stands before a border, and that of the next label directly
    before it: "patents 300, 40 vans"."""
    behind = gap[border[1] :]
    values = candidates(after.keys[0], behind)
    is_next = bool(values) and behind[values[-1].end :] in (" ", "-")
    return is_next and bool(candidates(mark.keys[0], gap[: border[0]]))


def _antecedent(part: Part, start: int, mark: Mark) -> str:
    """The entity before a piece that begins with "which", or before a bracket with a label that
    only some entities have."""
    is_bracket = part.text[start] == "(" and mark.keys[0].subject
    if not is_bracket and not _WHICH.match(part.text, start):
        return ""
    end = len(part.text[:start].rstrip())
    return next((name for _, stop, name in part.names if stop == end), "")


def distributed(piece: Part, mark: Mark) -> list[Part]:
    """One piece for each owner: "patents: Ann Lee 300, Bob Ray 400"."""
    if gapped := _gapped(piece, mark):
        return gapped
    first = piece.names[0][0] if piece.names else 0
    border = piece.text.find("; ", mark.end, first) if mark in piece.marks else -1
    if border > 0 and candidates(mark.keys[0], piece.text[:border]):
        return [piece.cut(0, border)]  # What follows is said of somebody else.
    if len(piece.names) < 2:
        return [piece]
    if piece.text[: mark.start].strip(" *-"):
        return [one_owner(piece, mark)]
    cuts = [name[0] for name in piece.names[1:]]
    starts, ends = [0, *cuts], [*cuts, len(piece.text)]
    pieces = [piece.cut(*span) for span in zip(starts, ends, strict=True)]
    if all(candidates(mark.keys[0], part.text) for part in pieces):
        return pieces
    return [one_owner(piece, mark)]


_GAPPED = re.compile(
    rf"(?:;|,? (?:while|whereas|and|but)) (?P<name>{NAME_SIGN}+)(?: \([^()]*\))?"
    r"(?: (?P<verb>has|needs|takes|is))?(?: (?:at|only|just)){0,2} "
    r"(?P<value>[^\s;()]+(?: [a-z]{2})?)[.;\s]*$"
)
"""The end of a sentence that leaves its label out: "while Ann Lee has 40."."""


def _gapped(piece: Part, mark: Mark) -> list[Part]:
    """The piece, and one for each clause at its end without a label: "Ann Lee has 40 vans, while
    Bob Ray has 30 and Cy Dow 20"; [] if there is none."""
    key, text, end = mark.keys[0], piece.text, len(piece.text)
    if key.kind != "number" or len(piece.names) < 2 or mark not in piece.marks:
        return []
    tails: list[Part] = []
    while match := _GAPPED.search(text[:end], mark.end):
        found = candidates(key, match["value"])
        if len(found) != 1 or re.search(r"\w", match["value"][: found[0].start]):
            break
        is_own = bool(key.prefix or key.suffix) and found[0].is_exact
        is_same = f" {match['verb'] or ''}" in text[: match.start()]
        if re.search(r"\w", match["value"][found[0].end :]) or not (is_own or is_same):
            break
        tails.insert(0, replace(piece.cut(match.start("name"), end), marks=()))
        end = match.start()
    is_led = bool(tails) and len(candidates(key, text[:end])) == 1
    return [*distributed(piece.cut(0, end), mark), *tails] if is_led else []


def one_owner(piece: Part, mark: Mark) -> Part:
    """The piece without the names that own no value of the label."""
    text, names = piece.text, list(piece.names)
    linked = [
        name
        for name in names
        if cues.OWNED.fullmatch(text, mark.end, name[0])
        or re.fullmatch(r"['’]s?\s(?:\w+\s)?|\s?:\s", text[name[1] : mark.start])
    ]
    if len({name[2] for name in linked}) == 1:
        return replace(piece, names=tuple(linked[:1]))
    kept = [name for name in names if not is_behind_cue(piece.lower, name[0])]
    for name in kept[1:]:
        border = None
        for match in cues.CUT.finditer(piece.lower, mark.end, name[0]):
            border = match.start()
        if border and candidates(mark.keys[0], text[:border]):
            return one_owner(piece.cut(0, border), mark)
    if len({name[2] for name in kept}) == 1:
        return replace(piece, names=tuple(kept[:1]))
    return piece
