"""The values that the arguments of a call took from earlier messages of a recorded conversation.

A value counts if it has the form of an id, a date, an amount, a path, a name or a command, an
earlier message states it exactly (after normalisation), and neither what the agent always sees nor
the running turn states it. docs/your-logs.md gives the rules with examples.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal
from unicodedata import normalize as unicode_normal

from memorygym.core.tokens import MONTHS, count, shown_tokens
from memorygym.core.types import JSON, Message
from memorygym.memories.stores.message_entries import to_text

Kind = Literal["id", "date", "amount", "path", "name", "command"]
KINDS: tuple[Kind, ...] = ("id", "date", "amount", "path", "name", "command")
LONGEST = 300
"""Most characters of an argument that can be one value; of a longer one the parts count."""
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
_PATH = re.compile(
    r"[\w.~@:*+-]*(?:/[\w.~@:*+-]+)+/?|[\w.-]*\w\.(?:" + "|".join(_ENDINGS.split()) + ")"
)
_COMMAND = re.compile(r"[a-z][\w.-]* (?:-|.*[/|=.])[^\n]*")
_PART = re.compile(r"[^\s\"'`,;()\[\]{}<>|=&$]+")
_ID_KEY = re.compile(r"(?:.*_)?id|.*[a-z]Id")
_FEWEST = 3
"""Digits of an amount, and letters of a name: shorter ones are too common."""


@dataclass(frozen=True, slots=True)
class Use:
    """A value in the arguments of a call, and the newest earlier message that states it."""

    turn: int
    """The running turn when the call was made: the last that the agent had read."""
    call: int
    """The number of the call in the trajectory, from 1."""
    tool: str
    argument: str
    """The place in the arguments, as flights[0].date."""
    value: str
    """As the argument has it."""
    kind: Kind
    source: int
    """The index of the message."""
    distance: int
    """Tokens of the messages after it, up to the call."""
    older: tuple[str, str] | None = None
    """If the value replaced another one: the record and its older value, both normalised."""


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
        return _holds(text, value, number=False)
    whole, _, rest = value.partition(".")
    rest = rest.rstrip("0")
    forms = {value, f"{whole}.{rest}", f"{whole}.{rest:0<2}"} if rest else {whole, f"{whole}.0"}
    forms |= set() if rest else {f"{whole}.00"}
    return any(_holds(text, form, number=True) for form in forms)


def _holds(text: str, value: str, *, number: bool) -> bool:
    start, size = text.find(value), len(value)
    while start >= 0:
        end = start + size
        if _ends(text, start - 1, value[0], -1, number=number) and _ends(
            text, end, value[-1], 1, number=number
        ):
            return True
        start = text.find(value, start + 1)
    return False


def _ends(text: str, at: int, edge: str, step: int, *, number: bool) -> bool:
    """Whether a value that is followed (or, for step -1, preceded) by a place ends there."""
    if not 0 <= at < len(text):
        return True
    sign = text[at]
    if (edge.isalnum() or edge == "_") and (sign.isalnum() or sign == "_"):
        return False
    beyond = text[at + step] if 0 <= at + step < len(text) else ""
    return not (number and sign in ".-:/" and beyond.isdigit())


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


def fields(value: JSON, record: str = "", place: str = "") -> Iterator[tuple[tuple[str, str], str]]:
    """The fields of the records in a tool's result: of objects with an id, by id and place."""
    if isinstance(value, Mapping):
        ids = (v for k, v in value.items() if _ID_KEY.fullmatch(k) and isinstance(v, (str, int)))
        if (id := next(ids, None)) is not None:
            record, place = plain(str(id)), ""
        for name, item in value.items():
            yield from fields(item, record, f"{place}.{name}")
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for index, item in enumerate(value):
            yield from fields(item, record, f"{place}[{index}]")
    elif record and value is not None and not isinstance(value, bool):
        yield (record, place), plain(str(value))


