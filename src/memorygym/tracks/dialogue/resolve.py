"""What a request needs: each argument of its tool call, from known facts and a listing."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from memorygym.core.statements import Statement, StatementIndex
from memorygym.tracks.dialogue.desk import (
    CUSTOMER,
    POLICY,
    Choice,
    Desk,
    DeskAction,
    Given,
    IfAbove,
    IfTrue,
    Known,
    words_of,
)
from memorygym.tracks.dialogue.offers import Offer, best
from memorygym.tracks.dialogue.texts import shown


@dataclass(frozen=True)
class Request:
    """A request of the customer, as its text states it."""

    action: DeskAction
    words: Mapping[str, str]
    """The words that the text gives: `person`, `account`, wishes."""

    @property
    def choice(self) -> Choice | None:
        """The choice among offers that it asks for."""
        return next((s for s in self.action.sources() if isinstance(s, Choice)), None)

    def wishes(self, desk: Desk) -> dict[str, str]:
        """The wishes that it names."""
        return {w.label: self.words[w.label] for w in desk.wishes if w.label in self.words}


@dataclass
class Resolver:
    """Finds the arguments of a request; `used` collects the facts that decide."""

    desk: Desk
    request: Request
    facts: StatementIndex
    search: Callable[[Mapping[str, str]], Sequence[Offer]]
    """The offers with these wishes."""
    used: dict[tuple[str, str], Statement] = field(default_factory=dict)

    def arguments(self) -> dict[str, str] | None:
        """The arguments of the tool call; None if a fact is missing that no default replaces."""
        values = {name: self._value(s) for name, s in self.request.action.arguments.items()}
        known = {name: value for name, value in values.items() if value is not None}
        return known if len(known) == len(values) else None

    def says(self) -> str:
        """What must be said, with its unit; "" if nothing must or it is not known."""
        known = self.request.action.says
        value = self._known(known) if known else None
        if not known or value is None:
            return ""
        return shown(self.desk, known.key, value)

    def wishes(self) -> dict[str, str]:
        """The wishes to search for, as far as they are known."""
        choice = self.request.choice
        wishes = self.request.wishes(self.desk)
        for label in choice.wishes if choice else ():
            if (value := self._known(Known(label, "person"))) is not None:
                wishes[label] = value
        return wishes

    def _value(self, source: object) -> str | None:
        match source:
            case Given(word):
                return self.request.words[word]
            case Known():
                return self._known(source)
            case IfTrue(key, word, then, otherwise):
                stated = self._known(Known(key, "person"))
                is_true = stated in (None, self.request.words[word])
                return self._known(then if is_true else otherwise)
            case Choice():
                return self._chosen(source).get("id")
            case IfAbove(field_name, rule, then):
                return self._approval(field_name, rule, then)
        raise TypeError(f"no source: {source!r}")

    def _approval(self, field_name: str, rule: str, then: Known) -> str:
        threshold = self._known(Known(rule, "policy"))
        choice = self.request.choice
        value = self._chosen(choice).get(field_name) if choice else None
        if threshold is None or value is None or int(value) <= int(threshold):
            return "none"
        return self._known(then) or "none"

    def _chosen(self, choice: Choice) -> Offer:
        limits = dict(self._limits()) if choice.limited else {}
        return best(self.desk, self.search(self.wishes()), limits) or {}

    def _limits(self) -> Iterator[tuple[str, str]]:
        for limit in self.desk.limits:
            if (value := self._stated(CUSTOMER, limit.label)) is not None:
                yield limit.label, value

    def _known(self, known: Known) -> str | None:
        words = self.request.words
        subject = POLICY if known.of == "policy" else words.get(known.of)
        if subject is None:  # The request says "my sister".
            subject = self._stated(CUSTOMER, words["role"])
        return self._stated(subject, known.key) if subject else None

    def _stated(self, subject: str, key: str) -> str | None:
        """The value of a fact, which is noted as used."""
        stated = self.facts.get(subject, key)
        if stated is None:
            return None
        self.used[stated[:2]] = stated
        return stated.text


@lru_cache(maxsize=20_000)
def request_in(desk: Desk, text: str) -> Request | None:
    """The request in a message of the customer."""
    for action in desk.actions:
        if (words := words_of(action.request, text)) is not None:
            return Request(action, words)
    return None


def described(tool: str, arguments: Mapping[str, str], said: str) -> str:
    """What was done, as people read it."""
    call = f"{tool}({', '.join(f'{name}={value}' for name, value in arguments.items())})"
    return f"{call}, says {said!r}" if said else call
