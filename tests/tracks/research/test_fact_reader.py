"""The independent reader: all wordings, any part of a text, its own notes, every question."""

import re

import pytest

from memorygym.core.rng import named_rng
from memorygym.core.statements import Statement, StatementIndex
from memorygym.core.tokens import count
from memorygym.memories.stores.search.fulltext import STOP_WORDS
from memorygym.memories.stores.splitter import passages
from memorygym.tracks._qa.questions import Found, Missing
from memorygym.tracks.research.fact_reader import ResearchReader
from memorygym.tracks.research.generator.graph import Claim, EntityGraph
from memorygym.tracks.research.generator.programs import program, shapes
from memorygym.tracks.research.generator.programs import question as put
from memorygym.tracks.research.generator.prose import AUTHORITY, COLOUR
from memorygym.tracks.research.generator.relations import RELATIONS, TERM, YEAR
from memorygym.tracks.research.question_grammar import month_text, phrase, question, sought

READER = ResearchReader()
WORDINGS = [(key, words) for key, one in RELATIONS.items() for words in one.sentences]
MONTHS = (2027 * 12 + 2, 2030 * 12 + 1)


def value_of(relation):
    if not relation.numeric:
        return "Vela Torbekin", "Vela Torbekin"
    return ("1931", "1931") if relation.value == YEAR else ("12400", "12,400")


@pytest.mark.parametrize(("key", "words"), WORDINGS)
def test_every_wording_is_read(key, words):
    value, written = value_of(RELATIONS[key])
    start, end = map(month_text, MONTHS)
    sentence = words.format(s="Halden Quist", v=written, a=start, b=end)
    wanted = Claim("Halden Quist", key, value, *MONTHS).key
    assert READER.read(sentence) == (Statement("Halden Quist", wanted, value),)


@pytest.mark.parametrize(("key", "words"), WORDINGS)
def test_what_is_searched_for_shares_a_telling_word_with_every_wording(key, words):
    asked = set(re.findall("[a-z]+", sought("Halden Quist", key).lower())) - STOP_WORDS
    assert asked & set(re.findall("[a-z]+", words.lower()))


@pytest.mark.parametrize("genre", COLOUR)
def test_sentences_that_tell_nothing_are_read_as_nothing(genre):
    said = " ".join(words.format(s="Halden Quist") for words in COLOUR[genre])
    assert READER.read(f"[{genre} · Halden Quist · 4 March 2031]\n{said}") == ()


@pytest.mark.parametrize("words", [words for one in RELATIONS.values() for words in one.untold])
def test_what_is_mentioned_and_not_told_is_read_as_nothing(words):
    assert READER.read(words.format(s="Halden Quist")) == ()


@pytest.mark.parametrize(("genre", "authority"), AUTHORITY.items())
def test_the_heading_ranks_what_stands_under_it(genre, authority):
    text = f"[{genre} · Orm Hall · 4 March 2031]\nOrm Hall was founded in 1931."
    assert READER.read(text)[0].rank == (authority, 20310304)


@pytest.mark.parametrize("rank", [(), (3, 20310304), (1, 20341228)])
@pytest.mark.parametrize("key", [*sorted(RELATIONS.keys() - {TERM}), "director 2027-03 2030-02"])
def test_what_the_reader_notes_it_reads_back(key, rank):
    relation = RELATIONS[key.split(" 2")[0]]
    told = Statement("Halden Quist", key, value_of(relation)[0], rank)
    assert READER.read(READER.render(told)) == (told,)


def test_a_text_in_passages_tells_what_the_whole_tells(instance):
    for text in list(instance("--hops", "4")["memory_files"].values())[:6]:
        parts = [one for part in passages(text, 60, count) for one in READER.read(part)]
        assert parts == list(READER.read(text))


def clear(stream, shape, hops):
    """A program and its chain, in which no step back has two ends."""
    while True:
        asked = program(stream, shape, hops)
        if (chain := EntityGraph(stream).chain(asked)).clear:
            return asked, chain


@pytest.mark.parametrize("hops", range(2, 9))
def test_a_question_of_any_shape_is_read_as_it_was_meant(hops):
    for shape in shapes(hops):
        stream = named_rng("test", "reading", hops, shape)
        asked, chain = clear(stream, shape, hops)
        told = [Statement(one.subject, one.key, one.value) for one in chain.facts]
        query = question(f"Question: {put(stream, asked, chain.starts)}")
        assert READER.answer(query, StatementIndex(told)).answer == chain.answer


def test_only_the_last_event_asks(instance):
    made = instance("--hops", "3", "--reveal", "immediate")
    from memorygym.tracks.research.task import events_of

    asks = [READER.ask(event.text) is not None for event in events_of(made)]
    assert asks == [False] * (len(asks) - 1) + [True]


def test_each_step_is_looked_for_by_the_name_that_the_last_one_gave():
    query = phrase("the mayor of the birthplace of Halden Quist")
    first = READER.answer(query, StatementIndex(()))
    assert isinstance(first, Missing)
    assert first.query.startswith("Halden Quist ")
    told = Statement("Halden Quist", "birthplace", "Orm Ford")
    second = READER.answer(query, StatementIndex((told,)))
    assert second.query.startswith("Orm Ford ")
    assert second.used == (told,)


@pytest.mark.parametrize(
    ("month", "answer"), [("February 2027", "Ann Lee"), ("March 2027", "Bo Roe")]
)
def test_a_term_holds_from_its_first_month_to_its_last(month, answer):
    known = StatementIndex(
        [
            Statement("Orm Hall", "director 2024-01 2027-02", "Ann Lee"),
            Statement("Orm Hall", "director 2027-03 2030-02", "Bo Roe"),
        ]
    )
    found = READER.answer(phrase(f"the director in {month} of Orm Hall"), known)
    assert isinstance(found, Found)
    assert found.answer == answer


def test_where_two_subjects_fit_the_reader_names_neither():
    twins = [Statement(name, "leader", "Ann Lee") for name in ("Orm Transect", "Vel Transect")]
    assert isinstance(
        READER.answer(phrase("the survey headed by Ann Lee"), StatementIndex(twins)), Missing
    )


@pytest.mark.parametrize("text", ["", "the mayor", "the mayor of", "Ann Lee and", "a song"])
def test_a_phrase_that_the_grammar_lacks_is_no_query(text):
    assert phrase(text) is None
