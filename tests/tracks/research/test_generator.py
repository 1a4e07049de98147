"""What is dealt: every stratum accepted, to length, the same everywhere, each dial alone."""

from collections import Counter
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memorygym.core.errors import BadSettings
from memorygym.core.rng import named_rng
from memorygym.core.tokens import count
from memorygym.datasets.instances.schemas import instance_id, misfit
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


def recipe(hops=4, shape="bridge", number=0, tokens=12_000, **parameters):
    return ResearchRecipe(ResearchSettings("made", number, 0, hops, tokens, shape, **parameters))


@pytest.mark.parametrize(("hops", "shape"), STRATA)
def test_every_shape_of_every_length_of_chain_is_accepted_and_fits_the_schema(hops, shape):
    made = recipe(hops, shape).instance()
    assert made["verification"]["accepted"]
    assert made["num_hops"] == len(made["decomposition"]) == len(made["grounding_facts"]) == hops
    assert not misfit("research", made)
    assert instance_id(made) == made["instance_id"]


@settings(max_examples=15)
@given(
    number=st.integers(0, 10**6),
    stratum=st.sampled_from(STRATA),
    tokens=st.integers(15_000, 40_000),
    reveal=st.sampled_from(["immediate", "delayed"]),
    order=st.sampled_from(["shuffled", "hops"]),
)
def test_any_instance_reaches_its_length_within_one_percent(number, stratum, tokens, reveal, order):
    made = recipe(*stratum, number, tokens, reveal=reveal, order=order).instance()
    shown = sum(count(event.text) for event in events_of(made)[:-1])
    assert shown == made["total_tokens"] == made["context_tokens"]["total"]
    assert abs(shown - tokens) <= tokens / 100


@pytest.mark.parametrize("dial", SOURCES)
def test_a_dial_adds_documents_of_its_own_kind_alone(dial):
    turned = DistractorCounts(**{name: 3 * (name == dial) for name in DistractorCounts.__slots__})
    bare, more = (recipe(dials=dials, crowd=0).instance() for dials in (NONE, turned))
    without, with_ = (
        Counter(one["source"] for one in made["distractors"]) for made in (bare, more)
    )
    assert with_ - without == {SOURCES[dial]: 3}
    assert more["question"] == bare["question"]


def test_the_crowd_grows_with_the_length_and_with_the_hops():
    shares = {}
    for hops, tokens in product((2, 4), (20_000, 60_000)):
        made = recipe(hops, tokens=tokens, crowd=15).instance()["context_tokens"]
        shares[hops, tokens] = made["crowd"] / (made["crowd"] + made["filler"])
    assert all(0.1 * hops < share < 0.2 * hops for (hops, _), share in shares.items())
    assert "crowd" not in recipe(crowd=0).instance()["context_tokens"]


@mostly_slow("shape", ["bridge", "comparison", "intersection", "numerical", "temporal"], quick=2)
def test_the_densest_crowd_leaves_everything_decidable(shape):
    for number in range(3):
        made = recipe(6, shape, number, 40_000, crowd=90).instance()
        assert made["verification"]["accepted"]
        assert made["verification"]["attempts"] <= 2


def test_the_crowd_tells_no_needed_fact_again():
    made = recipe(tokens=60_000, crowd=90).instance()
    reader = ResearchReader()
    told = Counter(one[:3] for text in made["memory_files"].values() for one in reader.read(text))
    needed = [(one["subject"], one["key"], one["value"]) for one in made["grounding_facts"]]
    assert [told[one] for one in needed] == [1] * len(needed)


def test_what_the_crowd_says_otherwise_counts_as_rewritten():
    made = recipe(tokens=60_000, crowd=90, dials=NONE).instance()
    crowd = Counter(one["interferes_with"] for one in made["distractors"]
                    if one["source"] == "crowd")  # fmt: skip
    assert crowd
    assert {one["fact_id"]: one["rewrites"] for one in made["grounding_facts"]} == {
        one["fact_id"]: crowd[one["fact_id"]] for one in made["grounding_facts"]
    }


def test_neither_ids_nor_questions_nor_names_come_again():
    made = [recipe(number=number).instance() for number in range(12)]
    assert len({one["instance_id"] for one in made}) == len({one["question"] for one in made}) == 12
    assert len({name for one in made for name in one["start_entities"]}) >= 12


@pytest.mark.parametrize(("hops", "shape"), STRATA)
def test_a_question_names_its_starts_and_nothing_that_must_be_found(hops, shape):
    made = recipe(hops, shape).instance()
    found = {one["sub_answer"] for one in made["decomposition"]}
    # Of an intersection, the laboratory may be both named and found again.
    found -= set(made["start_entities"])
    assert all(start in made["question"] for start in made["start_entities"])
    assert not any(name in made["question"] for name in [*found, made["answer"]])


def test_a_supporting_document_is_shown_once_and_never_with_the_question():
    made = recipe(hops=6).instance()
    texts = list(made["memory_files"].values())
    for fact in made["grounding_facts"]:
        assert sum(fact["content"] in text for text in texts) == 1
        assert fact["content"] not in events_of(made)[-1].text


def test_a_sliding_window_shows_documents_again():
    made = recipe(eviction="sliding_window", window=3, tokens=30_000).instance()
    document = made["turns"][0]["documents"][0]["text"]
    shown = [document in text for text in made["memory_files"].values()]
    assert shown == [True] * 3 + [False] * (len(shown) - 3)


def test_hops_in_order_come_in_the_order_of_the_stream():
    made = recipe(hops=6, order="hops").instance()
    turns = [fact["first_available_at_turn"] for fact in made["grounding_facts"]]
    assert turns == sorted(turns)


@mostly_slow("shape", ["bridge", "comparison", "intersection", "numerical", "temporal"], quick=2)
def test_no_answer_is_common(shape):
    answers = Counter()
    for number in range(300):
        stream = named_rng("test", shape, number)
        answers[EntityGraph(stream).chain(program(stream, shape, 5)).answer] += 1
    assert answers.most_common(1)[0][1] <= 300 * 0.03


def test_strata_are_dealt_in_turn_and_named_after_hops_and_length(asked):
    made = research.recipes(asked("--hops", "2,8", n=5, tokens=(20_000, 1_000_000)))
    assert [one.template for one in made] == [
        "hops2-20k", "hops2-1M", "hops8-20k", "hops8-1M", "hops2-20k"
    ]  # fmt: skip
    assert [one.seed for one in made] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("words", "tokens", "message"),
    [
        (("--hops", "9"), 20_000, "--hops 9: '9' is no whole number from 2 to 8"),
        (("--hops", "2,2"), 20_000, "2 is given more than once"),
        (("--hops", "8"), 2_000, "too short for 8 hops .* reachable are about [0-9,]+ to 10,000"),
        (("--hops", "2"), 10_000_001, "reachable are at most 10,000,000"),
        (("--conflict", "-1"), 20_000, "--conflict -1: give 0 to"),
        (("--crowd", "91"), 20_000, "--crowd 91: give 0 to 90 percent"),
        (("--near-miss", "900"), 40_000, "too short for 2 hops"),
        (("--eviction", "sliding_window", "--window", "1"), 20_000, "has 2 to 8 turns"),
    ],
)
def test_what_cannot_be_dealt_is_refused_with_what_can(asked, words, tokens, message):
    with pytest.raises(BadSettings, match=message):
        research.recipes(asked(*words, tokens=(tokens,)))
