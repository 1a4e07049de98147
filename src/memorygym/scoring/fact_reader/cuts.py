"""Cuts sentences into clauses, and clauses into pieces with one label each."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from memorygym.scoring.fact_reader import cues
from memorygym.scoring.fact_reader.claims import Mark
from memorygym.scoring.fact_reader.parts import (
    NAME_SIGN,
    Part,
    before_names,
    has_values_first,
    merged,
)
from memorygym.scoring.fact_reader.values import candidates

_WHICH = re.compile(r"\W*(?:which|who|that)\b", re.IGNORECASE)


_BOTH = re.compile(
    rf"\bboth (?P<one>{NAME_SIGN}+)\W+(?:and )?(?P<two>{NAME_SIGN}+)"
    rf"|(?P<first>{NAME_SIGN}+)(?:,| and| &|, and) (?P<second>{NAME_SIGN}+)(?: have| are)? both\b",
    re.IGNORECASE,
)


def each_of_both(part: Part) -> list[Part]:
    """The sentence once for each of two entities that it is about: "Ann Lee and Bob Ray both …"."""
    match = _BOTH.search(part.text) if "oth" in part.text else None
    if match is None:
        return [part]
    starts = {match.start(group) for group in ("one", "two", "first", "second")}
    pair = [name for name in part.names if name[0] in starts]
    return [
        replace(part, names=tuple(name for name in part.names if name == own or name not in pair))
        for own in pair
    ]


def clauses(part: Part) -> Iterator[Part]:
    """The sentence, cut at semicolons, and before names with a colon, between clauses that each
    have a label with its value."""
    borders = [match.span() for match in re.finditer(r";\s", part.text)]
    borders += [
        (name[0], name[0]) for name in part.names[1:] if part.text[name[1] : name[1] + 1] == ":"
    ]
    start = 0
    for left, right in sorted(borders):
        before, after = part.cut(start, left), part.cut(right, len(part.text))
        after = after.cut(0, (after.text.find("; ") + 1 or len(after.text) + 1) - 1)
        is_inside = before.text.count("(") > before.text.count(")")
        if not is_inside and _is_whole(before) and _is_whole(after):
            yield before
            start = right
    yield part.cut(start, len(part.text)) if start else part


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
    start, is_clear, about = 0, True, ""
    values_first = has_values_first(part, marks)
    for mark, after in pairwise(marks):
        gap = part.lower[mark.end : after.start]
        borders = [
            border for border in cues.CUT.finditer(gap)
            if mark.is_link or cues.is_border(gap, *border.span(), values_first=values_first)
            or _changes_order(mark, gap, border.span(), after)
        ]  # fmt: skip
        if borders:
            end, clear = mark.end + borders[-1].start(), True
        elif values_first:
            end, clear = mark.end, False
        else:
            end = before_names(part, mark.end, after.start)
            clear = bool(cues.EXPLICIT.match(part.text, after.end))
        yield replace(part.cut(start, end, is_clear and clear), about=about)
        start, is_clear = end, clear
        about = _antecedent(part, start, after) or ("" if part.text[start] in ",)" else about)
    yield replace(part.cut(start, len(part.text), is_clear), about=about)


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
