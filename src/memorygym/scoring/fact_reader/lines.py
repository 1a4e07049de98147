"""Lines of a text made plain: signs, trees and quotations as indentation, wrapped prose joined."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

_TURN = r"(?:User|Assistant|Human|AI|Bot|Me|You|[A-D]):\s+"
TURN = re.compile(_TURN)
"""The speaker of a turn of a conversation."""
BULLET = re.compile(
    r"(?:[-*+•▪◦‣·–—>✓✔☑→]\s+|\d{1,3}[.)]\s+|\([a-z\d]\)\s+|[a-z]\)\s+|\[[ xX✓]\]\s+|[QA][:.]\s+"
    rf"|{_TURN}"
    r"|[^\w\s\[\](){}\"'`*#=$€£<|~+.-]+\s*)+"
)
BRACKETED = re.compile(r"\[{1,2}([^\[\]]+)\]{1,2}:?$")
_SIGN = re.compile("[~>=/→⇒➜»▸▶►├└│─–]|:[a-z]")
"""Every line has one of these that is not plain."""
_STRUCK = re.compile(r"~~\s*([^~\n]+?)\s*~~")
_REPLACED = re.compile(
    r"~~\s*([$€£]?\d[^~\s]*)\s*~~\s*(?:-+>|=+>|→)\s*[*_]{0,2}([$€£]?\d[^\s*_]*)[*_]{0,2}"
)
"""A struck-out number with the one that replaces it."""
_ARROWS = re.compile(r"(?<!\s)\s*(?:-+>|=+>|[→⇒➜➝➞➔➙⟶⟹⇨➡▶]\ufe0f?|»|▸|►)\s*")
_WITH = re.compile(r"\bw/(?!o\b) ?")
_BOX = str.maketrans("│┃║", "|||")
_QUOTED = re.compile(r"\s*(?:>\s?)+(?=\S)")
"""The signs of a quotation."""
_SHORTCODE = re.compile(r"(?<![\w:]):[a-z][a-z_-]*_[a-z_-]*:(?=\s|$)")
"""The name of a picture: ":white_check_mark:"."""
_INLINE = re.compile(r"= ?\{ ?(?:name|value) = (\"[^\"]*\"|[\w.-]+)((?:, \w+ = [^{}]+)?) ?\}")
"""A value with remarks, as TOML writes it: "staff = { value = 300, note = "old" }"."""
_APPLIED = re.compile(r"\b([a-z]\w*)\(([A-Z][a-z]+(?: [A-Z][a-z]+)+)\)(?=\s?[=→])")
"""A label with its owner as an argument: "mentor(Ann Lee) = Bob Ray"."""
_COMMENT = re.compile(r"\s*//\s+(?=\S)")
_BRANCH = re.compile(r"[\s│|]*[├└]─+\s?")
"""What stands before an item of a drawn tree."""
_BOX_RULE = re.compile(r"[\s|+─━═┼╪╋├┤└┴┘┌┬┐-]{4,}")
_EXTRA = re.compile(
    r"\s+(?:[-*+•] )?"
    r"((?:qualifiers?|term|period|previous(?:ly)?|was|former(?:ly)?|notes?|replaces): ?\S.*)"
)
"""A line that says more of the item above it."""
_ENTRY = re.compile(r"\S+(?: \([^()]*\))?, [\w ]+: \S+")
"""A line that says one thing of one entity: "a_b, code: x"."""
_NAMED = re.compile(r"[A-Z][a-z]+ [A-Z][a-z]|`?[a-z]+_\w|`?[A-Z][a-z]+[A-Z]")
_SPEAKER = re.compile(r"[A-Z]\w+: ")
_SUM = re.compile(r"(?<![\w.,])[$€£]?\d[\d.,]*\w?\s*[-+−]\s*[$€£]?\d[\d.,]*\w?\s*=\s*(?=[$€£]?\d)")
"""A calculation before its result: "293 - 126 = "."""
_NUMBER = r"[$€£]?(\d[\d,]*(?:\.\d+)?) ?[%KMBk]?"
_SUM_SIGN = re.compile(r" (?:[+−—-]|plus|minus) [$€£]?\d")
_SUM_BEHIND = re.compile(
    rf"(?<![\w.,])(?P<result>{_NUMBER})(?P<words>[\"'`*]*(?: [a-z]+){{0,2}}) ?"
    rf"\(=? ?{_NUMBER} (?P<sign>[+−—-]|plus|minus) {_NUMBER}(?P<rest>(?:[ ,;:][^()]*)?)\)"
)
"""A result with its calculation in brackets behind it: "167 (293 - 126)"."""


class Line(NamedTuple):
    """A line of a text."""

    text: str
    depth: int = -1
    """Depth within a structure; -1: as far as the line is indented."""
    cells: tuple[str, ...] = ()
    """The cells of a table's row."""
    title: int = 0
    """Level of a heading; 0 is none."""


