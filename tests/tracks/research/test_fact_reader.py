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
from memorygym.tracks.research.generator.graph import EntityGraph, GraphClaim
from memorygym.tracks.research.generator.programs import program, shapes
from memorygym.tracks.research.generator.prose import IDLE_SENTENCES
from memorygym.tracks.research.questions import (
    Hop,
    Pick,
    Shared,
    Start,
    Total,
    parsed_phrase,
    parsed_question,
    question_of,
    search_words,
)
from memorygym.tracks.research.relations import (
    AUTHORITY,
    RELATIONS,
    TERM,
    YEAR,
    month_key,
    month_text,
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
    wanted = GraphClaim(subject, key, value, *MONTHS).key
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
    statement = Statement(subject_of(relation), key, value_of(relation)[0], rank=rank)
    assert READER.read(READER.render(statement)) == (statement,)


def test_passages_state_what_the_whole_text_states(generated):
    for text in [event.text for event in generated(hops="4").events[:6]]:
        statements = [
            statement for part in passages(text, 60, count) for statement in READER.read(part)
        ]
        assert statements == list(READER.read(text))


def unambiguous_chain(stream, query):
    """A chain of a program in which every inverse hop leads to one subject."""
    while not (chain := EntityGraph(stream).chain(query)).unambiguous:
        pass
    return chain


def reached(query, facts):
    """Everything that a query can mean, by trying every fact for every part of it."""

    def pairs(key, month=0):
        """The subjects and values of a key, for a term those that cover the month."""
        for subject, stated, value in facts:
            name, *term = stated.split(" 2")
            if name == key and (not term or f"2{term[0]}" <= month_key(month) <= f"2{term[1]}"):
                yield subject, value

    match query:
        case Start(name):
            return {name}
        case Hop(key, inner, inverse, month):
            ends = reached(inner, facts)
            found = (pair[::-1] if inverse else pair for pair in pairs(key, month))
            return {end for start, end in found if start in ends}
        case Pick(key, least, left, right):
            sides = reached(left, facts) | reached(right, facts)
            values = {int(value): subject for subject, value in pairs(key) if subject in sides}
            return {values[(min if least else max)(values)]}
        case Shared(laboratory, basis):
            staff = {s for s, v in pairs("employer") if v in reached(laboratory, facts)}
            methods = {s for s, v in pairs("basis") if v in reached(basis, facts)}
            return {v for s, v in pairs("inventor") if s in methods} & staff
        case Total(left, right, minus):
            (first,), (second,) = reached(left, facts), reached(right, facts)
            return {str(abs(int(first) - int(second)) if minus else int(first) + int(second))}


@pytest.mark.parametrize("hops", range(2, 9))
@pytest.mark.parametrize("number", range(5))
def test_a_question_of_every_shape_is_answered_as_trying_all_facts_does(number, hops):
    for shape in shapes(hops):
        stream = named_rng("test", "reading", hops, shape, number)
        query = program(stream, shape, hops)
        chain = unambiguous_chain(stream, query)
        asked = parsed_question(f"Question: {question_of(stream, query, chain.starts)}")
        facts = [(claim.subject, claim.key, claim.value) for claim in chain.facts]
        facts += [(claim.subject, claim.key, claim.value) for _, claim in chain.companions]
        result = READER.answer(asked, StatementIndex(Statement(*fact) for fact in facts))
        assert {result.answer} == reached(asked, facts)


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


def test_a_document_as_it_was_shown_is_read_alike_without_the_blank_lines_around_it() -> None:
    texts = (
        "[Travel log · Zel Bridge · 6 September 2034]\nVela Quist wears the mayor's chain in Zel"
        " Bridge. Who is mayor in Orm Bridge was painted over on the sign.",
        "[Field report · Orm Bridge · 10 October 2033]\nOrm Bridge is governed by Halden Quist as"
        " mayor.",
    )
    reader = READER.against(("\n\n".join(texts),))
    shown = [fact[:3] for text in texts for fact in reader.read(text)]
    assert shown == [("Zel Bridge", "mayor", "Vela Quist"), ("Orm Bridge", "mayor", "Halden Quist")]
    for between in ("\n", "\n\n", "\nkept\n"):
        assert [fact[:3] for fact in reader.read(between.join(texts))] == shown
