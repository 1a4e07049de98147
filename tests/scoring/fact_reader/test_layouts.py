"""Whatever the layout, the same facts are read, in all tracks; and what notes state is read."""

import json

import pytest

from memorygym.core.statements import FORMER
from memorygym.tracks.codeqa.fact_reader import read, render
from memorygym.tracks.dialogue.fact_reader import reader_for
from memorygym.tracks.research.fact_reader import ResearchReader
from memorygym.tracks.worlds.fact_reader import _Parser, strong_reader
from memorygym.tracks.worlds.prose_reader import HEAD, ProseReader
from tests.episodes import generated
from tests.layouts import KINDS, LOSSY, PLAIN
from tests.layouts.materials import BOUNDS, CASES, judged, materials, notes, shown_code
from tests.layouts.tasks import company_facts, current_facts
from tests.slow import mostly_slow


@mostly_slow(
    ("track", "kind"),
    [(track, kind) for kind in reversed(KINDS) for track in reversed(BOUNDS)],
    quick=4,
)
def test_facts_are_read_in_any_layout(track: str, kind: str) -> None:
    layouts = [v for k, v in KINDS[kind].items() if not (track == "codeqa" and k in LOSSY)]
    counts = [m.counts(v) for v in layouts for m in materials(track, plain=kind in PLAIN)]
    total, right, wrong = map(sum, zip(*counts, strict=True))
    least, most = BOUNDS[track]
    assert right >= least * total
    assert wrong <= (most if kind in PLAIN else 0.0065) * total


@pytest.mark.parametrize(
    ("name", "recall", "precision"),
    [
        ("notes_strangers", 0.84, 0.98),
        ("notes_strangers2", 0.80, 0.97),
        ("notes_strangers3", 0.80, 0.98),
        ("notes_strangers4", 0.79, 0.98),
        ("notes_last_sealed", 0.94, 0.99),
        ("notes_last", 0.94, 0.99),
        ("notes_open", 0.94, 0.99),
        ("notes_sealed", 0.94, 0.99),
        ("notes_blind", 0.94, 0.99),
    ],
)
def test_what_notes_state_is_read(name: str, recall: float, precision: float) -> None:
    found = [judged(note) for note in notes(name)]
    right, extra, missed = (sum(map(len, facts)) for facts in zip(*found, strict=True))
    assert right >= recall * (right + missed)
    assert right >= precision * (right + extra)


@pytest.mark.parametrize("template", ["company", "city", "codebase", "movie"])
def test_documents_are_read_as_the_quick_path_reads_them(template: str) -> None:
    task = generated(template)
    guide = strong_reader(task.system).guide
    parser = _Parser(ProseReader(guide), task.texts)
    every, missed = 0, 0
    for text in task.texts:
        for match in HEAD.finditer("" if "=== QUESTION" in text else text):
            quick, general = parser._prose.read(match[0]), parser._general(match[0])
            found = {f for f in general.facts if f.role != FORMER}
            assert found <= set(quick.facts)
            every += len(quick.facts)
            missed += len(quick.facts) - len(found)
    assert missed <= 0.005 * every


@pytest.mark.parametrize("form", ["files", "session", "mixed"])
def test_every_canonical_sentence_of_code_is_read(form: str) -> None:
    for statement in shown_code(form)[2]:
        assert read(render(statement)) == (statement,)


@pytest.mark.parametrize("line", (CASES / "fact_reading.jsonl").read_text().splitlines())
def test_adversarial_texts_are_read_exactly(line: str) -> None:
    case = json.loads(line)
    found = company_facts(case["text"])
    plain = {key: value for key, value in found.items() if len(key) == 2 and key[1] != "group"}
    assert plain == {(n, a): tuple(v) if isinstance(v, list) else v for n, a, v in case["facts"]}


WRONG = {"injection", "german", "code_noise", "shared_value"}
"""Texts of which something wrong is read: an order to note something of "every company", text in
another language, code, and two owners with "both"."""


@pytest.mark.parametrize("line", (CASES / "fact_reading_later.jsonl").read_text().splitlines())
def test_later_adversarial_texts_credit_nothing_wrong(line: str) -> None:
    case = json.loads(line)
    found = {
        pair(*key, *([value] if len(key) == 2 else []))
        for key, value in company_facts(case["text"]).items()
    }
    assert found <= {pair(*fact) for fact in case["facts"]} or case["id"] in WRONG


def pair(name: str, label: str, value: object) -> tuple[object, ...]:
    """A fact; the two entities of a mutual relation in one order."""
    if label == "competes with":
        name, value = sorted((name, str(value)))
    return name, label, tuple(value) if isinstance(value, list) else value


@pytest.mark.parametrize(
    "words",
    [
        "Sub-query: the instrument devised by Zasan Malsegate",
        "Rosroway Interferometer flagship, showpiece",
        "Harleward Sonde instrument, readings, carried out with",
        "keywords: Eltan Zeldanick, Cesha Maldetan, Kirvirick Observatory, through, guided",
    ],
)
def test_words_to_search_for_state_nothing(words: str) -> None:
    assert ResearchReader().coverage(words) == (0, 0)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("User's price limit: $80 (was $96)", {("customer", "price limit"): "80"}),
        ("- Ada Novak\n  - size: small\n- price limit: $80",
         {("Ada Novak", "size"): "small", ("customer", "price limit"): "80"}),
        ("My price limit is $80.\nMy price limit is now $60, no longer $80.",
         {("customer", "price limit"): "60"}),
        ("My price limit is now $60, no longer $80.\nMy price limit is $80.",
         {("customer", "price limit"): "60"}),
        ("The customer excludes the maker Orbex.", {}),
        ("What is Ada Novak's address code?", {}),
        ("P-48123; desk lamp; green; small; rating 4.10; price $60; delivery 3 days", {}),
        ('assistant: search {"colour": "green", "item": "kettle"}', {}),
    ],
)  # fmt: skip
def test_what_notes_and_listings_of_a_desk_state(
    text: str, wanted: dict[tuple[str, str], str]
) -> None:
    assert current_facts(reader_for("retail").read(text)) == wanted


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("listing date 4/13/2031", "listing date 2031-04-13"),
        ("listing date 13/4/2031", "listing date 2031-04-13"),
        ("revenue $1.5bn", "revenue $1,500.0M"),
        ("revenue 1.5 billion dollars", "revenue $1,500.0M"),
    ],
)
def test_a_value_is_the_same_however_it_is_written(written: str, plain: str) -> None:
    facts = company_facts(f"Larkin Harbor: {plain}")
    assert facts
    assert company_facts(f"Larkin Harbor: {written}") == facts


@pytest.mark.parametrize("date", ["3/4/2031", "12/4/2031", "12/12/2031"])
def test_a_date_whose_month_nobody_knows_is_not_read(date: str) -> None:
    assert company_facts(f"Larkin Harbor: listing date {date}") == {}
