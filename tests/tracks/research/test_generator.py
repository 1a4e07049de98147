"""The generator: every stratum passes the checks, has its length, and each count acts alone."""

from collections import Counter
from functools import cache
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memorygym.core.errors import BadSettings
from memorygym.core.rng import named_rng
from memorygym.core.tokens import count
from memorygym.datasets.instances.schemas import instance_id, schema_problem
from memorygym.tracks import research
from memorygym.tracks.research.fact_reader import ResearchReader
from memorygym.tracks.research.generator.graph import EntityGraph
from memorygym.tracks.research.generator.programs import program, shapes
from memorygym.tracks.research.generator.settings import DistractorCounts, ResearchSettings
from memorygym.tracks.research.strata import ResearchRecipe
from memorygym.tracks.research.task import events_of
from tests.slow import mostly_slow

STRATA = [(hops, shape) for hops in range(2, 9) for shape in shapes(hops)]
NONE = DistractorCounts(0, 0, 0, 0, 0)
SOURCES = {
    "near_miss": "sibling_near_miss",
    "other_time": "same_entity",
    "conflict": "conflicting_authority",
    "paraphrase": "overlap",
    "red_herring": "dead_end",
}


@cache
def instance_of(hops, shape):
    """The first instance of a stratum; nobody alters it."""
    return recipe(hops, shape).instance()


def recipe(hops=4, shape="bridge", number=0, tokens=12_000, **parameters):
    return ResearchRecipe(ResearchSettings("made", number, 0, hops, tokens, shape, **parameters))


@pytest.mark.parametrize(("hops", "shape"), STRATA)
def test_every_shape_with_every_number_of_hops_passes_the_checks_and_the_schema(hops, shape):
    instance = instance_of(hops, shape)
    assert instance["verification"]["accepted"]
    assert (
        instance["num_hops"]
        == len(instance["decomposition"])
        == len(instance["grounding_facts"])
        == hops
    )
    assert not schema_problem("research", instance)
    assert instance_id(instance) == instance["instance_id"]


