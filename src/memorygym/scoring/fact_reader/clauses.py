"""Which of the values in a part of a sentence is the current one, and which one it replaced."""

import re
from collections.abc import Sequence
from itertools import pairwise

from memorygym.core.statements import CURRENT, FORMER, SHIFT
from memorygym.scoring.fact_reader import cues
from memorygym.scoring.fact_reader.key import Key
from memorygym.scoring.fact_reader.values import Candidate, Parsed, candidates
from memorygym.scoring.fact_reader.words import lowered

_SUM = re.compile(r"\s\+\s")
"""Stands between parts of a value whose sum nobody gives."""


_ASIDE = re.compile(r"[\"'`*]* ?[(\[]([a-z ]{3,25})[)\]]")
"""A remark in brackets behind a value: "300 (forecast)"."""


def values_of(key: Key, text: str, mark: tuple[int, int]) -> list[tuple[Parsed, str]] | None:
    """The values of a label with their roles; [] if there is none, None if it is unclear which."""
    found = candidates(key, text)
    if not found:
        return []
    if any(_SUM.fullmatch(text, a.end, b.start) for a, b in pairwise(found)):
        return None
    text = lowered(text)
    has_cue = cues.MAYBE.search(text)
    if (has_cue or text[found[0].start] == "+") and (shift := _shift(text, found)):
        return _shifted(shift, _Clauses(text, mark, found).values() or [])
    end = mark[1] if text[found[0].end : mark[0]] in (" ", "-") else found[0].end
    if len(found) == 1 and (aside := _ASIDE.match(text, end)):
        if cues.OTHER.fullmatch(aside[1]):
            return None
        if cues.FORMER.fullmatch(aside[1]):
            return [(found[0].value, FORMER)]
    if has_cue and any(cues.DIFFERENCE.match(text, candidate.end) for candidate in found):
        return None
    if change := _change(text, found):
        return change
    if len(found) == 1 and not (has_cue and cues.ANY.search(text)):
        return [(found[0].value, CURRENT)]
    return _Clauses(text, mark, found).values()


def _shifted(shift: int, values: Sequence[tuple[Parsed, str]]) -> list[tuple[Parsed, str]]:
    """The shift; or, if the text gives the value before it, the sum: "+26 (was 244)"."""
    former = [value for value, role in values if role == FORMER and value != abs(shift)]
    if len(former) != 1:
        return [(shift, SHIFT)]
    return [(former[0] + shift, CURRENT), (former[0], FORMER)]  # type: ignore[operator]


def _shift(text: str, found: Sequence[Candidate]) -> int | None:
    """A correction by an amount: "20 higher than stated before"."""
    if not isinstance(found[0].value, int):
        return None
    match = cues.MORE.search(text) or cues.BY.search(text)
    if match is None:
        return found[0].value if text[found[0].start] == "+" else None
    amounts = {candidate.value for candidate in found}
    if match.re is cues.BY:
        amounts = {c.value for c in found if not text[match.end() : c.start].strip(" $€£~+")}
    if len(amounts) != 1:
        return None
    amount = amounts.pop()
    assert isinstance(amount, int)
    return amount if match[1] in cues.RISING else -amount


def _change(text: str, found: Sequence[Candidate]) -> list[tuple[Parsed, str]] | None:
    """Values that replace one another: "300 → 320", "from 300 to 320"."""
    chain = [found[0]]
    for candidate in found[1:]:
        gap = text[chain[-1].end : candidate.start]
        is_change = cues.CHANGE.fullmatch(gap)
        if is_change and ("to" not in gap or cues.MOVED.search(text[: chain[0].start])):
            chain.append(candidate)
        elif len(chain) == 1:
            chain = [candidate]
    if len(chain) == 1:
        return None
    return [(chain[-1].value, CURRENT), *((c.value, FORMER) for c in chain[:-1])]


