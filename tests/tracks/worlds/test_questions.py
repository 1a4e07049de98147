"""The truths of all kinds of questions, recomputed by brute force from the gold facts."""

import re
from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from statistics import fmean

import pytest

from memorygym.core import registry
from memorygym.core.rng import named_rng
from memorygym.core.statements import AMONG, CATEGORY, Statement, StatementIndex
from memorygym.core.types import Task
from memorygym.scoring.grading.names import Name
from memorygym.scoring.grading.phrases import Phrase
from memorygym.scoring.grading.quantities import Number
from memorygym.scoring.grading.truths import (
    Day,
    EntityList,
    Named,
    NumberPair,
    Refusal,
    Series,
    Trend,
    parse,
)
from memorygym.tracks._qa.ablation import failed
from memorygym.tracks.worlds.answers import Conclusion, KnownFacts, Unanswerable
from memorygym.tracks.worlds.fact_reader import strong_reader
from memorygym.tracks.worlds.facts import Query
from memorygym.tracks.worlds.generator import question_placement
from memorygym.tracks.worlds.generator.generator import load_template
from memorygym.tracks.worlds.generator.gold import WeightedQuestion
from memorygym.tracks.worlds.questions import KINDS, NUMBER, QuestionKind
from memorygym.tracks.worlds.settings import WorldsSettings
from memorygym.tracks.worlds.verifier import verification
from tests.episodes import generated, gold

TEMPLATES = registry.names("templates")


class Truth:
    """The gold facts before one question, and what the question asks for."""

    def __init__(self, task: Task, question: WeightedQuestion) -> None:
        table, reader = gold(task), strong_reader(task.system)
        query = reader.ask(task.events[question.event].text)
        assert query is not None
        self.query, self.attributes = query, [reader.guide.attribute(c) for c in query.codes]
        self.values: dict[str, dict[str, object]] = {name: {} for name in table.names}
        for fact in table.facts:
            self.values[fact.subject][fact.key] = fact.value
        self.former: dict[tuple[str, str], object] = {}
        for change in table.changes:
            if change.event < question.event:
                name, code = change.new.subject, change.new.key
                self.former[name, code] = self.values[name][code]
                self.values[name][code] = change.new.value
        self.group = {name: str(values[CATEGORY]) for name, values in self.values.items()}
        both_ways = {r.code for r in reader.guide.relations if r.symmetric}
        self.related = defaultdict[tuple[str, str], list[str]](list)
        links = [f for f in table.facts if f.role == AMONG]
        links = [link for link in links if table.events[link[:2]] < question.event]
        for link in links:
            self.related[link.subject, link.key].append(link.text)
        for link in links:
            if link.key in both_ways:
                self.related[link.text, link.key].append(link.subject)
        shown = [name for name in table.names if table.events[name, CATEGORY] < question.event]
        scope = [name for name in shown if self.group[name] in query.categories]
        self.names = list(query.names) or scope
        if query.clues:
            self.names = [name for name in shown if all(self.fits(name, *c) for c in query.clues)]
            assert len(self.names) == 1
        self.is_highest = query.flags != ("lowest",)

    def fits(self, name: str, key: str, value: object) -> bool:
        """Whether a clause of a description fits an entity."""
        return value in self.related[name, key] or self.values[name].get(key) == value

    def value(self, name: str, role: int = 0) -> object:
        return self.values[name][self.query.codes[role]]

    def number(self, name: str, role: int = 0) -> int:
        value = self.value(name, role)
        assert isinstance(value, int)
        return value

    def show(self, name: str, role: int = 0) -> str:
        return self.attributes[role].show(self.value(name, role))  # type: ignore[arg-type]

    def total(self, names: list[str], role: int = 0) -> str:
        return self.attributes[role].number(sum(self.number(name, role) for name in names))

    def ranked(self, names: list[str], role: int = 0) -> list[str]:
        """The best first."""
        return sorted(names, key=lambda name: self.number(name, role), reverse=self.is_highest)

    def winner(self, names: list[str], role: int = 0) -> str:
        first = self.ranked(names, role)[0]
        return f"{first} ({self.show(first, role)})"

    def at_the_end(self) -> str:
        """The entity to which the relations of the question lead."""
        name = self.names[0]
        for code in self.query.relations:
            (name,) = self.related[name, code]
        return name

    def all_related(self) -> list[str]:
        return self.related[self.names[0], self.query.relations[0]]

    def series(self) -> tuple[int, ...]:
        values = self.value(self.names[0])
        assert isinstance(values, tuple)
        return values