@settings(max_examples=settings.default.max_examples // 6)
@given(
    number=st.integers(0, 10**6),
    stratum=st.sampled_from(STRATA),
    tokens=st.integers(15_000, 40_000),
    reveal=st.sampled_from(["immediate", "delayed"]),
    order=st.sampled_from(["shuffled", "hops"]),
)
def test_any_instance_reaches_its_length_within_one_percent(number, stratum, tokens, reveal, order):
    instance = recipe(*stratum, number, tokens, reveal=reveal, order=order).instance()
    shown = sum(count(event.text) for event in events_of(instance)[:-1])
    assert shown == instance["total_tokens"] == instance["context_tokens"]["total"]
    assert abs(shown - tokens) <= tokens / 100


@pytest.mark.parametrize("kind", SOURCES)
def test_each_distractor_count_adds_only_documents_of_its_kind(kind):
    three = DistractorCounts(**{name: 3 * (name == kind) for name in DistractorCounts.__slots__})
    bare, extra = (
        recipe(distractor_counts=counts, distractor_density=0).instance()
        for counts in (NONE, three)
    )
    plain_sources, extra_sources = (
        Counter(distractor["source"] for distractor in instance["distractors"])
        for instance in (bare, extra)
    )
    assert extra_sources - plain_sources == {SOURCES[kind]: 3}
    assert extra["question"] == bare["question"]


def test_related_documents_grow_with_the_length_and_with_the_hops():
    shares = {}
    for hops, tokens in product((2, 4), (20_000, 60_000)):
        instance = recipe(hops, tokens=tokens, distractor_density=15).instance()["context_tokens"]
        shares[hops, tokens] = instance["related_entity"] / (
            instance["related_entity"] + instance["filler"]
        )
    assert all(0.1 * hops < share < 0.2 * hops for (hops, _), share in shares.items())
    assert "related_entity" not in recipe(distractor_density=0).instance()["context_tokens"]


@mostly_slow("shape", ["bridge", "comparison", "intersection", "numerical", "temporal"])
def test_the_highest_distractor_density_leaves_every_question_decidable(shape):
    for number in range(3):
        instance = recipe(6, shape, number, 40_000, distractor_density=90).instance()
        assert instance["verification"]["accepted"]
        assert instance["verification"]["attempts"] <= 2


def test_related_documents_state_no_needed_fact():
    instance = recipe(tokens=60_000, distractor_density=90).instance()
    reader = ResearchReader()
    stated = Counter(
        fact[:3] for text in instance["memory_files"].values() for fact in reader.read(text)
    )
    needed = [
        (needed_fact["subject"], needed_fact["key"], needed_fact["value"])
        for needed_fact in instance["grounding_facts"]
    ]
    assert [stated[fact] for fact in needed] == [1] * len(needed)


def test_other_values_in_related_documents_count_as_rewrites():
    instance = recipe(tokens=60_000, distractor_density=90, distractor_counts=NONE).instance()
    distractor_density = Counter(fact["interferes_with"] for fact in instance["distractors"]
                    if fact["source"] == "related_entity")  # fmt: skip
    assert distractor_density
    assert {fact["fact_id"]: fact["rewrites"] for fact in instance["grounding_facts"]} == {
        fact["fact_id"]: distractor_density[fact["fact_id"]] for fact in instance["grounding_facts"]
    }


def test_instances_share_no_id_question_or_name():
    instance = [recipe(number=number).instance() for number in range(12)]
    assert (
        len({instance["instance_id"] for instance in instance})
        == len({instance["question"] for instance in instance})
        == 12
    )
    assert len({name for instance in instance for name in instance["start_entities"]}) >= 12


@pytest.mark.parametrize(("hops", "shape"), STRATA)
def test_a_question_names_its_starts_and_nothing_that_must_be_found(hops, shape):
    instance = instance_of(hops, shape)
    sub_answers = {step["sub_answer"] for step in instance["decomposition"]}
    # Of an intersection, the laboratory may be both named and found again.
    sub_answers -= set(instance["start_entities"])
    assert all(start in instance["question"] for start in instance["start_entities"])
    assert not any(name in instance["question"] for name in [*sub_answers, instance["answer"]])


def test_a_supporting_document_is_shown_once_and_never_with_the_question():
    instance = recipe(hops=6).instance()
    texts = list(instance["memory_files"].values())
    for fact in instance["grounding_facts"]:
        assert sum(fact["content"] in text for text in texts) == 1
        assert fact["content"] not in events_of(instance)[-1].text


def test_a_sliding_window_shows_documents_again():
    instance = recipe(eviction="sliding_window", window=3, tokens=30_000).instance()
    document = instance["turns"][0]["documents"][0]["text"]
    shown = [document in text for text in instance["memory_files"].values()]
    assert shown == [True] * 3 + [False] * (len(shown) - 3)


def test_hops_in_order_come_in_the_order_of_the_stream():
    instance = recipe(hops=6, order="hops").instance()
    turns = [fact["first_available_at_turn"] for fact in instance["grounding_facts"]]
    assert turns == sorted(turns)


@mostly_slow("shape", ["bridge", "comparison", "intersection", "numerical", "temporal"], quick=2)
def test_no_answer_is_common(shape):
    answers = Counter()
    for number in range(300):
        stream = named_rng("test", shape, number)
        answers[EntityGraph(stream).chain(program(stream, shape, 5)).answer] += 1
    assert answers.most_common(1)[0][1] <= 300 * 0.03


def test_strata_alternate_and_are_named_after_hops_and_length(parsed_options):
    instance = research.recipes(parsed_options("--hops", "2,8", n=5, tokens=(20_000, 1_000_000)))
    assert [recipe.template for recipe in instance] == [
        "hops2-20k", "hops2-1M", "hops8-20k", "hops8-1M", "hops2-20k"
    ]  # fmt: skip
    assert [recipe.seed for recipe in instance] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("words", "tokens", "message"),
    [
        (("--hops", "9"), 20_000, "--hops 9: '9' is not a whole number 2 to 8"),
        (("--hops", "2,2"), 20_000, "2 is given more than once"),
        (("--hops", "8"), 2_000, "too short for 8 hops .* reachable are about [0-9,]+ to 10,000"),
        (("--hops", "2"), 10_000_001, "reachable are at most 10,000,000"),
        (("--conflict", "-1"), 20_000, "--conflict -1: give 0 to"),
        (("--distractor-density", "91"), 20_000, "--distractor-density 91: give 0 to 90 percent"),
        (("--near-miss", "900"), 40_000, "too short for 2 hops"),
        (("--eviction", "sliding_window", "--window", "1"), 20_000, "has 2 to 8 turns"),
    ],
)
def test_impossible_options_are_refused_with_the_possible_values(
    parsed_options, words, tokens, message
):
    with pytest.raises(BadSettings, match=message):
        research.recipes(parsed_options(*words, tokens=(tokens,)))
