"""The generator: every stratum passes the checks, has its length, and each count acts alone."""

import re
from collections import Counter
from functools import partial
from itertools import product

import pytest

from memorygym.core import registry
from memorygym.core.episode import Episode, play
from memorygym.core.errors import BadSettings
from memorygym.core.rng import named_rng
from memorygym.core.statements import Statement, StatementIndex
from memorygym.core.tokens import MONTHS, count
from memorygym.core.track import find
from memorygym.core.types import Budget
from memorygym.datasets.instances.folder import shown_tokens, task_id
from memorygym.runs.comparison.memory_specs import Oracle
from memorygym.tracks import research
from memorygym.tracks._qa.ablation import failed
from memorygym.tracks._qa.correctness import is_correct
from memorygym.tracks.research.fact_reader import ResearchReader
from memorygym.tracks.research.generator.graph import EntityGraph
from memorygym.tracks.research.generator.programs import program, shapes
from memorygym.tracks.research.generator.prose import IDLE
from memorygym.tracks.research.generator.settings import ResearchSettings
from memorygym.tracks.research.questions import NAME, answer_of, parsed_question, question_of
from memorygym.tracks.research.strata import ResearchRecipe, filled, skeleton
from tests.episodes import silent
from tests.slow import mostly_slow
from tests.tracks.generate_options import recipes

STRATA = [(hops, shape) for hops in range(2, 9) for shape in shapes(hops)]
IS_KIND = {
    "near_miss": lambda made, document, _: document.claims[0] in made.near_misses,
    "paraphrase": lambda made, document, known: not known and document.genre in {
        support.document.genre for support in made.supports
    },
    "other_time": lambda _, document, known: known.day > document.day
    and known.genre == document.genre,
    "conflict": lambda _, document, known: known.day < document.day
    and known.authority > document.authority,
}  # fmt: skip
"""By kind: whether a document is one, given the document with the fact that it contradicts."""
NONE = dict.fromkeys(IS_KIND, 0)


def recipe(hops=4, shape="bridge", number=0, tokens=12_000, **parameters):
    return ResearchRecipe(ResearchSettings("made", number, 0, hops, tokens, shape, **parameters))


def documents(made):
    """All documents of a plan."""
    dealt = [document for turn in made.turns for document in turn.documents]
    return dealt or [*(support.document for support in made.supports), *made.others]


def stated(task):
    """How often each fact is stated."""
    reader = ResearchReader()
    return Counter(fact[:3] for event in task.events for fact in reader.read(event.text))


