"""The generator of worlds: it builds a task from a template, a seed and a tier.

The same settings always give the same bytes.
"""

from collections.abc import Mapping
from datetime import date

from memorygym.core import registry
from memorygym.core.errors import BadSettings
from memorygym.core.rng import Stream, named_rng
from memorygym.core.tokens import count
from memorygym.core.types import JSON, Budget, Event, Task
from memorygym.tracks._qa.stream import content_hash
from memorygym.tracks.worlds.answers import Unanswerable
from memorygym.tracks.worlds.generator.fact_timeline import CHANGEABLE, guide_of, timeline_of
from memorygym.tracks.worlds.generator.gold import Change, WeightedQuestion
from memorygym.tracks.worlds.generator.instructions import instructions
from memorygym.tracks.worlds.generator.notes import record_of
from memorygym.tracks.worlds.generator.prose import HINT, Prose, day
from memorygym.tracks.worlds.generator.question_placement import QuestionPlacer
from memorygym.tracks.worlds.generator.question_sampler import QuestionSampler
from memorygym.tracks.worlds.generator.schedule import ScheduledEvent, plan
from memorygym.tracks.worlds.generator.storage_cost import StorageCost
from memorygym.tracks.worlds.generator.template_schema import Template
from memorygym.tracks.worlds.generator.tiers import Tier

START = date(2031, 1, 6).toordinal()
SESSION_GAP = 90
"""Days between two sessions."""
TOGETHER = 2
"""Documents in one paragraph, where the facts of an entity are spread over several."""


def load_template(name: str) -> Template:
    """The template of that name, built in or plugged in; raises BadSettings if it is none."""
    template = registry.load("templates", name, "TEMPLATE")
    if not isinstance(template, Template):
        kind = type(template).__name__
        raise BadSettings(f"templates {name}: that is a {kind}, not a Template; use read_template")
    return template


