"""What tells whether a compacted context still supports a need: evidence, and what is left of it.

A need is a question, a constraint or a fact in words. The segments of the full context that are
closest to it are its evidence; what they say beyond the need itself is likely to answer it.
"""

import re
from collections.abc import Iterable, Sequence
from math import exp, log

import numpy as np

from memorygym.memrm.match import Match, Matcher
from memorygym.memrm.pair import ContextPair
from memorygym.memrm.text import Kind

PROPOSED, EVIDENCE = 20, 5
"""Segments of the full context that may hold the answer, and those that are taken as evidence."""
INSIDE, AROUND, SENSE, GIVES, ASKS = 5.0, 4.4, 1.9, 1.25, -1.45
"""What speaks for a segment as the place of the answer, in logits: a match's `inside`, `around` and
`sense`, that it gives a value of the expected kind, and that it asks something itself. Fitted to
the marked evidence of the written needs."""
REGION = 3
"""Segments before and after evidence that are its region."""
_AMOUNT = re.compile(
    r"\b(when|date|day|time|year|month|how (?:many|much|long|old|often|far|big)|price|cost|amount|"
    r"number|percent|rate|total|deadline|count|size|budget|fee|version|port|score|hours?)\b",
    re.I,
)
_PERSON = re.compile(r"\b(who|whom|whose|name|named|called|person)\b", re.I)
_CODE = re.compile(
    r"\b(file|path|function|id|code|branch|class|command|url|e-?mail|address|"
    r"variable|table|column|key|flag|ticket|commit|host)\b",
    re.I,
)
_STARTS = re.compile(
    r"\s*(who|what|when|where|which|why|how|is|are|was|were|do|does|did|can|could|should|must|will"
    r"|has|have|name|list|in what|at what|by what|for what|on what|to wh\w+)\b",
    re.I,
)


def expected(text: str) -> frozenset[Kind]:
    """The kinds of tokens that an answer to a question probably has.

    >>> sorted(expected("When does it open?")), sorted(expected("Who opens it?"))
    (['number'], ['name'])
    """
    kinds: set[Kind] = set()
    if _AMOUNT.search(text):
        kinds.add("number")
    if _PERSON.search(text):
        kinds.add("name")
    if _CODE.search(text):
        kinds |= {"id", "name", "number"}
    return frozenset(kinds or ("number", "name", "id"))


def is_question(text: str) -> bool:
    """Whether a need asks; otherwise it states what must still be known."""
    return text.rstrip().endswith("?") or bool(_STARTS.match(text))


FEATURES = (
    "question", "ratio", "need_said", "need_in", "need_near", "need_in_ratio", "need_near_ratio",
    "evidence", "rivals", "kept_in", "kept_near", "kept_top_in", "kept_top_near",
    "values_said", "values_near", "values_top_said", "values_top_near", "typed_said", "typed_near",
    "rest_said", "rest_near", "joint", "latest_near", "latest_values", "other_value",
    "verbatim", "verbatim_message", "rarity", "restated", "place", "extra", "all_said",
    "values_all_said", "region_said", "region_values_said", "message_said", "answered",
    "copied", "stale",
)  # fmt: skip
"""The names of the features of a need, in order."""
FALLING = frozenset(FEATURES) - {
    "question", "ratio", "evidence", "rivals", "other_value", "rarity", "restated", "place",
    "extra", "copied", "stale",
}  # fmt: skip
"""Features of which more never makes a loss more likely."""


