"""The history of a fact (the messages that stated it, the entries that held it, the view), and the
sources of an entry (the messages that it can come from).

Both come from a trace alone, as the track's reader reads it; the gold table only says which facts
are needed and what is right.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from memorygym.core.outcome import Goal
from memorygym.core.statements import FORMER, HELD, Statement
from memorygym.core.tokens import normalize
from memorygym.core.trace import Action, LimitHit, MemoryUpdate, Observation, ToolResult, Trace
from memorygym.memories.stores.message_entries import to_text
from memorygym.memories.stores.splitter import sentences
from memorygym.scoring.attribution import Attribution, is_named


@dataclass(frozen=True, slots=True)
class Passage:
    """The place in a text that states a fact."""

    heading: str
    """Heading of the document; "" if it has none."""
    sentence: str
    """The sentence, or the line of a note, that states the fact."""
    says: str
    """The value that it states."""
    right: bool
    """Whether that is the value asked for."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A message that stated a fact."""

    event: int
    passage: Passage
    superseded: int | None = None
    """The event whose message replaced the value; None if none did."""
    alone: bool = True
    """Whether the passage alone states the value asked for, whatever other messages state."""


@dataclass(frozen=True, slots=True)
class HeldSpan:
    """The time for which an entry stated the same value of a fact."""

    id: str
    passage: Passage
    since: int
    """The event in which it was stored."""
    until: int | None = None
    """The event in which it changed or went; None if it was there when the question was asked."""
    changed: bool = False
    """Whether it ended because the entry got another text; otherwise the entry was dropped."""


@dataclass(frozen=True, slots=True)
class Appearance:
    """A passage about a fact that the memory brought into the event of the question."""

    source: str
    """The name of the tool that returned it, or COMPOSED."""
    passage: Passage


@dataclass(frozen=True, slots=True)
class FactHistory:
    """The history of a needed fact, from the first message about it to the question's event."""

    fact: Statement
    mentions: tuple[Mention, ...]
    spans: tuple[HeldSpan, ...]
    stored: int | None
    """The event after which the memory first held its right value; None if it never did."""
    dropped: int | None
    """The event after which the memory no longer held it; None if it still did."""
    appearances: tuple[Appearance, ...]
    lost: str
    """Where the fact was lost: the value of `Attribution.lost`."""


@dataclass(frozen=True, slots=True)
class Source:
    """A message that an entry can come from."""

    event: int
    heading: str
    facts: tuple[str, ...]
    """Facts that both state; none if they share only sentences."""


@dataclass(frozen=True, slots=True)
class Version:
    """A text that an entry had, and the messages that it can come from."""

    text: str
    since: int
    until: int | None
    changed: bool
    """Whether it ended because the entry got another text; otherwise the entry was dropped."""
    sources: tuple[Source, ...]
    unfounded: tuple[str, ...]
    """Facts in the text that no message had stated."""