@pytest.mark.parametrize(("number", "stratum"), [*enumerate(STRATA)])
def test_a_task_of_any_shape_and_number_of_hops_passes_the_checks(number, stratum):
    task = recipe(
        *stratum,
        number,
        tokens := 15_000 + 999 * number,
        reveal=("immediate", "delayed")[number % 2],
        order=("shuffled", "hops")[number // 2 % 2],
    ).generate()
    assert not failed(research.verification(task))
    assert task.gold.questions[0].hops == len(task.gold.needs) == stratum[0]
    assert task.id == task_id(task)
    shown = sum(count(event.text) for event in task.events[:-1])
    assert shown == shown_tokens(task)
    assert abs(shown - tokens) <= tokens / 100


@pytest.mark.parametrize("kind", IS_KIND)
def test_each_distractor_count_adds_only_documents_of_its_kind(kind):
    bare, extra = (skeleton(recipe(**NONE | {kind: n}).settings) for n in (0, 100))
    added = extra.others[len(bare.others) :]
    known = {support.lookup.claim[:2]: support.document for support in extra.supports}
    contradicted = [known.get(document.claims[0][:2]) for document in added]
    able = [s for s in extra.supports if kind != "conflict" or s.lower_genres]
    assert len(added) == len(able) > 4 and extra.question == bare.question
    assert all(map(partial(IS_KIND[kind], extra), added, contradicted))


def test_branches_and_questions_that_nobody_asks_are_surrounded_as_the_question_is():
    made = filled(recipe(2, tokens=20_000).settings)
    titles = Counter(document.title.split(" · ")[1] for document in documents(made))
    own = {support.lookup.claim.subject for support in made.supports if support.is_own}
    others = {support.lookup.claim.subject for each in made.all for support in each.supports} - own
    more = [name for name in others if titles[name] >= min(titles[name] for name in own)]
    assert len(made.unasked) >= 2 and len(more) >= 10


def test_related_documents_grow_with_the_length_and_with_the_hops():
    shares = {}
    for hops, tokens, density in product((2, 4), (30_000, 90_000), (0, 15)):
        made = filled(recipe(hops=hops, tokens=tokens, distractor_density=density).settings)
        claims = [claim for each in made.all for chain in (each.chain, *each.branches)
                  for claim in chain.facts]  # fmt: skip
        near = [claim for each in made.all for claim in each.near_misses]
        names = {name for claim in (*claims, *near)
                 for name in (claim.subject, claim.value) if not name.isdigit()}  # fmt: skip
        unfilled = {id(document) for document in (*made.needed, *made.documents)}
        filler = [d.text for turn in made.turns for d in turn.documents if id(d) not in unfilled]
        related = [text for text in filler if names.intersection(re.findall(NAME, text))]
        shares[hops, density, tokens] = len(related) / len(filler)
    assert all(
        0.1 * hops < share < 0.2 * hops if density else not share
        for (hops, density, _), share in shares.items()
    )


@mostly_slow("shape", ["bridge", "comparison", "intersection", "numerical", "temporal"])
def test_the_highest_distractor_density_leaves_every_question_decidable(shape):
    for number in range(3):
        task = recipe(6, shape, number, 40_000, distractor_density=90).generate()
        assert not failed(research.verification(task))
        assert task.recipe["attempt"] <= 3


def test_other_values_in_related_documents_count_as_rewrites():
    task = recipe(tokens=25_000, **NONE | {"other_time": 100}).generate()
    counts = stated(task)
    others = [
        sum(n for key, n in counts.items()
            if key[:2] == (fact.subject, fact.key) and key[2] != fact.value)
        for fact in task.gold.needs
    ]  # fmt: skip
    reader = find("research").reader_for(silent(task))
    (question,) = task.gold.questions
    assert any(others)
    assert [reader.rewrites(question, fact) for fact in task.gold.needs] == others


@pytest.mark.parametrize("parameters", [{"hops": 6}, {"tokens": 60_000, "distractor_density": 90}])
def test_a_needed_fact_is_stated_once_and_never_with_the_question(parameters):
    task = recipe(**parameters).generate()
    counts, reader = stated(task), ResearchReader()
    assert all(counts[fact.subject, fact.key, fact.value] == 1 for fact in task.gold.needs)
    assert not reader.read(task.events[-1].text)


def test_a_sliding_window_shows_documents_again():
    task = recipe(eviction="sliding_window", window=3, tokens=30_000).generate()
    _, *searches, _ = task.events
    document = searches[0].text.split("\n\n")[-1]
    shown = [document in event.text for event in searches]
    assert shown == [True] * 3 + [False] * (len(shown) - 3)


def test_hops_in_order_come_in_the_order_of_the_stream():
    task = recipe(hops=6, order="hops").generate()
    read = [ResearchReader().read(event.text) for event in task.events]
    events = [next(n for n, stated in enumerate(read) if f in stated) for f in task.gold.needs]
    assert events == sorted(events)


@pytest.mark.parametrize("number", range(4))
def test_no_search_names_what_the_question_passes(number):
    made = filled(recipe(2 + number, number=number).settings)
    names = made.chain.places
    assert not any(name in turn.sub_query for turn in made.turns for name in names)


def test_searches_name_entities_several_at_once_or_only_describe_them():
    made = filled(recipe(tokens=60_000).settings)
    parts = [turn.sub_query.split("; ") for turn in made.turns]
    asked = [part for each in parts for part in each]
    assert {len(each) for each in parts} == {1, 2, 3}
    assert any(" every " in part for part in asked) and any(" whose " in part for part in asked)


@pytest.mark.parametrize("number", range(4))
def test_every_sentence_is_read_and_states_what_its_document_claims(number):
    reader = ResearchReader()
    for document in documents(
        filled(recipe(2 + 2 * number, number=number, tokens=20_000).settings)
    ):
        claims = sorted((claim.subject, claim.key, claim.value) for claim in document.claims)
        in_text = [claim for claim in claims if claim[2] in document.text.replace(",", "")]
        assert sorted(fact[:3] for fact in reader.read(document.text)) == in_text
        assert reader.coverage(document.text)[1] == 0


@mostly_slow("shape", ["bridge", "comparison", "intersection", "numerical", "temporal"])
def test_the_strong_reasoner_is_right_with_everything_and_with_the_needed_facts(shape):
    for number in range(2):
        task = recipe(5, shape, number).generate()
        oracle = partial(Oracle, research.TRACK.oracle(task))
        for memory, view in ((registry.load("memory", "full", "make"), None), (oracle, 1_000)):
            episode = Episode(research.TRACK.env(task), memory, Budget(view=view))
            trace = play(episode, research.TRACK.reasoners["strong"](task))
            answers = [answer for r in trace.records if (answer := getattr(r, "answer", ""))]
            assert is_correct(task.gold.questions[0], answers[-1])


def template(sentence):
    """A sentence without names, months and numbers."""
    masked = re.sub(rf"{NAME}(?!s)", "X", re.sub(rf"(?:{'|'.join(MONTHS)}) \d{{4}}", "M", sentence))
    return re.sub(r"\d[\d,]*", "N", masked)


def test_a_stream_has_1200_sentence_templates_and_no_filler_sentence_is_common():
    templates, fillers = set(), Counter()
    for number in range(4):
        for document in documents(filled(recipe(number=number, tokens=100_000).settings)):
            kind = template(document.title).split(" · ")[0]
            endings = tuple(f" {ending}." for ending in IDLE[kind][1].split("|"))
            masked = [template(sentence) for sentence in document.sentences]
            templates.update(masked)
            fillers.update(sentence for sentence in masked if sentence.endswith(endings))
    assert len(templates) >= 1_200
    assert max(fillers.values()) <= 0.01 * fillers.total()


@mostly_slow("shape", ["bridge", "comparison", "intersection", "numerical", "temporal"], quick=2)
def test_no_answer_is_common(shape):
    answers = Counter()
    for number in range(300):
        stream = named_rng("test", shape, number)
        query = program(stream, shape, 5)
        chain = EntityGraph(stream).chain(query)
        asked = parsed_question(f"Question: {question_of(stream, query, chain.starts)}")
        known = StatementIndex(Statement(c.subject, c.key, c.value) for c in chain.facts)
        answers[answer_of(asked, known)[0]] += 1
    assert answers.most_common(1)[0][1] <= 300 * 0.03


def test_strata_alternate_and_are_named_after_hops_and_length():
    made = recipes(research, hops="2,8", tokens="20k,1M", n=5)
    names = "hops2-20k hops2-1M hops8-20k hops8-1M hops2-20k".split()
    assert [(recipe.seed, recipe.template) for recipe in made] == [*enumerate(names)]


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"hops": 9}, "hops 9: give 2 to 8"),
        ({"hops": "2,2"}, "hops 2,2: a number is given more than once"),
        ({"hops": 8, "tokens": 2_000}, "too short for 8 hops .* are about [0-9,]+ to 10,000"),
        ({"conflict": -1}, "conflict -1: give 0 to 100"),
        ({"distractor_density": 91}, "distractor_density 91: give 0 to 90"),
        ({"hops": 2, "near_miss": 100, "tokens": 1_200}, "too short for 2 hops"),
        ({"eviction": "sliding_window", "window": 1}, "window 1: give 2 to 8"),
        ({"window": 3}, "window 3 is for eviction=sliding_window"),
    ],
)
def test_impossible_parameters_are_refused_with_the_possible_values(parameters, message):
    with pytest.raises(BadSettings, match=message):
        recipes(research, **parameters)[0].generate()
