"""Where a fact went: the messages that told it, the entries that held it, the view, the answer.

From a trace alone, as the track's strong reader reads it: gold only says which facts are needed and
what is true. The other way round, the messages that an entry can come from.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from memorygym.core.outcome import Goal
from memorygym.core.tokens import normalize
from memorygym.core.trace import Action, LimitHit, MemoryUpdate, Observation, ToolResult, Trace
from memorygym.core.trace_reader import HELD, RequiredFact
from memorygym.memories.stores.message_entries import to_text
from memorygym.memories.stores.splitter import sentences
from memorygym.scoring.attribution import Attribution


@dataclass(frozen=True, slots=True)
class Passage:
    """The place in a text that tells of a fact."""

    heading: str
    """Of the document, "" if there is none."""
    sentence: str
    """Or the line of a note."""
    says: str
    """The value that it gives."""
    right: bool
    """Whether it tells the value that is asked for."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A message that told of a fact."""

    event: int
    passage: Passage
    superseded: int | None = None
    """The event whose message gave another value."""
    alone: bool = True
    """Whether the passage tells the value that is asked for, whatever else was told."""


@dataclass(frozen=True, slots=True)
class HeldSpan:
    """The time for which an entry told the same of a fact."""

    id: str
    passage: Passage
    since: int
    """The event in which it was stored."""
    until: int | None = None
    """The event in which that ended; None if it was there when the question was asked."""
    changed: bool = False
    """It ended because the entry got another text, not because it was dropped."""


@dataclass(frozen=True, slots=True)
class Appearance:
    """What memory brought of a fact into the event of the question."""

    source: str
    """The tool that was heard, or COMPOSED."""
    passage: Passage


@dataclass(frozen=True, slots=True)
class FactHistory:
    """A needed fact from the message that told it to the event of the question."""

    wanted: RequiredFact
    told: tuple[Mention, ...]
    stays: tuple[HeldSpan, ...]
    stored: int | None
    """The event after which the memory first held it."""
    dropped: int | None
    """The event after which the memory held it no more."""
    sightings: tuple[Appearance, ...]
    lost: str
    """As `Attribution.lost` has it."""


@dataclass(frozen=True, slots=True)
class Source:
    """A message that an entry can come from."""

    event: int
    heading: str
    facts: tuple[str, ...]
    """That both tell; none if they share words alone."""


@dataclass(frozen=True, slots=True)
class Version:
    """A text that an entry had, and where it can come from."""

    text: str
    since: int
    until: int | None
    changed: bool
    """It ended because the entry got another text, not because it was dropped."""
    sources: tuple[Source, ...]
    unfounded: tuple[str, ...]
    """Facts in it that no message had told."""