class Generator:
    """Generates one task; every step has its own named random stream."""

    def __init__(self, template: Template, seed: int, name: str, tier: Tier, salt: str) -> None:
        self.template, self.seed, self.name, self.tier, self.salt = template, seed, name, tier, salt
        self.path = (template.id, seed, salt, name, tier.entities)
        self.guide = guide_of(template, seed, salt)
        self.timeline = timeline_of(template, self.guide, seed, salt, tier.entities, tier.parts)
        self.schedule = plan(tier, self._stream("plan"))
        self.prose = Prose(template, self.guide)
        self.padding: list[str] = []
        self._changes: dict[int, Change] = {}
        self.tokens: int | None = None

    def _stream(self, *name: str | int) -> Stream:
        return named_rng(*self.path, *name)

    def task(self) -> Task:
        """The whole task: first the changes, then the questions, then the texts of all events."""
        for event, scheduled in enumerate(self.schedule):
            self.timeline.shown += [event] * len(scheduled.documents)
        self._change()
        budget = self.budget()
        cost = StorageCost(self.timeline, budget)
        placer = QuestionPlacer(
            self.timeline, self.tier, cost, self._stream("questions"), self._stream("absent")
        )
        questions = placer.place(self.schedule)
        events = self._events({question.event: question for question in questions})
        gold = self.timeline.gold(questions, self.record_tokens)
        system = instructions(self.guide, self.template.wording.employer)
        recipe: Mapping[str, JSON] = {
            "template": self.template.id,
            "seed": self.seed,
            "tier": self.name,
            "entities": self.tier.entities,
            "questions": self.tier.questions,
            "corrections": self.tier.corrections,
            "writes": self.tier.writes,
            "tokens": self.tokens,
            "salted": bool(self.salt),
        }
        seen: list[JSON] = [[e.kind, e.text, e.free_edits, e.session] for e in events]
        id = content_hash(system, *seen, [budget.capacity, budget.writes, budget.slot])
        return Task(id, "worlds", recipe, system, events, budget, gold)

    def budget(self) -> Budget:
        """The budget: capacity and view hold `writes` mean reference records, an entry 1.25."""
        n = len(self.timeline.names)
        total = sum(count(record_of(self.guide, f)) for f in self.timeline.facts.values())
        self.record_tokens = total
        capacity = round(self.tier.writes * total / n)
        slot = -(-5 * total // (4 * n))
        return Budget(capacity, self.tier.writes, slot, view=capacity)

    def _change(self) -> None:
        """Draws all corrections and contradictions, each of another entity."""
        stream = self._stream("changes")
        weights = self.timeline.weights()[1]
        constrained = {label for c in self.template.constraints for label in (c.label, c.of)}
        changeable = [
            (a.code, weight)
            for a, weight in zip(self.guide.attributes, weights, strict=True)
            if a.kind in CHANGEABLE and a.label not in constrained
        ]
        used: set[str] = set()
        for event, scheduled in enumerate(self.schedule):
            if scheduled.kind not in ("correction", "contradiction"):
                continue
            before = self._shown_before(event, scheduled)
            sampler = QuestionSampler(self.timeline, before, stream)
            try:
                (name,) = sampler.entities(1, but=used).names
                shown = [(c, w) for c, w in changeable if self.timeline.events[name, c] < before]
                if not shown:
                    raise Unanswerable(name)
            except Unanswerable:
                raise BadSettings(
                    f"{self.tier.corrections} corrections are too many for {self.tier.entities}"
                    " entities: each needs another entity that was shown early enough; ask for"
                    " fewer corrections"
                ) from None
            used.add(name)
            code = stream.weighted([code for code, _ in shown], [weight for _, weight in shown])
            notice = scheduled.kind == "correction"
            self._changes[event] = self.timeline.change(event, name, code, stream, notice=notice)

    def _shown_before(self, event: int, scheduled: ScheduledEvent) -> int:
        """The event before which an entity must have been shown to change at this event.

        With sessions, that is the first event of the current session.
        """
        if self.schedule[-1].session == 0:
            return event
        return next(i for i, e in enumerate(self.schedule) if e.session == scheduled.session)

    def _events(self, questions: Mapping[int, WeightedQuestion]) -> tuple[Event, ...]:
        stream = self._stream("prose")
        batches = 1 + max(e.batch for e in self.schedule if e.kind == "documents")
        events: list[Event] = []
        today, session = START, 0
        for index, scheduled in enumerate(self.schedule):
            new_session = scheduled.session != session
            session = scheduled.session
            today += SESSION_GAP if new_session else 1 + stream.below(3)
            head = f"event {index + 1} of {len(self.schedule)}"
            if self.schedule[-1].session:
                head += f" · session {session + 1} of {self.schedule[-1].session + 1}"
            title, body = self._body(index, scheduled, questions, stream, today)
            if scheduled.kind == "documents":
                head += f" · batch {scheduled.batch + 1} of {batches}"
            text = f"=== {title} · {head} · {day(today)} ===\n{body}"
            free_edits = int(scheduled.kind == "correction")
            kind = "documents" if scheduled.kind == "contradiction" else scheduled.kind
            events.append(Event(kind, text, free_edits, new_session))
        return tuple(events)

    def _body(
        self,
        event: int,
        scheduled: ScheduledEvent,
        questions: Mapping[int, WeightedQuestion],
        stream: Stream,
        today: int,
    ) -> tuple[str, str]:
        """The title and the text of an event."""
        match scheduled.kind:
            case "documents":
                shown = [self.timeline.documents[place] for place in scheduled.documents]
                documents = [self.prose.document(facts, stream, today) for facts in shown]
                size = TOGETHER if self.tier.parts > 1 else 1
                groups = ["\n".join(documents[i : i + size]) for i in range(0, len(shown), size)]
                return "DOCUMENTS", "\n\n".join([*groups, HINT])
            case "correction":
                free = "The first successful Edit in this event costs no write."
                notice = self.prose.notice(self._changes[event], stream, today)
                return "CORRECTION", f"{notice}\n\n{free} {HINT}"
            case "contradiction":
                news = self.prose.follow_up(self._changes[event].new, stream, today)
                return "DOCUMENTS", f"{news}\n\n{HINT}"
            case "question":
                return "QUESTION", f"{questions[event].text}\n\nAnswer with submit_answer."
        memo = stream.choice(self.template.wording.noise).format(
            s=stream.choice(self.timeline.names)
        )
        padding = self.padding.pop() if self.padding else ""
        return "MEMO", "\n\n".join([f"[Memo · {day(today)}]\n{memo}{padding}", HINT])
