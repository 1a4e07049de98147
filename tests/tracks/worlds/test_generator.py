"""Generated tasks have exactly the published sizes, shares and secrets."""

import re
from collections import Counter
from itertools import cycle, pairwise

import pytest

from memorygym.core import registry
from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.core.rng import named_rng
from memorygym.core.statements import SHIFT
from memorygym.core.types import Task
from memorygym.tracks.worlds.fact_reader import strong_reader
from memorygym.tracks.worlds.generator.fact_timeline import draw_names
from memorygym.tracks.worlds.generator.generator import load_template
from memorygym.tracks.worlds.generator.gold import Change, WeightedQuestion, WorldsGold
from memorygym.tracks.worlds.generator.prose import false_value
from memorygym.tracks.worlds.generator.task import generate, stream_tokens
from memorygym.tracks.worlds.generator.tiers import TIERS, Sizes
from memorygym.tracks.worlds.questions import REASONING
from memorygym.tracks.worlds.settings import WorldsSettings
from memorygym.tracks.worlds.verifier import verify
from tests.episodes import generated, gold
from tests.slow import mostly_slow

TEMPLATES = registry.names("templates")


@pytest.fixture(scope="module")
def official() -> list[WorldsGold]:
    """The gold tables of all templates at tier standard, seeds 0 to 9."""
    return [gold(generated(t, seed, "standard")) for t in TEMPLATES for seed in range(10)]


def notices(table: WorldsGold) -> list[Change]:
    return [change for change in table.changes if change.notice]


def shift(change: Change) -> set[tuple[object, ...]]:
    new, old = change.new.value, change.old.value
    assert isinstance(new, int) and isinstance(old, int)
    return {(change.new.key, new - old, SHIFT)}


@pytest.mark.parametrize(("template", "tier"), [*zip(TEMPLATES, cycle(TIERS), strict=False)])
def test_a_task_of_every_domain_passes_verification(template: str, tier: str) -> None:
    assert verify([WorldsSettings(template, 4, tier)], map).failures == []


def test_more_corrections_than_entities_of_earlier_sessions_are_refused() -> None:
    with pytest.raises(BadSettings, match="15 corrections"):
        generate("company", 0, "multi", Sizes(entities=30, corrections=15))


@pytest.mark.parametrize(
    ("tier", "sizes", "writes"),
    [
        ("standard", Sizes(entities=200), 100),
        ("hard", Sizes(entities=200), 50),
        ("lite", Sizes(entities=31), 16),
        ("standard", Sizes(entities=200, writes=17), 17),
    ],
)
def test_more_entities_bring_more_writes_unless_writes_are_given(
    tier: str, sizes: Sizes, writes: int
) -> None:
    task = generate("company", 0, tier, sizes)
    assert (len(gold(task).names), task.budget.writes) == (sizes.entities, writes)


@pytest.mark.parametrize(
    ("sizes", "reason"),
    [
        (Sizes(entities=0), "0 entities: a task needs at least 1"),
        (Sizes(writes=0), "0 writes: a budget needs at least 1"),
        (Sizes(questions=0), "0 questions: there must be at least 1"),
        (Sizes(corrections=-1), "-1 corrections: the number cannot be negative"),
        (Sizes(corrections=31), "31 corrections for 60 entities: give at most 30, because each"),
        (Sizes(questions=400), "400 questions cannot be made for 60 entities"),
        (Sizes(entities=1, corrections=0), "questions cannot be made for 1 entities"),
        (Sizes(tokens=10), "10 tokens are too few; give at least about"),
        (Sizes(tokens=-1), "-1 tokens are too few"),
    ],
)
def test_impossible_sizes_are_refused_with_the_reason(sizes: Sizes, reason: str) -> None:
    with pytest.raises(BadSettings, match=reason):
        generate("company", 0, "standard", sizes)


def test_another_number_of_questions_keeps_their_mix() -> None:
    questions = gold(generated(questions=7)).questions
    assert Counter(question.kind for question in questions) == {
        "retrieval": 2, "update": 1, "reasoning": 3, "abstention": 1
    }  # fmt: skip


