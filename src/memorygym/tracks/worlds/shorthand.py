"""Notes in the letters of the schema, spelled out: "Acme Harbor|C|a11462|i 2017-03-28".

A letter stands for its attribute only in lines that consist of such segments and whose values all
have the right form. Because a model may abbreviate by letters of its own ("e 300"), the text must
show somewhere that the letters are those of the schema: it says so, or it writes a group, a date,
a choice or a relation by its letter.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from memorygym.scoring.fact_reader.key import Key
from memorygym.scoring.fact_reader.names import NAME
from memorygym.scoring.fact_reader.values import candidates

_LINE = re.compile(
    rf"(?P<start>\W*)(?P<name>{NAME})(?:[\s|,;:/(\[=—–-]+(?P<group>[A-J])(?!\w)[)\]]?)?"
    r"[\s|,;:/=—–-]*(?P<rest>.*)"
)
_BORDER = re.compile(r"[|;]|,\s|\s/+\s|\s[—–-]\s")
_SEGMENT = re.compile(r"(?P<code>[a-z])(?:\s*[=:]\s*|\s?)(?P<value>[^\s=:].*)")
_REST = re.compile(r"\s?\w?[*!]*\s*(?:\([^()]*\)?)?")
"""Stands behind a value: a sign of correction, a remark in brackets."""
_DECLARED = re.compile(
    r"\b(?:schema|attribute|system)\b.{0,40}?\b(?:letter|code)s?\b"
    r"|\b(?:letter|code)s?\b.{0,40}?\b(?:schema|attribute|system)",
    re.IGNORECASE,
)
_LETTERED = re.compile(
    r"\bletters?\b\)?\s?(?:=|:|is|are|means?|stands? for) ?(?:the |their )?(?:group|categor)",
    re.IGNORECASE,
)
"""Says that the letter behind a name is that of its group."""
_LETTER = re.compile(rf"^(?P<start>[^\w\n]*{NAME}[*_]* ?[(\[])(?P<group>[A-J])(?=[)\]])", re.M)
_MAYBE = re.compile(rf"^[^\w\n]*{NAME}\W.*?(?<!\w)[a-wxyz]\s?[=:]?\s?[$~\dA-Za-z]", re.M)
_HEAD = re.compile(r"^(?:[ \t]*\|)?[^|\n]+(?:\|[^|\n]+)*\|[ \t]*[a-w][ \t]*\|.*$", re.M)


class Shorthand:
    """Spells out the letters of one schema."""

    def __init__(self, categories: Iterable[str], keys: Mapping[str, Key]) -> None:
        self._groups = dict(zip("ABCDEFGHIJ", categories, strict=False))
        self._keys = keys
        """By code."""

    def spelled_out(self, text: str) -> str:
        """The text with labels for letters; as it is if nothing shows what its letters mean."""
        if "etter" in text and _LETTERED.search(text):
            text = _LETTER.sub(
                lambda m: m["start"] + self._groups.get(m["group"], m["group"]), text
            )
        if not _MAYBE.search(text) and not _HEAD.search(text):
            return text
        lines = text.split("\n")
        spelled = dict(self._lines(lines))
        is_shown = _DECLARED.search(text) or any(shows for _, shows in spelled.values())
        for number, (line, _) in spelled.items() if is_shown else ():
            lines[number] = line
        return "\n".join(lines)

    def _lines(self, lines: Sequence[str]) -> Iterator[tuple[int, tuple[str, bool]]]:
        """By number: each line in letters, spelled out, and whether it shows what they mean."""
        head: list[str] = []
        for number, line in enumerate(lines):
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            if sum(cell in self._keys for cell in cells) > 1 and len(cells) > 2:
                head = cells
                labels = [self._keys[c].labels[0] if c in self._keys else c for c in cells]
                yield number, (f"| {' | '.join(labels)} |", False)
            elif head and len(cells) == len(head):
                yield number, self._row(line, head, cells)
            else:
                head = []
                if spelled := self._line(line):
                    yield number, spelled

    def _row(self, line: str, head: Sequence[str], cells: Sequence[str]) -> tuple[str, bool]:
        """A row below a head of letters, with its group's name."""
        shown = [self._groups.get(cell, cell) for cell in cells]
        forms = {
            self._keys[c].kind
            for c, cell in zip(head, cells, strict=True)
            if c in self._keys and candidates(self._keys[c], cell)
        }
        shows = shown != list(cells) or bool(forms - {"number"})
        return (f"| {' | '.join(shown)} |" if shown != list(cells) else line), shows

    def _line(self, line: str) -> tuple[str, bool] | None:
        """A line of a name and segments in letters; None if it has another segment."""
        match = _LINE.fullmatch(line)
        if match is None:
            return None
        segments = [segment for segment in _BORDER.split(match["rest"]) if segment.strip()]
        stated = [self._segment(segment.strip()) for segment in segments]
        if not stated or not all(stated):
            return None
        shows = any(key.kind != "number" for key, _ in filter(None, stated))
        parts = [text for _, text in filter(None, stated)]
        if match["group"]:
            if match["group"] not in self._groups:
                return None
            shows = True
            parts.insert(0, f"group: {self._groups[match['group']]}")
        return f"{match['start']}{match['name']}: {'; '.join(parts)}", shows

    def _segment(self, segment: str) -> tuple[Key, str] | None:
        """What a letter and its value state; None if the value has not the form of its key."""
        match = _SEGMENT.fullmatch(segment)
        key = self._keys.get(match["code"]) if match else None
        if match is None or key is None:
            return None
        value = match["value"]
        if key.kind == "entity":
            return (key, f"{key.verbs[0]} {value}") if re.match(NAME, value) else None
        found = candidates(key, value)
        if not found or value[: found[0].start].strip(" ~≈$\"'"):
            return None
        rest = value[found[0].end :]
        if not _REST.fullmatch(rest.lstrip("\"'")):
            return None
        return key, f"{key.labels[0]}: {value.replace('*', '')}"
