"""The forms of values in texts: what makes a text an id, a date, an amount, a path, a name or a
command, and whether another text states it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal
from unicodedata import normalize as unicode_normal

from memorygym.core.tokens import MONTHS
from memorygym.core.types import JSON

Kind = Literal["id", "date", "amount", "path", "name", "command"]
KINDS: tuple[Kind, ...] = ("id", "date", "amount", "path", "name", "command")
LONGEST = 300
"""Most characters of an argument that can be one value; of a longer one the parts count."""
SEARCHED = 20_000
"""Characters of a longer argument that are searched for its parts."""
COMMANDS = ("command", "cmd", "bash", "script", "code", "query", "sql")
"""Arguments whose texts of several words are commands."""
STATED = ("null", "none", "true", "false", "n/a")
"""Words that name no value."""
_NAMES = "|".join(month[:3] for month in MONTHS)
_DAY_FIRST = re.compile(rf"\b(\d\d?)(?:st|nd|rd|th)? ({_NAMES})[a-z]*\.?,? (\d{{4}})\b", re.I)
_MONTH_FIRST = re.compile(rf"\b({_NAMES})[a-z]*\.? (\d\d?)(?:st|nd|rd|th)?,? (\d{{4}})\b", re.I)
_SLASHES = re.compile(r"\b(\d{4})/(\d\d)/(\d\d)\b")
_ESCAPE = re.compile(r"\\+(u[0-9a-f]{4}|.)", re.DOTALL)
_THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?!,?\d)")
_BLANKS = re.compile(r"\s+")
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:[t ]\d\d:\d\d\S*)?|\d\d?:\d\d(?::\d\d)?(?: ?[ap]m)?")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_ENDINGS = (
    "c cc cfg conf cpp cs css csv db doc docx gz go h hpp html ini ipynb java jpeg jpg js json"
    " jsonl jsx kt lock log lua md parquet patch pdf php pl png pptx py pyi r rb rs rst scala sh"
    " sql sqlite svg swift tar tex toml traj ts tsv tsx txt xls xlsx xml yaml yml zip"
)
"""Endings by which a name without a slash is a file's."""
_LETTER = re.compile(r"\w").match
_PATH = re.compile(
    r"[\w.~@:*+-]*(?:/[\w.~@:*+-]+)+/?|[\w.-]*\w\.(?:" + "|".join(_ENDINGS.split()) + ")"
)
_COMMAND = re.compile(r"[a-z][\w.-]* (?:-|.*[/|=.])[^\n]*")
_PART = re.compile(r"[^\s\"'`,;()\[\]{}<>|=&$]+")
_FEWEST = 3
"""Digits of an amount, and letters of a name: shorter ones are too common."""


def plain(text: str) -> str:
    """A text as values are compared: case, blanks, escapes of JSON, separators of thousands and the
    order of full dates do not matter.

    >>> plain("on May  20th, 2024"), plain("$1,234.50"), plain('\\\\u00e9t\\\\u00e9')
    ('on 2024-05-20', '$1234.50', 'été')
    """
    text = unicode_normal("NFKC", text).casefold()
    if "\\" in text:
        text = _ESCAPE.sub(_unescaped, text)
    text = _BLANKS.sub(" ", text)
    text = _DAY_FIRST.sub(lambda m: _iso(m[3], m[2], m[1]), text)
    text = _MONTH_FIRST.sub(lambda m: _iso(m[3], m[1], m[2]), text)
    text = _SLASHES.sub(r"\1-\2-\3", text)
    return _THOUSANDS.sub(lambda m: m[0].replace(",", ""), text).strip()


def _unescaped(match: re.Match[str]) -> str:
    sign = match[1]
    if len(sign) > 1:
        return chr(int(sign[1:], 16)).casefold()
    return " " if sign in "ntr" else sign


def _iso(year: str, month: str, day: str) -> str:
    number = next(i for i, name in enumerate(MONTHS, 1) if name[:3].casefold() == month.casefold())
    return f"{year}-{number:02}-{int(day):02}"