class NeedReader:
    """The features of needs for one pair of contexts."""

    def __init__(self, pair: ContextPair) -> None:
        self.pair = pair
        self._in_compacted: dict[int, list[Match]] = {}
        full = pair.full
        weighted, values = full.weighted, full.only("number", "name", "id")
        kept = np.asarray(pair.compacted.stand_ins(weighted.indices).sum(1)).ravel()
        kept = kept[: weighted.shape[1]]
        self._kept = np.column_stack(
            [weighted @ kept, weighted.sum(1), values @ kept, values.sum(1)]
        )
        """By segment: weight kept and weight in all, of its tokens and of its values."""
        self._of_message: dict[int, list[int]] = {}
        """By message of the full context: its segments."""
        for place, segment in enumerate(full.context.segments):
            self._of_message.setdefault(segment.message, []).append(place)
        texts = pair.compacted.context.texts
        here, whole = pair.compacted.context.segments, {s.text for s in full.context.segments}
        self._copied = sum(segment.text in whole for segment in here) / max(1, len(here))
        """Share of the compacted context's segments that stand in the full one, word for word."""
        self._compacted_text = " ".join(" ".join(texts).split())

    def features(self, need: str) -> list[float]:
        """The values of FEATURES for a need."""
        full, compacted = self.pair.evidence, self.pair.compacted
        words = compacted.context.words
        asked = full.content(set(words.read(need, names=False)))
        full.alike(asked)
        tokens = [token for token in asked if full.kept(token, full.context.places)]
        in_full, shares = self._likely(need, set(asked), tokens)
        in_compacted = compacted.matches(tokens, senses=True)
        best = in_full[0] if in_full else None
        near = max((m.around for m in in_compacted), default=0.0)
        inside = max((m.inside for m in in_compacted), default=0.0)
        top_in = max((m.inside for m in in_full), default=0.0)
        top_near = max((m.around for m in in_full), default=0.0)
        values = {
            "question": float(is_question(need)),
            "ratio": log(max(0.01, min(1.5, self.pair.ratio))),
            "need_said": compacted.share(tokens, compacted.context.places),
            "need_in": inside,
            "need_near": near,
            "need_in_ratio": min(1.0, inside / top_in) if top_in else 0.0,
            "need_near_ratio": min(1.0, near / top_near) if top_near else 0.0,
            "evidence": best.inside if best else 0.0,
            "copied": self._copied,
        }
        values |= self._evidence(need, set(asked), in_full, shares, in_compacted)
        values |= self._regions(in_full, shares)
        return [values[name] for name in FEATURES]

    def _likely(
        self, need: str, asked: set[int], tokens: Sequence[int]
    ) -> tuple[list[Match], list[float]]:
        """The evidence of a need, the likeliest first, and how likely each holds its answer."""
        full, types = self.pair.evidence, expected(need)
        kinds = self.pair.compacted.context.words.kinds
        scores: list[tuple[float, int, Match]] = []
        for match in full.matches(tokens, PROPOSED, senses=True):
            segment = full.context.segments[match.segment]
            gives = any(kinds[token] in types and token not in asked for token in segment.said)
            score = INSIDE * match.inside + AROUND * match.around + SENSE * match.sense
            score += GIVES * gives + ASKS * segment.text.endswith("?")
            scores.append((score, match.segment, match))
        scores = sorted(scores, key=lambda item: item[:2], reverse=True)[:EVIDENCE]
        odds = [exp(score - scores[0][0]) for score, *_ in scores]
        return [match for *_, match in scores], [odd / sum(odds) for odd in odds]

    def _evidence(
        self,
        need: str,
        asked: set[int],
        in_full: Sequence[Match],
        shares: Sequence[float],
        in_compacted: Sequence[Match],
    ) -> dict[str, float]:
        names = ("rivals", "kept_in", "kept_near", "values_said", "values_near", "typed_said",
                 "typed_near", "rest_said", "rest_near")  # fmt: skip
        sums = dict.fromkeys(names, 0.0)
        values = dict.fromkeys(
            (
                "kept_top_in",
                "kept_top_near",
                "values_top_said",
                "values_top_near",
                "joint",
                "latest_near",
                "latest_values",
                "other_value",
                "verbatim",
                "verbatim_message",
                "rarity",
                "restated",
                "place",
                "extra",
                "answered",
                "stale",
            ),
            0.0,
        )
        if not in_full:
            return sums | values
        full = self.pair.evidence
        types = expected(need)
        rows = [self._left(match.segment, asked, types, in_compacted) for match in in_full]
        for share, row in zip(shares, rows, strict=True):
            for name in row:
                if name in sums:
                    sums[name] += share * row[name]
        sums["rivals"] = 1 / max(shares) - 1
        first = rows[0]
        latest = max(
            (match.segment, index)
            for index, match in enumerate(in_full)
            if shares[index] >= 0.3 * shares[0]
        )[1]
        segment = full.context.segments[in_full[0].segment]
        values |= {
            "kept_top_in": first["kept_in"],
            "kept_top_near": first["kept_near"],
            "values_top_said": first["values_said"],
            "values_top_near": first["values_near"],
            "latest_near": rows[latest]["rest_near"],
            "latest_values": rows[latest]["values_near"],
            "joint": max(row["values_near"] * row["kept_near"] for row in rows),
            "verbatim": float(" ".join(segment.text.split()) in self._compacted_text),
            "verbatim_message": self._message_kept(segment.message),
            "rarity": first["rarity"],
            "restated": first["restated"],
            "place": in_full[0].segment / max(1, len(full.context.segments) - 1),
            "extra": first["extra"],
            "other_value": first["other_value"],
            "answered": self._answered(asked, types, in_full, in_compacted),
            "stale": _stale(in_full, shares, [row["values_near"] for row in rows]),
        }
        return sums | values

    def _answered(
        self,
        asked: set[int],
        types: Iterable[Kind],
        in_full: Sequence[Match],
        in_compacted: Sequence[Match],
    ) -> float:
        """How close the compacted context comes to the need where it gives a value of the expected
        kind that stands in or near the evidence, too."""
        full, compacted = self.pair.evidence.context, self.pair.compacted.context
        near = frozenset[int]().union(*(full.near[match.segment] for match in in_full))
        kinds, best = compacted.words.kinds, 0.0
        for match in in_compacted:
            given = compacted.segments[match.segment].said & near
            if any(kinds[t] in types and kinds[t] != "word" and t not in asked for t in given):
                best = max(best, match.closeness)
        return best

    def _regions(self, in_full: Sequence[Match], shares: Sequence[float]) -> dict[str, float]:
        """How much is kept of the whole context, of what stands around the evidence, and of its
        messages."""
        segments = self.pair.evidence.context.segments
        everything = np.asarray(self._kept.sum(0)).ravel()
        regions, messages = np.zeros(4), np.zeros(4)
        for match, share in zip(in_full, shares, strict=True):
            place = match.segment
            first, last = max(0, place - REGION), place + REGION + 1
            regions += share * np.asarray(self._kept[first:last].sum(0)).ravel()
            here = self._of_message[segments[place].message]
            messages += share * np.asarray(self._kept[here].sum(0)).ravel()
        if not in_full:
            regions = messages = everything
        return {
            "all_said": _ratio(everything[0], everything[1]),
            "values_all_said": _ratio(everything[2], everything[3]),
            "region_said": _ratio(regions[0], regions[1]),
            "region_values_said": _ratio(regions[2], regions[3]),
            "message_said": _ratio(messages[0], messages[1]),
        }

    def _message_kept(self, message: int) -> float:
        text = " ".join(self.pair.evidence.context.texts[message].split())
        return float(text in self._compacted_text)

    def _left(
        self, place: int, asked: set[int], types: Iterable[Kind], in_compacted: Sequence[Match]
    ) -> dict[str, float]:
        """What is left of one segment of evidence."""
        full, compacted = self.pair.evidence, self.pair.compacted
        segment, kinds = full.context.segments[place], compacted.context.words.kinds
        content = full.content(segment.said)
        rest = [token for token in content if token not in asked]
        values = [token for token in rest if kinds[token] != "word"]
        typed = [token for token in values if kinds[token] in types]
        found = self._in_compacted.get(place)
        if found is None:
            found = self._in_compacted[place] = compacted.matches(content)
        near = _joined(compacted, [*found[:2], *in_compacted[:2]])
        places = compacted.context.places
        rest_near = compacted.share(rest, near, default=1.0)
        counts = [len(full.context.places[token]) for token in values]
        said_typed = {
            token
            for match in in_compacted[:2]
            for token in compacted.context.segments[match.segment].said
            if kinds[token] in types and kinds[token] != "word"
        }
        return {
            "kept_in": max((m.inside for m in found), default=0.0),
            "kept_near": max((m.around for m in found), default=0.0),
            "values_said": compacted.share(values, places, default=compacted.share(rest, places)),
            "values_near": compacted.share(values, near, default=rest_near),
            "typed_said": compacted.share(typed, places, default=compacted.share(rest, places)),
            "typed_near": compacted.share(typed, near, default=rest_near),
            "rest_said": compacted.share(rest, places, default=1.0),
            "rest_near": rest_near,
            "rarity": sum(1 / count for count in counts) / len(counts) if counts else 0.0,
            "restated": log(1 + max(0, len(full.matches(content)) - 1)),
            "extra": log(1 + len(rest)),
            "other_value": float(bool(said_typed - set(content) - asked)),
        }


def _joined(matcher: Matcher, matches: Iterable[Match]) -> set[int]:
    """The tokens near some segments."""
    joined: set[int] = set()
    for match in matches:
        joined |= matcher.context.near[match.segment]
        joined |= matcher.context.segments[match.segment].said
    return joined


def _stale(matches: Sequence[Match], shares: Sequence[float], kept: Sequence[float]) -> float:
    """How much more is kept of an earlier place of the answer than of a later, likely one."""
    rows = sorted(zip((match.segment for match in matches), shares, kept, strict=True))
    gaps = (
        share / shares[0] * (before - after)
        for number, (_, share, after) in enumerate(rows)
        for *_, before in rows[:number]
    )
    return max(0.0, *gaps, 0.0)


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole else 1.0
