"""Deals a session: what notes tell, which values change, which errands come when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from memorygym.core import registry
from memorygym.core.errors import BadSettings, UnknownPart, require_at_least
from memorygym.core.rng import Stream, named_rng
from memorygym.core.statements import Statement, StatementIndex, SubTask
from memorygym.core.tokens import count
from memorygym.core.types import JSON, Budget, Task
from memorygym.tracks._qa.sessions import RECENT, needed, session_task
from memorygym.tracks.web import texts
from memorygym.tracks.web.app import RECORDS, App, Form, RecordAttribute
from memorygym.tracks.web.apps import app_named
from memorygym.tracks.web.browser import Tab
from memorygym.tracks.web.env import BROWSERS, PROCESS, STEPS
from memorygym.tracks.web.errands import FormResolver, asked_in, described, filled_forms, summary
from memorygym.tracks.web.site import InProcess, Site, labels

TRACK = "web"
ERRANDS, EARLY, CHANGES = 12, 4, 6
"""Errands of a session, those before values change, and the values needed later that change."""
MOST_FORMS = 30
"""Forms that an errand may ask for."""
MOST_DRAWS = 50
"""How often the records of a form are drawn, until they are new."""
FEW, LONG = 6, 20_000
"""Most records of a type in a session that is shorter than so many tokens."""
OTHERS = 3
"""Records of a type of another application."""
MARGIN = 0.005
"""How far a length may be off."""
ROOM, ROW, PAUSE, ASKED = 250, 40, 400, 14
"""About the tokens of a note without facts, of a row of its table, of a pause, and of a form that
an errand asks for."""
LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
Plan = tuple[Form, dict[str, str]]
"""A form that an errand asks for, and the records that it names, by type."""
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
    forms: int = 1
    """Forms that an errand asks for; each takes 6 to 9 calls. For 4 give 15,000 tokens or more, for
    30 give 25,000, as the number of errands stays."""
    browser: str = PROCESS
    """Where the pages are shown: one of BROWSERS. The task is the same."""
    screenshots: str = ""
    """The folder for a picture of each page that Chromium shows; "" for none."""

    def __post_init__(self) -> None:
        require_at_least(10_000, tokens=self.tokens)
        if not 1 <= self.forms <= MOST_FORMS:
            raise BadSettings(f"web: forms={self.forms}; give 1 to {MOST_FORMS}")
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
        """The session as a task. Raises BadSettings if its length is too short, or its records are
        too few."""
        forms = self.recipe.forms
        self._tell(self._rng("tell"))
        plans = self._plans(self._rng("plans"))
        end = self.recipe.tokens - PAUSE - ASKED * (forms - 1)
        told, left = self.length, end - self.length
        for number in range(ERRANDS):
            if number == EARLY:
                self._change(self._rng("changes"), plans[EARLY * forms :])
            self._fill(told + left * (number + 1) / ERRANDS)
            self._errand(plans[number * forms :][:forms])
        self._close()
        steps, several = STEPS * forms, texts.SEVERAL.format(forms=forms) * (forms > 1)
        system = texts.SYSTEM.format(app=self.app.name, steps=steps, restore=steps) + several
        state: dict[str, JSON] = {
            "content": self._content,
            "start": START,
            "turns": list(self.turns),
        }
        task = session_task(TRACK, self.recipe, system, state, self.goals)
        return replace(task, budget=Budget(turns=task.budget.turns * forms))

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

    def _plans(self, rng: Stream) -> list[Plan]:
        """The forms of all errands, which begin with different ones."""
        plans, forms = list[Plan](), self.app.forms
        firsts = [n % len(forms) for n in range(ERRANDS)]
        rng.shuffle(firsts)
        for number in (first + n for first in firsts for n in range(self.recipe.forms)):
            form, asked = forms[number % len(forms)], len(plans) % self.recipe.forms
            new_to = max(ERRANDS // self.recipe.forms, asked, 1)
            words = dict.fromkeys(word for word, *_ in form.fields)
            for _ in range(MOST_DRAWS):  # With few records an errand may come twice.
                named = {word: rng.choice(self.records[word]) for word in words}
                if (form, named) not in plans[-new_to:]:
                    break
            if (form, named) in plans[len(plans) - asked :]:
                raise BadSettings(
                    f"web {self.recipe.template}, seed {self.recipe.seed}:"
                    f" forms={self.recipe.forms} would ask for a form twice, as there are too few"
                    f" records; give fewer forms, or tokens={LONG} or more if it has less"
                )
            plans.append((form, named))
        return plans

    def _change(self, rng: Stream, late: Sequence[Plan]) -> None:
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

    def _line(self, form: Form, named: dict[str, str]) -> str:
        """What an errand says of a form; in every third one a code describes the record."""
        words = dict(named)
        if len(self.goals) % 3 == 0 and (key := self.app.described.get(form.type)):
            value = self.current[named[form.type], key]
            words[form.type] = described(form.type, key, value)
        return texts.errand(self.app.title, form.errand.format_map(words))

    def _errand(self, plans: Sequence[Plan]) -> None:
        """Adds an errand, and the goal with the facts without which it fails."""
        text = "\n".join(self._line(*plan) for plan in plans)
        asked, known = asked_in(self.app, text), StatementIndex(self.facts)
        used = dict[tuple[str, str], Statement]()
        filled = [FormResolver(form, known, used).filled() for form in asked]
        entries = [form.entry for form in filled if form]
        assert len(entries) == len(plans)
        needs = needed(used.values(), self.facts, partial(filled_forms, asked))
        near = {
            fact[:2]
            for goal in self.goals
            if goal.event > len(self.turns) - RECENT
            for fact in goal.needs
        }
        if any(fact[:2] in near for fact in needs):  # The agent has just filled it in.
            self._pause(self._rng("pause", str(len(self.goals))))
        event = len(self.turns)
        self._say(text, right=entries[0])
        if also := entries[1:]:
            self.turns[-1]["also"] = also
        forms = [form for form, _ in plans]
        is_described = any(a.words != named for a, (_, named) in zip(asked, plans, strict=True))
        is_chained = any(form.is_chained for form in forms)
        kind = "described" if is_described else "chained" if is_chained else "direct"
        truth, names = "; ".join(map(summary, entries)), sorted({form.name for form in forms})
        self.goals.append(SubTask(event, kind, text, truth, tuple(needs), ", ".join(names)))

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
