"""The fact reader parses all wordings, any part of a text, its own notes and every question."""

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
from memorygym.tracks.research.generator.programs import program, render_question, shapes
from memorygym.tracks.research.generator.prose import AUTHORITY, IDLE_SENTENCES
from memorygym.tracks.research.generator.relations import RELATIONS, TERM, YEAR
from memorygym.tracks.research.question_grammar import (
    Shared,
    Start,
    month_text,
    parsed_phrase,
    parsed_question,
    search_words,
)

READER = ResearchReader()
WORDINGS = [(key, words) for key, relation in RELATIONS.items() for words in relation.sentences]
MONTHS = (2027 * 12 + 2, 2030 * 12 + 1)


NAMES = {
    "person": "Vela Torbekin", "laboratory": "Halden Institute", "town": "Orm Bridge",
    "instrument": "Nor Sonde", "method": "Kel Sieve", "survey": "Bal Traverse",
}  # fmt: skip


def subject_of(relation):
    return (
        "Halden Quist"
        if relation.subject == "person"
        else f"Zel {NAMES[relation.subject].split()[1]}"
    )


def value_of(relation):
    if not relation.numeric:
        return NAMES[relation.value], NAMES[relation.value]
    return ("1931", "1931") if relation.value == YEAR else ("12400", "12,400")


@pytest.mark.parametrize(("key", "words"), WORDINGS)
def test_every_wording_is_read(key, words):
    value, written = value_of(RELATIONS[key])
    start, end = map(month_text, MONTHS)
    subject = subject_of(RELATIONS[key])
    sentence = words.format(s=subject, v=written, a=start, b=end)
    wanted = Claim(subject, key, value, *MONTHS).key
    assert READER.read(sentence) == (Statement(subject, wanted, value),)


@pytest.mark.parametrize(("key", "words"), WORDINGS)
def test_a_search_query_shares_a_word_with_every_wording(key, words):
    query_words = set(re.findall("[a-z]+", search_words("Halden Quist", key).lower())) - STOP_WORDS
    assert query_words & set(re.findall("[a-z]+", words.lower()))


@pytest.mark.parametrize("genre", IDLE_SENTENCES)
def test_the_reader_finds_nothing_in_idle_sentences(genre):
    text = " ".join(words.format(s="Halden Quist") for words in IDLE_SENTENCES[genre])
    assert READER.read(f"[{genre} · Halden Quist · 4 March 2031]\n{text}") == ()


@pytest.mark.parametrize(
    "words", [words for relation in RELATIONS.values() for words in relation.mentions]
)
def test_the_reader_finds_nothing_in_mentions(words):
    assert READER.read(words.format(s="Halden Quist")) == ()


@pytest.mark.parametrize(("genre", "authority"), AUTHORITY.items())
def test_the_heading_gives_the_rank_of_its_document(genre, authority):
    text = f"[{genre} · Orm Academy · 4 March 2031]\nOrm Academy was founded in 1931."
    assert READER.read(text)[0].rank == (authority, 20310304)


@pytest.mark.parametrize("rank", [(), (3, 20310304), (1, 20341228)])
@pytest.mark.parametrize("key", [*sorted(RELATIONS.keys() - {TERM}), "director 2027-03 2030-02"])
def test_the_reader_parses_its_own_notes(key, rank):
    relation = RELATIONS[key.split(" 2")[0]]
    statement = Statement(subject_of(relation), key, value_of(relation)[0], rank)
    assert READER.read(READER.render(statement)) == (statement,)


def test_passages_state_what_the_whole_text_states(generated):
    for text in [event.text for event in generated("--hops", "4").events[:6]]:
        statements = [
            statement for part in passages(text, 60, count) for statement in READER.read(part)
        ]
        assert statements == list(READER.read(text))


def program_and_chain(stream, shape, hops):
    """A program and its chain, in which every inverse step leads to one subject."""
    while True:
        query = program(stream, shape, hops)
        if (chain := EntityGraph(stream).chain(query)).unambiguous:
            return query, chain


@pytest.mark.parametrize("hops", range(2, 9))
def test_questions_of_every_shape_are_parsed_as_generated(hops):
    for shape in shapes(hops):
        stream = named_rng("test", "reading", hops, shape)
        query, chain = program_and_chain(stream, shape, hops)
        statements = [Statement(claim.subject, claim.key, claim.value) for claim in chain.facts]
        text = f"Question: {render_question(stream, query, chain.starts)}"
        query = parsed_question(text)
        assert READER.answer(query, StatementIndex(statements)).answer == chain.answer


def test_only_the_last_event_asks(generated):
    task = generated("--hops", "3", "--reveal", "immediate")
    asks = [READER.ask(event.text) is not None for event in task.events]
    assert asks == [False] * (len(asks) - 1) + [True]


def test_each_hop_is_searched_by_the_name_that_the_previous_one_found():
    query = parsed_phrase("the mayor of the birthplace of Halden Quist")
    first = READER.answer(query, StatementIndex(()))
    assert isinstance(first, Missing)
    assert first.query.startswith("Halden Quist ")
    birthplace = Statement("Halden Quist", "birthplace", "Orm Ford")
    second = READER.answer(query, StatementIndex((birthplace,)))
    assert second.query.startswith("Orm Ford ")
    assert second.used == (birthplace,)


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
    result = READER.answer(parsed_phrase(f"the director in {month} of Orm Hall"), known)
    assert isinstance(result, Found)
    assert result.answer == answer


def test_who_is_shared_is_searched_by_the_laboratory_first_and_then_by_the_basis():
    query = Shared(Start("Orm Lab"), Start("tidal noise"))
    first = READER.answer(query, StatementIndex(()))
    assert isinstance(first, Missing) and first.query.startswith("Orm Lab ")
    staff = Statement("Ann Lee", "employer", "Orm Lab")
    second = READER.answer(query, StatementIndex((staff,)))
    assert isinstance(second, Missing) and second.query.startswith("tidal noise ")


def test_if_two_subjects_fit_the_answer_is_missing():
    twins = [Statement(name, "leader", "Ann Lee") for name in ("Orm Transect", "Vel Transect")]
    assert isinstance(
        READER.answer(parsed_phrase("the survey headed by Ann Lee"), StatementIndex(twins)), Missing
    )


@pytest.mark.parametrize("text", ["", "the mayor", "the mayor of", "Ann Lee and", "a song"])
def test_a_phrase_outside_the_grammar_is_not_parsed(text):
    assert parsed_phrase(text) is None