def test_an_unknown_tier_suggests_the_nearest() -> None:
    with pytest.raises(UnknownPart, match=r"no tier named 'standrad'; did you mean standard?"):
        generate("company", 0, "standrad")


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_correction_states_only_the_new_value_or_only_the_difference(template: str) -> None:
    for seed in range(2):
        task = generated(template, seed, "hard")
        for change in notices(gold(task)):
            facts = strong_reader(task.system).read(task.events[change.event].text)
            stated = shift(change) if change.relative else {change.new[1:4]}
            assert {fact[1:4] for fact in facts} == stated


def test_about_half_of_the_corrected_numbers_and_nothing_else_is_stated_relatively(
    official: list[WorldsGold],
) -> None:
    numeric = [c for table in official for c in notices(table) if isinstance(c.new.value, int)]
    relative = [c for table in official for c in table.changes if c.relative]
    assert len(numeric) > 200 and set(relative) <= set(numeric)
    assert 0.4 < len(relative) / len(numeric) < 0.6


def test_every_fact_changes_once_and_some_without_a_correction(official: list[WorldsGold]) -> None:
    for table in official:
        assert len({change.new[:2] for change in table.changes}) == len(table.changes)
        assert len(table.changes) > len(notices(table))


def test_changed_numbers_differ_by_more_than_5_percent(official: list[WorldsGold]) -> None:
    changes = [(c.old.value, c.new.value) for t in official for c in t.changes]
    numbers = [(old, new) for old, new in changes if isinstance(old, int) and isinstance(new, int)]
    near = [(old, new) for old, new in numbers if abs(new - old) <= 0.05 * abs(old)]
    assert near == []


def test_no_task_asks_a_question_twice_or_more_than_3_of_a_type(official: list[WorldsGold]) -> None:
    for table in official:
        texts = Counter(q.text for q in table.questions if q.kind != "update")
        asked = Counter(q.question_type for q in table.questions if q.kind == "reasoning")
        assert max(texts.values()) == 1 and max(asked.values()) <= 3


def test_the_scope_of_a_set_question_has_5_to_12_entities() -> None:
    sizes = Counter[int]()
    for template, seed in [(t, s) for t in TEMPLATES for s in range(6)]:
        task = generated(template, seed, "standard")
        ask = strong_reader(task.system).ask
        queries = [ask(task.events[q.event].text) for q in gold(task).questions]
        sizes.update(query.size for query in queries if query and query.size)
    assert min(sizes) >= 5 and max(sizes) <= 12 and len(sizes) > 3


def test_every_question_type_is_at_least_2_percent_of_reasoning(official: list[WorldsGold]) -> None:
    asked = Counter(q.question_type for t in official for q in t.questions if q.kind == "reasoning")
    shares = {name: asked[name] / asked.total() for name in REASONING}
    assert {name: share for name, share in shares.items() if share < 0.02} == {}
    assert set(asked) == set(REASONING)


def test_questions_follow_the_importance_that_the_system_message_states() -> None:
    groups, attributes = [], []
    for template, seed in [(t, s) for t in TEMPLATES for s in range(10)]:
        task = generated(template, seed, "standard")
        table, guide = gold(task), strong_reader(task.system).guide
        asked = [q.needs[0] for q in table.questions if q.kind == "retrieval"]
        groups += [table.known.category(need.subject) in guide.key_categories for need in asked]
        attributes += [need.key in guide.key_attributes for need in asked]
    assert 0.63 < sum(groups) / len(groups) < 0.77
    assert 0.68 < sum(attributes) / len(attributes) < 0.82


def test_a_secret_gives_another_task_of_the_same_public_structure() -> None:
    plain, salted = generated(tier="standard"), generated(tier="standard", salt="s3cret")
    assert plain.id != salted.id and gold(plain).names != gold(salted).names
    assert len(gold(plain).questions) == len(gold(salted).questions)
    assert (plain.budget.writes, plain.recipe["entities"]) == (
        salted.budget.writes, salted.recipe["entities"],
    )  # fmt: skip
    assert "s3cret" not in str(salted.recipe) and salted.recipe["salted"] is True


@pytest.mark.parametrize("n", [100, 5_000])
@pytest.mark.parametrize("template", TEMPLATES)
def test_names_never_run_out_and_none_begins_another(template: str, n: int) -> None:
    template = load_template(template)
    ordered = sorted(draw_names(template.first, template.second, n, named_rng("test", template)))
    pairs = list(pairwise(ordered))
    assert len(pairs) == n - 1
    assert not any(after.startswith(before) for before, after in pairs)