def ratio(t: Truth) -> str:
    parts = [
        Decimal(t.number(t.names[0], role)).scaleb(-t.attributes[role].decimals) for role in (0, 1)
    ]
    return f"{parts[0] / parts[1]:.2f}"


def comparison(t: Truth) -> str:
    first, second = t.ranked(t.names)
    return f"{first} ({t.attributes[0].number(t.number(first) - t.number(second))})"


def outlier(t: Truth) -> str:
    mean = fmean(t.number(name) for name in t.names)
    far = max(t.names, key=lambda name: abs(t.number(name) - mean))
    a = t.attributes[0]
    gap = Decimal(str(round(abs(t.number(far) - mean), 6)))
    places = a.decimals + (gap != int(gap))
    return f"{far} ({a.prefix}{gap.scaleb(-a.decimals):,.{places}f}{a.suffix})"


def multi_hop(t: Truth) -> str:
    groups = defaultdict[str, list[str]](list)
    for name in t.names:
        groups[t.group[name]].append(name)
    return t.winner(max(groups.values(), key=lambda names: fmean(map(t.number, names))), 1)


def multi_constraint(t: Truth) -> str:
    low, high = t.query.bounds
    assert isinstance(low, int) and isinstance(high, int)
    fit = [name for name in t.names if t.number(name) > low and t.number(name, 1) < high]
    return f"{len(fit)} ({t.total(fit, 2)})"


def conditional(t: Truth) -> str:
    (bound,) = t.query.bounds
    assert isinstance(bound, int)
    return t.winner([name for name in t.names if t.number(name) > bound], 1)


def match(t: Truth) -> str:
    (name,) = (n for n in t.names if f" {t.query.bounds[0]} " in f" {t.value(n)} ")
    return f"{name} ({t.show(name, 1)})"


def former(t: Truth) -> int:
    value = t.former[t.names[0], t.query.codes[0]]
    assert isinstance(value, int)
    return value


def trend(t: Truth) -> str:
    first, *_, last = t.series()
    percent = 100 * last / first - 100
    size = "flat" if abs(percent) <= 3 else "slightly " if abs(percent) <= 15 else "strongly "
    label = size if size == "flat" else size + ("rising" if percent > 0 else "falling")
    return f"{label} ({percent:.2f}%)"


def extreme(t: Truth) -> str:
    value = max(t.series()) if t.is_highest else min(t.series())
    return f"{t.series().index(value) + 1} ({t.attributes[0].number(value)})"


TRUTHS: dict[str, Callable[[Truth], str]] = {
    "retrieval": lambda t: t.show(t.names[0]),
    "update": lambda t: t.show(t.names[0]),
    "synthesis": lambda t: t.winner(t.names),
    "aggregation": lambda t: t.total(t.names),
    "cross_category": lambda t: t.total(t.ranked(t.names)[:3], 1),
    "conditional": conditional,
    "ratio": ratio,
    "comparison": comparison,
    "multi_hop": multi_hop,
    "outlier": outlier,
    "delta": lambda t: t.attributes[0].number(abs(t.number(t.names[0]) - former(t))),
    "counterfactual": lambda t: t.attributes[0].number(former(t)),
    "multi_constraint": multi_constraint,
    "relationship_lookup": lambda t: t.at_the_end(),
    "relationship_hop": lambda t: t.show(t.at_the_end()),
    "relationship_chain": lambda t: f"{t.at_the_end()} ({t.show(t.at_the_end())})",
    "relationship_count": lambda t: f"{len(t.all_related())} ({', '.join(t.all_related())})",
    "relationship_filter": lambda t: t.winner(t.all_related()),
    "temporal_trend": trend,
    "temporal_extreme": extreme,
    "text_match": match,
    "enum_filter": match,
}
"""By question type: the truth, as plainly as it can be computed."""


@pytest.fixture(scope="module")
def asked() -> dict[str, list[tuple[Task, WeightedQuestion]]]:
    """By question type: the questions of all templates at tier standard, seeds 0 to 9, and at tier
    scattered."""
    questions = defaultdict[str, list[tuple[Task, WeightedQuestion]]](list)
    tasks = [generated(t, seed, "standard") for t in TEMPLATES for seed in range(10)]
    for task in tasks + [generated(t, 0, "scattered") for t in TEMPLATES[:5]]:
        for question in gold(task).questions:
            questions[question.question_type].append((task, question))
    return questions


