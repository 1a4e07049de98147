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
from itertools import islice

from memorygym.core.tokens import count, shown_tokens
from memorygym.core.types import JSON, Message
from memorygym.memories.stores.message_entries import to_text
from memorygym.scoring.value_forms import LONGEST, Kind, kind_of, leaves, parts, plain, states

MOST_PARTS = 20
"""Most parts of a longer argument that count: what an agent writes at length is mostly its own."""
_ID_KEY = re.compile(r"(?:.*_)?id|.*[a-z]Id")
_WORD = re.compile(r"\w+")


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
    key: str
    """The same, normalised."""
    within: str
    """The text of the argument that the value is, or is a part of."""
    kind: Kind
    source: int
    """The index of the message."""
    by: str
    """Its role."""
    distance: int
    """Tokens of the messages after it, up to the call."""
    older: tuple[str, str] | None = None
    """If the value replaced another one: the record and its older value, both normalised."""


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
        always, found = plain(self.always), list[Use]()
        calls = len(self.messages[0].calls) if self.messages else 0
        versions: dict[tuple[str, str], list[str]] = {}
        words: set[str] = set()
        for turn, indexes in enumerate(self.turns[1:]):
            live, before = self.turns[turn], range(self.turns[turn].start)
            for i in self.turns[turn - 1] if turn else ():
                words.update(_WORD.findall(self.text(self.messages[i])))
            shown = [always, *(self.text(self.messages[i]) for i in live)]
            for i in live:
                _note(versions, self.messages[i])
            for call in self.messages[indexes.start].calls:
                calls += 1
                for argument, text, value, kind in _candidates(call.arguments, before, words, self):
                    key = plain(value)
                    source = self.source(key, before, words)
                    if source is None or any(states(seen, key) for seen in shown):
                        continue
                    distance = sum(sizes[source + 1 : indexes.start])
                    found.append(
                        Use(
                            turn,
                            calls,
                            call.name,
                            argument,
                            value,
                            key,
                            text,
                            kind,
                            source,
                            self.messages[source].role,
                            distance,
                            _older(versions, key),
                        )
                    )
        return found

    def source(self, value: str, before: range, words: Collection[str]) -> int | None:
        """The newest of these messages, which hold these words, that states a value."""
        first = _WORD.search(value)
        if first and first[0] not in words:
            return None
        texts = ((i, self.text(self.messages[i])) for i in reversed(before))
        return next((i for i, text in texts if states(text, value)), None)


def _candidates(
    arguments: JSON, before: range, words: Collection[str], conversation: Conversation
) -> Iterator[tuple[str, str, str, Kind]]:
    """Place, text, value and kind of what can be values, each once: a whole argument if an earlier
    message states it, else its parts."""
    known: set[str] = set()
    for argument, text in leaves(arguments):
        whole = text.strip()
        kind = kind_of(whole, argument) if len(whole) <= LONGEST else None
        stated = kind and conversation.source(plain(whole), before, words) is not None
        values = [(whole, kind)] if kind and stated else list(islice(parts(whole), MOST_PARTS))
        for value, its_kind in values:
            if (key := plain(value)) not in known:
                known.add(key)
                yield argument, text, value, its_kind


def _note(versions: dict[tuple[str, str], list[str]], message: Message) -> None:
    """Adds what a tool's result states of records, where it differs from the last time."""
    if message.role != "tool" or message.content[:1] not in ("{", "["):
        return
    try:
        stated = list(fields(json.loads(message.content)))
    except (ValueError, RecursionError):
        return
    for name, value in stated:
        own = versions.setdefault(name, [])
        if own[-1:] != [value]:
            own.append(value)


def _older(versions: Mapping[tuple[str, str], list[str]], value: str) -> tuple[str, str] | None:
    """The record whose field has this value now and had another, and that value."""
    for (record, _), stated in versions.items():
        if len(stated) > 1 and stated[-1] == value and value not in stated[:-1]:
            return record, stated[-2]
    return None


def is_stale(shown: Sequence[str], use: Use) -> bool:
    """Whether normalised texts show the older value of a record and not the newer one."""
    if use.older is None or any(states(text, use.key) for text in shown):
        return False
    record, old = use.older
    return any(states(text, record) and states(text, old) for text in shown)
