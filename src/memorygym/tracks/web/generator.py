"""Deals a session: what notes tell, which values change, which errands come when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from memorygym.core import registry
from memorygym.core.errors import BadSettings, UnknownPart, require_at_least
from memorygym.core.rng import Stream, named_rng
from memorygym.core.statements import Statement, StatementIndex, SubTask
from memorygym.core.tokens import count
from memorygym.core.types import JSON, Task
from memorygym.tracks._qa.sessions import RECENT, needed, session_task
from memorygym.tracks.web import texts
from memorygym.tracks.web.app import RECORDS, App, Form, RecordAttribute
from memorygym.tracks.web.apps import app_named
from memorygym.tracks.web.browser import Tab
from memorygym.tracks.web.env import BROWSERS, PROCESS, RESTORE_COST, STEPS
from memorygym.tracks.web.errands import ErrandResolver, described, errand_in, summary
from memorygym.tracks.web.site import InProcess, Site, labels

TRACK = "web"
ERRANDS, EARLY, CHANGES = 12, 4, 6
"""Errands of a session, those before values change, and the values needed later that change."""
MOST_DRAWS = 50
"""How often the records of an errand are drawn, until they are new."""
FEW, LONG = 6, 20_000
"""Most records of a type in a session that is shorter than so many tokens."""
OTHERS = 3
"""Records of a type of another application."""
MARGIN = 0.005
"""How far a length may be off."""
ROOM, ROW, PAUSE = 250, 40, 400
"""About the tokens of a note without facts, of a row of its table, and of a pause."""
LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
START: Mapping[str, JSON] = {"open": [], "draft": {}, "saved": []}
"""The state of the applications at the start."""


@dataclass(frozen=True)
class WebRecipe:
    """A session that can be dealt."""

    template: str
    """The application in which the errands are."""
    seed: int
    salt: str = ""
    tokens: int = 20_000
    """Tokens of all that the user says, and that notes say."""
    browser: str = PROCESS
    """Where the pages are shown: one of BROWSERS. The task is the same."""
    screenshots: str = ""
    """The folder for a picture of each page that Chromium shows; "" for none."""

    def __post_init__(self) -> None:
        require_at_least(10_000, tokens=self.tokens)
        if self.browser not in BROWSERS:
            raise UnknownPart("browser", self.browser, BROWSERS)
        if self.screenshots and self.browser == PROCESS:
            raise BadSettings("web: screenshots are of Chromium's pages; give browser=chromium too")

    def generate(self) -> Task:
        return ErrandDealer(self).task()


class ErrandDealer:
    """Deals one session."""

    def __init__(self, recipe: WebRecipe) -> None:
        self.recipe = recipe
        self.app: App = app_named(recipe.template)
        self._codes = set[str]()
        most = RECORDS if recipe.tokens >= LONG else FEW
        self.records = _records(self.app, most, self._rng("records"))
        self.current: dict[tuple[str, str], str] = {}
        """By record and key: the value that holds."""
        self.facts: list[Statement] = []
        self.turns: list[dict[str, Any]] = []
        self.notes: dict[str, JSON] = {}
        self.goals: list[SubTask] = []
        self.length = 0
        values = self._rng("values")
        for attribute in self.app.attributes:
            for record in self.records[attribute.type]:
                self.current[record, attribute.key] = self._value(values, attribute, record)
        self._content: dict[str, JSON] = {
            "apps": {**self._other_apps(), self.app.name: self.records},
            "notes": self.notes,
            "defaults": self._defaults(self._rng("defaults")),
        }

    def _rng(self, *names: str) -> Stream:
        recipe = self.recipe
        return named_rng(TRACK, recipe.template, recipe.seed, recipe.salt, *names)

    def task(self) -> Task:
        """The session as a task. Raises BadSettings if its length is too short."""
        self._tell(self._rng("tell"))
        plans = self._plans(self._rng("plans"))
        told, left = self.length, self.recipe.tokens - self.length - PAUSE
        for number, (form, words) in enumerate(plans):
            if number == EARLY:
                self._change(self._rng("changes"), plans[EARLY:])
            self._fill(told + left * (number + 1) / ERRANDS)
            self._errand(form, words)
        self._close()
        system = texts.SYSTEM.format(app=self.app.name, steps=STEPS, restore=RESTORE_COST)
        state: dict[str, JSON] = {
            "content": self._content,
            "start": START,
            "turns": list(self.turns),
        }
        return session_task(TRACK, self.recipe, system, state, self.goals)

    def _other_apps(self) -> dict[str, JSON]:
        """The records of the other applications, which no errand is about."""
        others = (name for name in registry.names("apps") if name != self.app.name)
        built_in = [app_named(n) for n in others if registry.is_built_in("apps", n)]
        return {app.name: _records(app, OTHERS, self._rng("others", app.name)) for app in built_in}

    def _value(self, rng: Stream, attribute: RecordAttribute, record: str) -> str:
        """A value that the attribute of a record may have, other than the current one."""
        now = self.current.get((record, attribute.key))
        match attribute.kind:
            case "code":
                return self._code(rng)
            case "number":
                while (number := str(rng.between(*attribute.range))) == now:
                    pass
                return number
            case "choice":
                options: Sequence[str] = attribute.choices
            case "record":
                options = self.records[attribute.of]
        return rng.choice([option for option in options if option not in (now, record)])

    def _code(self, rng: Stream) -> str:
        """A code that nothing else has."""
        while (code := f"{rng.choice(LETTERS)}-{rng.between(1000, 9999)}") in self._codes:
            pass
        self._codes.add(code)
        return code

    def _defaults(self, rng: Stream) -> dict[str, JSON]:
        """What stands in the fields of forms at first: values of the right form that are wrong."""
        return {
            f"{form.name}/{label}": self._value(rng, attribute, "")
            for form in self.app.forms
            for label, chain in zip(labels(form), form.fields, strict=True)
            if (attribute := self.app.by_key[chain[-1]]).kind in ("code", "number")
        }

    def _tell(self, rng: Stream) -> None:
        """Adds a greeting and the notes that state all facts, in random order."""
        self._say(texts.GREETING)
        facts = [self._fact(*pair) for pair in self.current]
        rng.shuffle(facts)
        self.facts += facts
        while facts:
            some = [facts.pop() for _ in range(min(rng.between(2, 4), len(facts)))]
            self._read(rng, [self._stated(rng, fact) for fact in some])
        self._pause(rng)

    def _fact(self, record: str, key: str) -> Statement:
        return Statement(record, key, self.current[record, key])

    def _stated(self, rng: Stream, fact: Statement) -> tuple[str, str]:
        """A fact as a sentence, and as an item of a list."""
        attribute = self.app.by_key[fact.key]
        words = {
            "key": rng.choice((attribute.key, *attribute.others)),
            "name": fact.subject,
            "value": fact.text,
        }
        item = texts.ITEM.format_map({**words, "key": words["key"].capitalize()})
        return rng.choice(texts.SENTENCES).format_map(words), item

    def _read(self, rng: Stream, stated: Sequence[tuple[str, str]] = (), rows: int = 0) -> None:
        """Adds a note with these facts, and the message that sends the agent to it."""
        number = str(len(self.notes) + 1)
        layout = self.app.layout
        if layout == "both":
            layout = rng.choice(("sentences", "list"))
        talk = texts.chat(rng, rng.between(2, 4) if stated else rng.between(4, 6))
        lines = [sentence for sentence, _ in stated] if layout == "sentences" else []
        paragraphs = [*talk, *lines]
        rng.shuffle(paragraphs)
        self.notes[number] = {
            "title": rng.choice(texts.TITLES),
            "paragraphs": list(paragraphs),
            "items": [item for _, item in stated] if layout == "list" else [],
            "rows": texts.rows(rng, rows) if rows else [],
        }
        self._say(texts.reading(len(self.notes)), self._printed(number), note=number)

    def _printed(self, number: str) -> str:
        """What the agent reads of a note."""
        browser = InProcess(Site(self._content, {**START, "open": [number]}))
        browser.goto(f"/notes/{number}")
        return Tab(browser).text()

    def _say(self, text: str, printed: str = "", **more: Any) -> None:
        """Adds a turn; `printed` is what the agent reads for it."""
        self.turns.append({"text": text, **more})
        self.length += sum(count(part) + 4 for part in (text, printed) if part)

    def _pause(self, rng: Stream) -> None:
        """Adds notes without facts, so that none is told shortly before it is needed."""
        for _ in range(RECENT - 1):
            self._read(rng)

    def _plans(self, rng: Stream) -> list[tuple[Form, dict[str, str]]]:
        """The errands: each with its form and the records that it names."""
        plans = list[tuple[Form, dict[str, str]]]()
        forms = [self.app.forms[n % len(self.app.forms)] for n in range(ERRANDS)]
        rng.shuffle(forms)
        for form in forms:
            words = dict.fromkeys(word for word, *_ in form.fields)
            for _ in range(MOST_DRAWS):  # With few records an errand may come twice.
                named = {word: rng.choice(self.records[word]) for word in words}
                if (form, named) not in plans:
                    break
            plans.append((form, named))
        return plans

    def _change(self, rng: Stream, late: Sequence[tuple[Form, dict[str, str]]]) -> None:
        """Adds the notes in which values change: some that late errands need, as many others."""
        wanted = dict[tuple[str, str], None]()
        for form, named in late:
            for word, *keys in form.fields:
                record = named[word]
                for key in keys:
                    wanted[record, key] = None
                    record = self.current[record, key]
        chosen = rng.sample([*wanted], min(CHANGES, len(wanted)))
        for _, key in tuple(chosen):
            others = [
                k for k in self.current if k[1] == key and k not in wanted and k not in chosen
            ]
            chosen += rng.sample(others, min(1, len(others)))
        rng.shuffle(chosen)
        for record, key in chosen:
            attribute, old = self.app.by_key[key], self.current[record, key]
            new = self.current[record, key] = self._value(rng, attribute, record)
            self.facts.append(self._fact(record, key)._replace(rank=(1,)))
            text = texts.CHANGE.format(key=key, name=record, value=new, old=old)
            self._read(rng, [(text, text)])
        self._pause(rng)

    def _errand(self, form: Form, named: dict[str, str]) -> None:
        """Adds an errand, and the goal with the facts without which it fails."""
        words = dict(named)
        if len(self.goals) % 3 == 0 and (key := self.app.described.get(form.type)):
            value = self.current[named[form.type], key]
            words[form.type] = described(form.type, key, value)
        text = texts.errand(self.app.title, form.errand.format_map(words))
        errand = errand_in(self.app, text)
        assert errand
        right = ErrandResolver(errand, StatementIndex(self.facts))
        filled = right.filled()
        assert filled
        needs = needed(
            right.used.values(),
            self.facts,
            lambda facts: ErrandResolver(errand, StatementIndex(facts)).filled(),
        )
        near = {
            fact[:2]
            for goal in self.goals
            if goal.event > len(self.turns) - RECENT
            for fact in goal.needs
        }
        if any(fact[:2] in near for fact in needs):  # The agent has just filled it in.
            self._pause(self._rng("pause", str(len(self.goals))))
        event = len(self.turns)
        self._say(text, right=filled.entry)
        kind = "described" if words != named else "chained" if form.is_chained else "direct"
        self.goals.append(
            SubTask(event, kind, text, summary(filled.entry), tuple(needs), form.name)
        )

    def _fill(self, target: float) -> None:
        """Adds notes without facts, as many as the length needs."""
        rng = self._rng("fill", str(len(self.turns)))
        while self.length < target - ROOM:
            rows = (target - self.length - ROOM) / ROW
            self._read(rng, rows=min(rng.between(4, texts.MOST_ROWS), int(rows)))

    def _close(self) -> None:
        """Ends a session with remarks, so that its length is right."""
        rng, tokens = self._rng("close"), self.recipe.tokens
        while self.length < tokens * (1 - MARGIN):
            self._say(texts.chat(rng, 1)[0])
        if self.length > tokens * (1 + MARGIN):
            raise BadSettings(
                f"web {self.recipe.template}, seed {self.recipe.seed}:"
                f" tokens={tokens} is too short:"
                f" what is told takes {self.length:,}; give more tokens"
            )


def _records(app: App, most: int, rng: Stream) -> dict[str, list[str]]:
    """The names of an application's records by type, each near to others."""
    return {
        type_: rng.sample(
            [f"{a} {b}" for a in first for b in second],
            min(app.numbers.get(type_, RECORDS), most, len(first) * len(second)),
        )
        for type_, (first, second) in app.types.items()
    }