@dataclass
class Conversation:
    """A recorded conversation in turns: a reply of the agent and what it got back."""

    messages: Sequence[Message]
    always: str
    """What the agent sees in every turn: its instructions and the definitions of its tools."""
    _plain: dict[str, str] = field(default_factory=dict)

    def text(self, message: Message) -> str:
        """A message as values are compared, computed once."""
        shown = to_text(message)
        if shown not in self._plain:
            self._plain[shown] = plain(shown)
        return self._plain[shown]

    @cached_property
    def turns(self) -> list[range]:
        """The indexes of the messages by turn; a reply of the agent begins one."""
        starts = [0, *(i for i, m in enumerate(self.messages) if i and m.role == "assistant")]
        return [range(a, b) for a, b in zip(starts, [*starts[1:], len(self.messages)], strict=True)]

    @cached_property
    def uses(self) -> list[Use]:
        """All uses of values from earlier messages, in order, each value once a call."""
        sizes = [shown_tokens(message, count) for message in self.messages]
        always, found, calls = plain(self.always), list[Use](), 0
        versions: dict[tuple[str, str], list[str]] = {}
        for turn, indexes in enumerate(self.turns[1:]):
            live, before = self.turns[turn], range(self.turns[turn].start)
            shown = [always, *(self.text(self.messages[i]) for i in live)]
            for i in live:
                _note(versions, self.messages[i])
            for call in self.messages[indexes.start].calls:
                calls += 1
                for argument, value, kind, source in self._traced(call.arguments, before, shown):
                    distance = sum(sizes[source + 1 : indexes.start])
                    older = _older(versions, plain(value))
                    found.append(
                        Use(turn, calls, call.name, argument, value, kind, source, distance, older)
                    )
        return found

    def _traced(
        self, arguments: JSON, before: range, shown: Collection[str]
    ) -> Iterator[tuple[str, str, Kind, int]]:
        """Place, value, kind and source of each value that only the messages before state."""
        known: set[str] = set()
        for argument, text in leaves(arguments):
            whole = text.strip()
            kind = kind_of(whole, argument) if len(whole) <= LONGEST else None
            source = self._source(plain(whole), before) if kind else None
            values = [(whole, kind, source)]
            if source is None:
                values = [(p, k, self._source(plain(p), before)) for p, k in parts(whole)]
            for value, its_kind, index in values:
                key = plain(value)
                if its_kind is None or index is None or key in known:
                    continue
                known.add(key)
                if not any(states(text, key) for text in shown):
                    yield argument, value, its_kind, index

    def _source(self, value: str, before: range) -> int | None:
        """The newest of these messages that states a value."""
        texts = ((i, self.text(self.messages[i])) for i in reversed(before))
        return next((i for i, text in texts if states(text, value)), None)


def parts(text: str) -> Iterator[tuple[str, Kind]]:
    """The ids, dates, amounts and paths in a longer argument.

    >>> [part for part, _ in parts("cd /src && pytest tests/test_a.py -k W2378 # 100+155")]
    ['/src', 'tests/test_a.py', 'W2378', '100', '155']
    """
    for match in _PART.finditer(text):
        word = match[0].strip(".:!?*+#")
        terms = re.split(r"[+*]", word) if re.fullmatch(r"[\d.+*]+", word) else [word]
        for term in terms:
            kind = kind_of(term)
            if kind in ("date", "amount", "path") or (kind == "id" and not term.isalpha()):
                yield term, kind


def _note(versions: dict[tuple[str, str], list[str]], message: Message) -> None:
    """Adds what a tool's result states of records, where it differs from the last time."""
    if message.role != "tool" or message.content[:1] not in ("{", "["):
        return
    try:
        value = json.loads(message.content)
    except (ValueError, RecursionError):
        return
    for name, stated in fields(value):
        own = versions.setdefault(name, [])
        if own[-1:] != [stated]:
            own.append(stated)


def _older(versions: Mapping[tuple[str, str], list[str]], value: str) -> tuple[str, str] | None:
    """The record whose field has this value now and had another, and that value."""
    for (record, _), stated in versions.items():
        if len(stated) > 1 and stated[-1] == value and value not in stated[:-1]:
            return record, stated[-2]
    return None


def is_stale(shown: Sequence[str], use: Use) -> bool:
    """Whether normalised texts show the older value of a record and not the newer one."""
    if use.older is None or any(states(text, plain(use.value)) for text in shown):
        return False
    record, old = use.older
    return any(states(text, record) and states(text, old) for text in shown)