def states(text: str, value: str) -> bool:
    """Whether a normalised text states a normalised value, not as a part of a longer one.

    >>> states("paid 255.00 of w255", "255"), states("seat 1255", "255"), states("a.py:3", "a.py")
    (True, False, True)
    """
    if not _NUMBER.fullmatch(value):
        return _holds(text, value, "", "")
    whole, _, rest = value.partition(".")
    rest = rest.rstrip("0")
    forms = {value, f"{whole}.{rest:0<1}", f"{whole}.{rest:0<2}", *(() if rest else (whole,))}
    return any(_holds(text, form, r"(?<!\d[.:/-])", r"(?![.:/-]\d)") for form in forms)


def _holds(text: str, value: str, before: str, after: str) -> bool:
    """Whether a text has a value between these patterns, and not inside a longer word."""
    if value not in text:
        return False
    before += r"(?<!\w)" * bool(_LETTER(value[0]))
    after += r"(?!\w)" * bool(_LETTER(value[-1]))
    return re.search(before + re.escape(value) + after, text) is not None


def kind_of(text: str, argument: str = "") -> Kind | None:
    """The kind of value that a text has the form of; None if it says too little to be traced.

    >>> [kind_of(text) for text in ("HAT069", "2024-05-20", "255", "src/a.py", "Mia Li", "ls -la")]
    ['id', 'date', 'amount', 'path', 'name', 'command']
    >>> [kind_of(text) for text in ("economy", "one_way", "1", "true", "", "12")]
    [None, None, None, None, None, None]
    """
    value = plain(text)
    if value in STATED or not any(map(str.isalnum, value)):
        return None
    if _DATE.fullmatch(value):
        return "date"
    digits = sum(map(str.isdigit, value))
    if _NUMBER.fullmatch(value.lstrip("$€£#").rstrip("%")):
        long = value.isdigit() and (digits > 9 or value.startswith("0"))
        return None if digits < _FEWEST else "id" if long or value.startswith("#") else "amount"
    if " " not in value:
        return _word_kind(text.strip(), value, digits)
    if argument.rpartition(".")[2] in COMMANDS or _COMMAND.fullmatch(text):
        return "command"
    letters = sum(map(str.isalpha, value))
    named = len(value.split(" ")) <= 8 and any(map(str.isupper, text)) and letters >= _FEWEST
    return "name" if named else None


def _word_kind(text: str, value: str, digits: int) -> Kind | None:
    """The kind of a text without blanks, as it is and normalised."""
    if "@" in value.strip("@") or "://" in value:
        return "id"
    if _PATH.fullmatch(value) and sum(map(str.isalpha, value)) > 1:
        return "path"
    if digits and len(value) > _FEWEST:
        return "id"
    letters = sum(map(str.isalpha, text))
    if letters < _FEWEST:
        return None
    if text.isupper():
        return "id"
    return "name" if text[0].isupper() else None


def leaves(value: JSON, place: str = "") -> Iterator[tuple[str, str]]:
    """The texts and numbers in the arguments of a call, with their places."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from leaves(item, f"{place}.{name}" if place else str(name))
    elif isinstance(value, str):
        yield place, value
    elif isinstance(value, Sequence):
        for index, item in enumerate(value):
            yield from leaves(item, f"{place}[{index}]")
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield place, f"{value:.12g}" if isinstance(value, float) else str(value)


def parts(text: str) -> Iterator[tuple[str, Kind]]:
    """The ids, dates, amounts and paths in a longer argument.

    >>> [part for part, _ in parts("cd /src && pytest tests/test_a.py -k W2378 # 100+155")]
    ['/src', 'tests/test_a.py', 'W2378', '100', '155']
    """
    for match in _PART.finditer(text[:SEARCHED]):
        word = match[0].strip(".:!?*+#")
        if len(word) > LONGEST:
            continue
        terms = re.split(r"[+*]", word) if re.fullmatch(r"[\d.+*]+", word) else [word]
        for term in terms:
            kind = kind_of(term)
            if kind in ("date", "amount", "path") or (kind == "id" and not term.isalpha()):
                yield term, kind