class _Clauses:
    """The candidates of a piece, in lower case, by what their clauses say of them."""

    def __init__(self, text: str, mark: tuple[int, int], found: Sequence[Candidate]) -> None:
        self._text, self._mark = text, mark
        self._borders = [match.span() for match in cues.SOFT.finditer(text)]
        self._home = self._clause(mark[0])
        self._states: dict[str, list[Candidate]] = {}
        for number, candidate in enumerate(found):
            end = found[number - 1].end if number else 0
            is_last = (
                number + 1 == len(found)
                or found[number + 1].start > self._clause(candidate.start)[1]
            )
            self._states.setdefault(self._state(candidate, end, is_last), []).append(candidate)

    def values(self) -> list[tuple[Parsed, str]] | None:
        """The current value, then the former one; None if two could be current."""
        surely, plain = self._states.get("is now", []), self._states.get("plain", [])
        now = [*surely, *self._states.get("now", ())]
        was, former = self._states.get("was", []), [*self._states.get(FORMER, ())]
        at_home = [[c for c in found if self._is_home(c)] for found in (now, plain, was)]
        choices = (at_home[0], surely, at_home[1], now, at_home[2], plain, [] if former else was)
        qualified = {c.value for c in former if cues.QUALIFIED.match(self._text, c.end)}
        current = next((found for found in choices if found), [])
        current = [candidate for candidate in current if candidate.value not in qualified]
        former += [candidate for candidate in was if candidate not in current]
        values = self._distinct(current)
        if len(values) > 1:
            return None
        result: list[tuple[Parsed, str]] = [(value, CURRENT) for value in values]
        old = {candidate.value for candidate in former} - set(values)
        return result + [(value, FORMER) for value in old if len(old) == 1]

    def _distinct(self, current: Sequence[Candidate]) -> list[Parsed]:
        """The different values; of several the one with the unit, then the one beside the label."""
        for near, far in pairwise(current):
            if near.value != far.value and cues.RANGE.fullmatch(self._text, near.end, far.start):
                return [near.value, far.value]
        chosen = list(current)
        for is_likelier in (lambda c: c.is_exact, self._is_beside, self._is_behind_a_sign):
            if len({c.value for c in chosen}) > 1:
                chosen = [c for c in chosen if is_likelier(c)] or chosen
        return list(dict.fromkeys(c.value for c in chosen))

    def _is_beside(self, candidate: Candidate) -> bool:
        start, end = self._mark
        if candidate.start >= end:
            return bool(cues.LEVEL.fullmatch(self._text, end, candidate.start))
        return not self._text[candidate.end : start].strip(" *_")

    def _is_behind_a_sign(self, candidate: Candidate) -> bool:
        return self._text[: candidate.start].rstrip(" *_\"'“")[-1:] in (":", "=")

    def _clause(self, index: int) -> tuple[int, int]:
        start, end = 0, len(self._text)
        for border in self._borders:
            if border[1] <= index:
                start = border[1]
            else:
                return start, border[0]
        return start, end

    def _is_home(self, candidate: Candidate) -> bool:
        return self._clause(candidate.start) == self._home

    def _state(self, candidate: Candidate, previous_end: int, is_last: bool) -> str:
        start, end = self._clause(candidate.start)
        left = self._text[max(start, previous_end) : candidate.start]
        right = self._text[candidate.end : end] if is_last else ""
        between = self._text[self._mark[1] : candidate.start]
        opening = re.match(r"\s*[(\[]([^)\]]*)[)\]]", between)
        whole_left = self._text[start : candidate.start]
        if cues.QUALIFIED.match(self._text, candidate.end) or cues.NOTHING.search(between):
            return FORMER
        if cues.IS_NOW.search(left):
            return "is now"
        if cues.FORMER.search(left) or re.match(
            r"\W*(?:\w+ )?(?:before|previously|earlier)\b(?! than)", right
        ):
            return FORMER
        beside = (left, right, opening[1] if opening else "")
        if any(map(cues.OTHER.search, beside)) or cues.BEHIND.search(whole_left):
            return "other"
        if cues.WAS.search(left):
            return "was"
        return "now" if cues.NOW.search(left) else "plain"