@mostly_slow("template", ["company", "codebase", "city"], quick=1)
@mostly_slow("tokens", [60_000, 300_000])
def test_a_length_is_met_within_one_percent(template: str, tokens: int) -> None:
    tasks = [generate(template, seed, "standard", Sizes(tokens=tokens)) for seed in (0, 1)]
    assert all(abs(stream_tokens(task) / tokens - 1) <= 0.01 for task in tasks)


def test_a_longer_task_has_as_many_questions_and_corrections_as_its_tier() -> None:
    table = gold(generate("company", 0, "standard", Sizes(tokens=100_000)))
    assert (len(table.questions), len(notices(table))) == (20, 5)


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_false_value_differs_and_a_false_number_by_more_than_5_percent(template: str) -> None:
    stream = named_rng("test", template)
    for spec in load_template(template).attribute_specs:
        for _ in range(200):
            value = spec.draw(stream)
            false = false_value(spec, value, stream)
            assert false != value
            if isinstance(value, int):
                assert isinstance(false, int) and abs(false - value) > 0.05 * abs(value)


def test_documents_contain_distractors() -> None:
    task = generated("company", 0, "standard")
    revenue = strong_reader(task.system).guide.attribute("b")
    figure = rf"{re.escape(revenue.prefix)}\d[\d,]*\.\d+{re.escape(revenue.suffix)}"
    texts = [event.text for event in task.events if event.kind == "documents"]
    sentences = [s for text in texts for line in text.split("\n") for s in line.split(". ")]
    assert sum(len(re.findall(figure, sentence)) == 2 for sentence in sentences) > 10


@pytest.fixture(scope="module")
def scattered() -> list[Task]:
    """The tasks of all templates that a comparison plays, seed 0."""
    return [generated(template, 0, "scattered") for template in TEMPLATES]


def documents_of(table: WorldsGold, question: WeightedQuestion) -> set[tuple[str, int]]:
    """The documents that state what a question needs, by entity and event."""
    return {(need.subject, table.events[need[:2]]) for need in question.needs}


def test_scattered_facts_of_an_entity_stand_in_several_documents_on_several_days(
    scattered: list[Task],
) -> None:
    for task in scattered:
        table = gold(task)
        whole = Counter(fact.subject for fact in table.facts)
        assert all(3 * len(facts) <= whole[name] for name, facts in table.documents)
        days = Counter(name for name, _ in set(table.shown))
        assert set(days.values()) == {4} and set(days) == set(table.names)


def test_a_passage_of_scattered_facts_is_about_several_entities(scattered: list[Task]) -> None:
    for task in scattered:
        reader, table = strong_reader(task.system), gold(task)
        texts = [event.text for event in task.events if " · batch " in event.text]
        passages = [part for text in texts for part in text.split("\n\n")[:-1]]
        about = [{fact.subject for fact in reader.read(passage)} for passage in passages]
        assert len(passages) == 2 * len(table.names) and {*map(len, about)} == {2}


def test_scattered_names_share_their_words(scattered: list[Task]) -> None:
    for task in scattered:
        words = Counter(word for name in gold(task).names for word in name.split())
        assert all(max(words[word] for word in name.split()) > 1 for name in gold(task).names)


def test_scattered_questions_need_1_or_2_to_3_or_4_facts_equally_often_and_half_describe(
    scattered: list[Task],
) -> None:
    for task in scattered:
        questions, ask = gold(task).questions, strong_reader(task.system).ask
        sizes = Counter(1 + (len(q.needs) > 1) + (len(q.needs) > 3) for q in questions)
        assert sizes == {1: 8, 2: 8, 3: 8}
        queries = [ask(task.events[question.event].text) for question in questions]
        assert sum(bool(query and query.clues) for query in queries) == 12


def test_one_search_can_find_what_a_scattered_question_needs(scattered: list[Task]) -> None:
    for table in map(gold, scattered):
        assert max(len(documents_of(table, question)) for question in table.questions) <= 3


@pytest.mark.parametrize("sizes", [Sizes(entities=200), Sizes(questions=60), Sizes(tokens=60_000)])
def test_a_scattered_task_has_any_size(sizes: Sizes) -> None:
    table = gold(generate("company", 0, "scattered", sizes))
    assert len(table.questions) == (sizes.questions or 24)
    assert len(table.names) >= (sizes.entities or 40)
