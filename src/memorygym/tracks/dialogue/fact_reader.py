"""The fact reader of dialogue: wishes, limits, rules and codes, in whatever layout."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from memorygym.core.statements import Statement
from memorygym.core.trace import Trace
from memorygym.core.trace_reader import TraceReader
from memorygym.scoring.episode_scores import rewarded
from memorygym.scoring.fact_reader.claims import Reading
from memorygym.scoring.fact_reader.key import Key, ValueKind
from memorygym.scoring.fact_reader.names import CapitalisedNames
from memorygym.scoring.fact_reader.vocabulary import Vocabulary
from memorygym.scoring.stream_reader import StreamReader, ranked
from memorygym.tracks.dialogue import texts
from memorygym.tracks.dialogue.desk import CUSTOMER, ORDER, POLICY, ROLES, Desk, Term
from memorygym.tracks.dialogue.desks import desk_named
from memorygym.tracks.dialogue.env import tools_of
from memorygym.tracks.dialogue.offers import is_row
from memorygym.tracks.dialogue.resolve import request_in

CODE = r"\b([B-DF-HJ-NP-TV-XZb-df-hj-np-tv-xz]-\d{4})\b"
_IS_CODE = re.compile(CODE)


def keys_of(desk: Desk) -> tuple[Key, ...]:
    """The keys of a desk's facts."""
    return (
        *(
            _key("enum", limit.label, choices=limit.values, owner=CUSTOMER, is_excluded=True)
            if limit.rule == "not"
            else _number(limit, CUSTOMER)
            for limit in desk.limits
        ),
        *(
            _number(rule, POLICY) if rule.values else _code(rule.label, owner=POLICY)
            for rule in desk.rules
        ),
        *(_key("entity", role, value="person", owner=CUSTOMER) for role in ROLES),
        *(_key("enum", wish.label, choices=wish.choices, subject="person") for wish in desk.wishes),
        _key("enum", desk.town_key, "lives in", choices=desk.towns, subject="person"),
        *(_code(key, subject="person") for key in (desk.address_key, ORDER)),
        _code(desk.account_key, subject="account"),
    )


def _key(kind: ValueKind, label: str, *labels: str, **form: Any) -> Key:
    """A key whose code is its first label."""
    return Key(label, kind, (label, *labels), **form)


def _number(term: Term, owner: str) -> Key:
    return _key("number", term.label, prefix=term.prefix, suffix=term.suffix, owner=owner)


def _code(label: str, **whose: str) -> Key:
    return _key("word", label, pattern=CODE, **whose)


class DialogueReader(StreamReader):
    """Reads the facts of one desk. A statement that replaces a value ranks above others."""

    def __init__(self, desk: Desk, shown: tuple[str, ...] | None = None) -> None:
        self._desk = desk
        tools = "|".join(("search", *(action.tool for action in desk.actions)))
        self._call = re.compile(rf"\b(?:{tools})\b[\"']?[\s,:]*[({{\[]")
        keys = keys_of(desk)
        nouns = frozenset(("customer", "person", desk.offer))
        towns = {town.lower() for town in desk.towns}
        names = CapitalisedNames(keys, {*nouns, "my"})
        ending = " " + desk.account
        vocabulary = Vocabulary(
            keys,
            lambda text: [n for n in names(text) if n[2].lower() not in towns],
            nouns,
            lambda name: "account" if name.endswith(ending) else "person",
        )
        super().__init__(vocabulary, shown)

    def against(self, shown: Iterable[str]) -> "DialogueReader":
        """See core.statements.MatchingReader."""
        return reader_for(self._desk.name, tuple(shown))

    def _stated(self, shown: tuple[str, ...]) -> Iterable[Statement]:
        told = reader_for(self._desk.name)
        return (fact for text in shown for fact in told._parsed(text).facts)

    def _general(self, text: str) -> Reading:
        return self._matcher.read("\n".join(filter(self._may_state, text.split("\n"))))

    def _may_state(self, line: str) -> bool:
        """Whether a line may state facts: it is about no offer, no request, no call of a tool."""
        if is_row(self._desk, line) or self._call.search(line):
            return False
        return request_in(self._desk, line) is None

    def _statements(self, text: str) -> tuple[Statement, ...]:
        # A customer's facts need no name beside them.
        read = ranked(text, self._parsed(text).facts, lambda fact: (fact.key, fact.text))
        return tuple(fact._replace(value=_in_capitals(fact.text)) for fact in read)

    def render(self, fact: Statement) -> str:
        """The sentence that states a fact."""
        value = texts.shown(self._desk, fact.key, fact.text)
        whose = "The" if fact.subject in (CUSTOMER, POLICY) else f"{fact.subject}'s"
        return f"{whose} {fact.key} is {'now ' if fact.rank else ''}{value}."


def _in_capitals(value: str) -> str:
    """A value, of which a code is in capitals."""
    return value.upper() if _IS_CODE.fullmatch(value) else value


class DialogueTraceReader(TraceReader):
    """The reader of a trace; it knows the tools of the trace's desk."""

    def __init__(self, trace: Trace) -> None:
        """Raises BadTrace if the trace has no gold table."""
        goals = [outcome.goal for outcome in rewarded(trace)]
        desk = desk_named(texts.desk_of(trace.system))
        named = frozenset(tool.name for tool in tools_of(desk))
        super().__init__(trace, goals, reader_for(desk.name), named)

    def mention(self, fact: Statement) -> str:
        """Texts about a customer or the rules need not name them."""
        return "" if fact.subject in (CUSTOMER, POLICY) else fact.subject


@lru_cache(maxsize=64)
def reader_for(name: str, shown: tuple[str, ...] | None = None) -> DialogueReader:
    """The reader of a desk, against the texts of a session if they are known; it parses each text
    once."""
    return DialogueReader(desk_named(name), shown)


def reader_of(system: str) -> DialogueReader:
    """The reader for a system message, which names the desk's house."""
    return reader_for(texts.desk_of(system))