@pytest.mark.parametrize("question_type", [name for name in KINDS if name != "abstention"])
def test_the_truth_is_what_brute_force_gives(
    asked: dict[str, list[tuple[Task, WeightedQuestion]]], question_type: str
) -> None:
    assert len(asked[question_type]) >= 14
    for task, question in asked[question_type]:
        truth = Truth(task, question)
        assert truth.query.kind == KINDS[question_type].name
        assert question.truth == TRUTHS[question_type](truth)


TYPES = {"int": Number, "float": Number, "date": Day, "series": Series}
"""By kind of attribute: the type of its values; of all others, phrases."""
FORMS = {"COUNT (SUM)": NumberPair, "COUNT (NAMES)": EntityList, "NAME": Name}
FORMS |= {"PERIOD (VALUE)": NumberPair, "LABEL (CHANGE IN %)": Trend}


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_truth_is_graded_as_the_type_that_its_question_declares(template: str) -> None:
    task = generated(template, 3, "hard")
    reader = strong_reader(task.system)
    for question in gold(task).questions:
        query = reader.ask(task.events[question.event].text)
        truth = parse(question.question_type, question.truth)
        kinds = [reader.guide.attribute(code).kind for code in query.codes] if query else []
        declared = TYPES.get(kinds[-1], Phrase) if kinds else Phrase
        form = re.search(r"Answer as ([A-Z %()]+)[.,]", question.text)
        if question.kind == "abstention":
            assert type(truth) is Refusal
        elif form is None:
            assert type(truth) is declared
        elif form[1] in FORMS:
            assert type(truth) is FORMS[form[1]]
        else:
            assert isinstance(truth, Named) and type(truth.value) is declared


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_value_of_an_attribute_is_graded_as_its_kind(template: str) -> None:
    stream, specs = named_rng("types", template), load_template(template).attribute_specs
    for spec in specs:
        values = spec.choices or [spec.draw(stream) for _ in range(50)]
        for shown in map(spec.attribute("a").show, values):
            assert type(parse("retrieval", shown)) is TYPES.get(spec.kind, Phrase)
            pair = parse("enum_filter", f"Acme Harbor ({shown})")
            assert isinstance(pair, Named) and type(pair.value) is TYPES.get(spec.kind, Phrase)


@pytest.mark.parametrize(
    ("last", "label"),
    [
        (1151, "strongly rising"),
        (1150, "slightly rising"),
        (1031, "slightly rising"),
        (1030, "flat"),
        (970, "flat"),
        (969, "slightly falling"),
        (850, "slightly falling"),
        (849, "strongly falling"),
    ],
)
def test_a_trend_has_the_label_that_its_question_states(last: int, label: str) -> None:
    reader = strong_reader(generated().system)
    code = next(a.code for a in reader.guide.attributes if a.kind == "series")
    known = StatementIndex([Statement("Ann Lee", code, (1000, 2000, last))])
    answer = reader.answer(Query(("Ann Lee",), (code,), kind="trend"), known).answer
    assert answer is not None and answer.startswith(f"{label} (")


def test_of_two_equal_figures_none_is_the_best() -> None:
    guide = strong_reader(generated().system).guide
    known = KnownFacts(guide, StatementIndex())
    assert known.best({"Ann": 3, "Bob": 4}) == "Bob"
    with pytest.raises(Unanswerable):
        known.best({"Ann": 4, "Bob": 4})


def _lowest(known: KnownFacts, query: Query) -> Conclusion:
    numbers = known.numbers(query.names, query.codes[0])
    return known.named(known.best(numbers, "lowest"), query.codes[0])


def _related(known: KnownFacts, query: Query) -> Conclusion:
    others = known.related(query.names[0], query.relations[0])
    return Conclusion(", ".join(others), query.names[0], known.guide.key_attributes[0])


ADDED = {
    "lowest": QuestionKind(
        "lowest", "Who of {names} comes last by {a0}?", lambda s: s.entities(3), (NUMBER,), _lowest
    ),
    "related": QuestionKind(
        "related", 'Name all {plural}: "{name} {r0} ...".', lambda s: s.related(2, 3), (), _related
    ),
}


@pytest.mark.parametrize("added", ADDED)
def test_one_entry_adds_a_kind_of_question(added: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS, added, ADDED[added])  # type: ignore[misc]
    monkeypatch.setattr(question_placement, "REASONING", [added])
    strong_reader.cache_clear()
    settings = WorldsSettings("company", 0, "standard", salt="another kind")
    task = settings.generate()
    assert [q.question_type for q in gold(task).questions].count(added) == 7
    assert failed(verification(task)) == []