def cleaned(line: Line) -> Line:
    """The line with plain signs: struck-out text, arrows, quotations and drawn lines."""
    if "(" in line.text and _SUM_SIGN.search(line.text):
        line = line._replace(text=_SUM_BEHIND.sub(_without_sum, line.text))
    if not _SIGN.search(line.text):
        return line
    text = _SHORTCODE.sub("", line.text)
    if "{" in text:
        text = _INLINE.sub(_with_remarks, text)
    if "~~" in text:
        text = _REPLACED.sub(r"\2 (previously \1)", text)
    text = _STRUCK.sub(r"(previously \1)", text)
    text = text.replace(" // ", " | ")
    text = _WITH.sub("with ", _SUM.sub("", _ARROWS.sub(" → ", text)))
    if "(" in text:
        text = _APPLIED.sub(r"\1 of \2", text)
    if match := _QUOTED.match(text):
        text = f"{'  ' * match[0].count('>')}{text[match.end() :]}"
    if match := _COMMENT.match(text):
        text = text[match.end() :]
    if match := _BRANCH.match(text):
        text = f"{' ' * len(match[0])}- {text[match.end() :]}"
    if "│" in text or "─" in text:
        text = text.translate(_BOX)
        text = "|---|" if _BOX_RULE.fullmatch(text) else text
    return line._replace(text=text.replace("–", "—") if "–" in text else text)


def _without_sum(match: re.Match[str]) -> str:
    """A result without its calculation, if that gives it."""
    result, first, second = (Decimal(match[n].replace(",", "")) for n in (2, 4, 6))
    total = first + second if match["sign"] in ("+", "plus") else first - second
    rest = match["rest"].strip(" ,;:")
    bare = match["result"].rstrip() + match["words"]
    return match[0] if total != result else f"{bare} ({rest})" if rest else bare


def _with_remarks(match: re.Match[str]) -> str:
    remarks = re.sub(r"[\"=,]", "", match[2]).strip()
    return f"= {match[1]} ({remarks})" if remarks else f"= {match[1]}"


def unwrapped(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines; wrapped ones are joined if no line had room for the next one's first word."""
    start = 0
    while start < len(lines):
        end = start + 1
        remarks = []
        while end < len(lines) and (remark := _remark(lines[start], lines[end])):
            remarks.append(remark)
            end += 1
        if remarks:
            yield lines[start]._replace(text=f"{lines[start].text.rstrip()} ({'; '.join(remarks)})")
            start = end
            continue
        while end < len(lines) and _continues(lines[end - 1], lines[end]):
            end += 1
        group = lines[start:end]
        if len(group) > 1 and _is_wrapped([line.text for line in group]):
            yield from _joined(group)
        else:
            yield from group
        start = end


def _joined(group: Sequence[Line]) -> Iterator[Line]:
    """The lines of wrapped prose as one, but for those that begin with a sentence of their own."""
    whole = group[0]
    for line in group[1:]:
        first = line.text.lstrip()
        if whole.text.rstrip()[-1] in ".!?;)" and first[0].isupper():
            yield whole
            whole = line
        else:
            whole = whole._replace(text=f"{whole.text.rstrip()} {first}")
    yield whole


def _remark(line: Line, below: Line) -> str:
    """What a line only adds to the value above it."""
    match = _EXTRA.fullmatch(below.text)
    return match[1] if match and line.text.strip()[-1:] not in ("", ":") else ""


def _continues(line: Line, after: Line) -> bool:
    first = after.text.lstrip()
    if line.depth >= 0 or after.depth >= 0 or line.cells or not first or len(line.text) < 40:
        return False
    if _SPEAKER.match(first):
        return False
    bullet = BULLET.match(first)
    if bullet and first[0].isdigit() and not BULLET.match(line.text.lstrip()):
        bullet = None  # The end of a sentence, such as "217." at the start of a line.
    is_heading = line.text.lstrip()[:1] in "#|=" or BRACKETED.match(line.text.strip())
    if _ENTRY.fullmatch(first) or _ENTRY.fullmatch(line.text.strip()):
        return False
    return not (bullet or first[0] in "#|[{<=" or is_heading)


def _is_wrapped(texts: Sequence[str]) -> bool:
    width = max(map(len, texts))
    return (
        any(re.search(r"(?<!^\d)(?<!^\d\d)[.!?](?:\s+[^\sa-z]|$)", text) for text in texts)
        and all(
            len(text.rstrip()) + 1 + len(after.split(maxsplit=1)[0]) > width
            for text, after in pairwise(texts)
        )
        and not all(_NAMED.match(text.lstrip()) for text in texts)
        and not all(
            text.rstrip()[-1:] in ".;:" and text.count("{") == text.count("}")
            for text in texts[:-1]
        )
    )