class Provenance:
    """Where the facts and the entries of one trace come from."""

    def __init__(self, trace: Trace, attribution: Attribution | None = None) -> None:
        self._trace = trace
        self._attribution = attribution or Attribution(trace)
        self._reader = self._attribution.reader

    def journeys(self, question: Goal) -> list[FactHistory]:
        """Of every fact that a question needs, in its order."""
        return [self._journey(question, need) for need in question.needs]

    def cuts(self, event: int) -> list[str]:
        """Why the referee stepped in in an event."""
        records = self._trace.records
        return [r.reason for r in records if isinstance(r, LimitHit) and r.event == event]

    def origins(self, id: str) -> list[Version]:
        """Every text that an entry had, with the messages that it can come from."""
        found: list[Version] = []
        for record in self._trace.records:
            if not isinstance(record, MemoryUpdate):
                continue
            texts = [entry.text for entry in record.entries if entry.id == id]
            if found and found[-1].until is None and (texts or id in record.dropped):
                found[-1] = replace(found[-1], until=record.event, changed=bool(texts))
            found += [self._version(text, record.event) for text in texts]
        return found

    def _journey(self, question: Goal, need: Any) -> FactHistory:
        fact, event = self._attribution.required(question, need), question.event
        states = self._attribution.held(fact, event)
        held = [number for number, (_, state) in enumerate(states) if state == HELD]
        after = states[held[-1] + 1 :] if held else []
        views = self._attribution.views.get(event, ())
        return FactHistory(
            fact,
            self._told(fact, event),
            self._stays(fact, event),
            states[held[0]][0] if held else None,
            after[0][0] if after else None,
            tuple(
                Appearance(source, passage)
                for source, text in views
                for passage in self._passages(text, fact)
            ),
            self._attribution.lost(question, need),
        )

    def _told(self, fact: RequiredFact, before: int) -> tuple[Mention, ...]:
        """The messages that told of a fact before an event."""
        found: list[Mention] = []
        known: list[Any] = []
        for event, text in self._messages:
            if event >= before:
                break
            known += self._telling(text, fact)
            for passage in self._passages(text, fact):
                right = passage.right if fact.old else fact.state(known) == HELD
                last = found[-1].passage if found else passage
                # Of two that are right, the later one is a word of less authority.
                if last.says != passage.says and not (last.right and right):
                    found[-1] = replace(found[-1], superseded=event)
                told = replace(passage, right=right)
                found.append(Mention(event, told, alone=passage.right))
        return tuple(found)

    def _stays(self, fact: RequiredFact, before: int) -> tuple[HeldSpan, ...]:
        """How long which entry told what of a fact, before an event."""
        open: dict[str, HeldSpan] = {}
        closed: list[HeldSpan] = []
        for event, texts in self._attribution.about(fact.name):
            if event >= before:
                break
            now = {id: p for id, text in texts.items() if (p := self._passage(text, fact))}
            for id, stay in list(open.items()):
                if id not in now or now[id].says != stay.passage.says:
                    changed = (event, id) not in self._drops
                    closed.append(replace(open.pop(id), until=event, changed=changed))
            for id, passage in now.items():
                open.setdefault(id, HeldSpan(id, passage, event))
        return tuple(sorted((*closed, *open.values()), key=lambda stay: stay.since))

    @cached_property
    def _drops(self) -> set[tuple[int, str]]:
        stored = (record for record in self._trace.records if isinstance(record, MemoryUpdate))
        return {(record.event, id) for record in stored for id in record.dropped}

    @cached_property
    def _messages(self) -> list[tuple[int, str]]:
        """What the environment showed: (event, text)."""
        shown = (record for record in self._trace.records if isinstance(record, Observation))
        return [(record.event, m.content) for record in shown for m in record.messages]

    def _telling(self, text: str, fact: RequiredFact) -> list[Any]:
        return [record for record in self._reader.read(text) if fact.is_stated_by(record)]

    def _passage(self, text: str, fact: RequiredFact) -> Passage | None:
        """All that a text tells of a fact, at the first place that does; None if it does not."""
        records = self._telling(text, fact)
        if not records:
            return None
        first = self._passages(text, fact)[0]
        return self._put(first.heading, first.sentence, fact, records)

    def _passages(self, text: str, fact: RequiredFact) -> list[Passage]:
        """The places in a text that tell of a fact."""
        records = self._telling(text, fact)
        if not records:
            return []
        found: list[Passage] = []
        heading = ""
        for line in text.split("\n"):
            for sentence in sentences(line):
                place = f"{heading}\n{sentence}".strip()
                if fact.name not in place:
                    continue
                if own := self._telling(place, fact) or self._telling(sentence, fact):
                    found.append(self._put(heading, sentence, fact, own))
            if line.startswith("[") or line.strip("#*-: ") == fact.name:
                heading = line
        if not found:  # No sentence tells of it alone.
            told = ((part, self._telling(part, fact)) for part in text.split("\n\n"))
            found = [self._put("", part.strip(), fact, own) for part, own in told if own]
        return found or [self._put("", text, fact, records)]

    def _put(
        self, heading: str, sentence: str, fact: RequiredFact, records: Sequence[Any]
    ) -> Passage:
        """The passage that holds these records of a fact."""
        right = fact.state(records) == HELD
        return Passage(heading, sentence, self._reader.describe(fact, records), right)

    def _version(self, text: str, event: int) -> Version:
        told: dict[tuple[int, str], list[str]] = {}
        unfounded: list[str] = []
        for fact in self._reader.facts(text):
            sources = [t for t in self._told(fact, event + 1) if t.passage.right or t.alone]
            for telling in sources:
                key = telling.event, telling.passage.heading
                told.setdefault(key, []).append(self._reader.text(fact))
            if not sources:
                unfounded.append(self._reader.text(fact))
        found = [Source(at, heading, tuple(facts)) for (at, heading), facts in told.items()]
        if not (found or unfounded):
            found = list(self._alike(text, event))
        return Version(text, event, None, False, tuple(found), tuple(unfounded))

    def _alike(self, text: str, event: int) -> Iterator[Source]:
        """The messages up to an event that share most sentences with a text."""
        own = set(map(normalize, sentences(text)))
        shared: dict[tuple[int, str], int] = {}
        for record in self._trace.records:
            match record:
                case Observation(at, messages) | ToolResult(at, messages) if at <= event:
                    heard = messages
                case Action(at, message) if at <= event:
                    heard = (message,)
                case _:
                    continue
            for message in heard:
                lines = to_text(message)
                if same := own & set(map(normalize, sentences(lines))):
                    heading = (message.content or lines).partition("\n")[0]
                    shared[at, heading] = len(same)
        most = max(shared.values(), default=0)
        return (Source(at, heading, ()) for (at, heading), n in shared.items() if n == most)