class Provenance:
    """The histories of facts and the sources of entries, from one trace."""

    def __init__(self, trace: Trace, attribution: Attribution | None = None) -> None:
        self._trace = trace
        self._attribution = attribution or Attribution(trace)
        self._reader = self._attribution.reader

    def histories(self, question: Goal) -> list[FactHistory]:
        """The history of each fact that a question needs, in the question's order."""
        return [self._history(question, need) for need in question.needs]

    def limit_reasons(self, event: int) -> list[str]:
        """The reasons of the limits that were enforced in an event."""
        limits = [record for record in self._trace.records if isinstance(record, LimitHit)]
        return [limit.reason for limit in limits if limit.event == event]

    def origins(self, id: str) -> list[Version]:
        """Each text that an entry had, with the messages that it can come from."""
        versions: list[Version] = []
        for record in self._trace.records:
            if not isinstance(record, MemoryUpdate):
                continue
            texts = [entry.text for entry in record.entries if entry.id == id]
            is_there = bool(versions) and versions[-1].until is None
            if is_there and texts == [versions[-1].text]:
                continue  # Only its index changed.
            if is_there and (texts or id in record.dropped):
                versions[-1] = replace(versions[-1], until=record.event, changed=bool(texts))
            versions += [self._version(text, record.event) for text in texts]
        return versions

    def _history(self, question: Goal, fact: Statement) -> FactHistory:
        event = question.event
        states = self._attribution.held(fact, event)
        held = [number for number, (_, state) in enumerate(states) if state == HELD]
        after = states[held[-1] + 1 :] if held else []
        views = self._attribution.views.get(event, ())
        return FactHistory(
            fact,
            self._mentions(fact, event),
            self._held_spans(fact, event),
            states[held[0]][0] if held else None,
            after[0][0] if after else None,
            tuple(
                Appearance(source, passage)
                for source, text in views
                for passage in self._passages(text, fact)
            ),
            self._attribution.lost(question, fact),
        )

    def _mentions(self, fact: Statement, before: int) -> tuple[Mention, ...]:
        """The messages that stated a fact before an event."""
        mentions: list[Mention] = []
        known: list[Statement] = []
        for event, text in self._messages:
            if event >= before:
                break
            known += self._records_about(text, fact)
            for passage in self._passages(text, fact):
                right = passage.right if fact.role == FORMER else fact.state(known) == HELD
                last = mentions[-1].passage if mentions else passage
                # If both are right, the later message is a source of lower rank.
                if last.says != passage.says and not (last.right and right):
                    mentions[-1] = replace(mentions[-1], superseded=event)
                stated = replace(passage, right=right)
                mentions.append(Mention(event, stated, alone=passage.right))
        return tuple(mentions)

    def _held_spans(self, fact: Statement, before: int) -> tuple[HeldSpan, ...]:
        """The spans for which entries stated values of a fact, before an event."""
        open_spans: dict[str, HeldSpan] = {}
        ended: list[HeldSpan] = []
        for event, texts in self._attribution.about(self._reader.mention(fact)):
            if event >= before:
                break
            now = {id: p for id, text in texts.items() if (p := self._passage(text, fact))}
            for id, span in list(open_spans.items()):
                if id not in now or now[id].says != span.passage.says:
                    changed = (event, id) not in self._drops
                    ended.append(replace(open_spans.pop(id), until=event, changed=changed))
            for id, passage in now.items():
                open_spans.setdefault(id, HeldSpan(id, passage, event))
        return tuple(sorted((*ended, *open_spans.values()), key=lambda span: span.since))

    @cached_property
    def _drops(self) -> set[tuple[int, str]]:
        stored = (record for record in self._trace.records if isinstance(record, MemoryUpdate))
        return {(record.event, id) for record in stored for id in record.dropped}

    @cached_property
    def _messages(self) -> list[tuple[int, str]]:
        """The texts that the environment showed: (event, text)."""
        return [*self._trace.environment_texts(())]

    def _records_about(self, text: str, fact: Statement) -> list[Statement]:
        return [record for record in self._reader.read(text) if fact.is_stated_by(record)]

    def _passage(self, text: str, fact: Statement) -> Passage | None:
        """What a text states of a fact, at the first place that does; None if it does not."""
        records = self._records_about(text, fact)
        if not records:
            return None
        first = self._passages(text, fact)[0]
        return self._passage_of(first.heading, first.sentence, fact, records)

    def _passages(self, text: str, fact: Statement) -> list[Passage]:
        """The places in a text that state a fact."""
        records = self._records_about(text, fact)
        if not records:
            return []
        passages: list[Passage] = []
        heading, name = "", self._reader.mention(fact)
        for line in text.split("\n"):
            for sentence in sentences(line):
                place = f"{heading}\n{sentence}".strip()
                if not is_named(name, place):
                    continue
                about = self._records_about
                if own := about(place, fact) or about(sentence, fact):
                    passages.append(self._passage_of(heading, sentence, fact, own))
            if line.startswith("[") or line.strip("#*-: ") == name:
                heading = line
        if not passages:  # No single sentence states it.
            for part in text.split("\n\n"):
                if own := self._records_about(part, fact):
                    passages.append(self._passage_of("", part.strip(), fact, own))
        return passages or [self._passage_of("", text, fact, records)]

    def _passage_of(
        self, heading: str, sentence: str, fact: Statement, records: Sequence[Statement]
    ) -> Passage:
        """The passage whose text states these records of a fact."""
        right = fact.state(records) == HELD
        return Passage(heading, sentence, self._reader.describe(fact, records), right)

    def _version(self, text: str, event: int) -> Version:
        stated: dict[tuple[int, str], list[str]] = {}
        unfounded: list[str] = []
        for fact in self._reader.facts(text):
            mentions = self._mentions(fact, event + 1)
            sources = [mention for mention in mentions if mention.passage.right or mention.alone]
            for mention in sources:
                key = mention.event, mention.passage.heading
                stated.setdefault(key, []).append(self._reader.text(fact))
            if not sources:
                unfounded.append(self._reader.text(fact))
        origins = [
            Source(number, heading, tuple(facts)) for (number, heading), facts in stated.items()
        ]
        if not (origins or unfounded):
            origins = list(self._most_similar(text, event))
        return Version(text, event, None, False, tuple(origins), tuple(unfounded))

    def _most_similar(self, text: str, event: int) -> Iterator[Source]:
        """The messages up to an event that share most sentences with a text."""
        own = set(map(normalize, sentences(text)))
        shared: dict[tuple[int, str], int] = {}
        for record in self._trace.records:
            match record:
                case Observation(number, messages) | ToolResult(number, messages) if (
                    number <= event
                ):
                    shown = messages
                case Action(number, message) if number <= event:
                    shown = (message,)
                case _:
                    continue
            for message in shown:
                lines = to_text(message)
                if same := own & set(map(normalize, sentences(lines))):
                    heading = (message.content or lines).partition("\n")[0]
                    shared[number, heading] = len(same)
        maximum = max(shared.values(), default=0)
        return (
            Source(number, heading, ()) for (number, heading), n in shared.items() if n == maximum
        )
