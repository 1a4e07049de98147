"""The reader that matches texts against what a stream stated: what it credits, and what it does
not."""

import pytest

from memorygym.core.statements import CURRENT, FORMER, UNSTATED, Statement
from memorygym.scoring.fact_reader.matching import Matcher
from memorygym.tracks.dialogue.fact_reader import reader_for
from memorygym.tracks.research.vocabulary import VOCABULARY as RESEARCH
from memorygym.tracks.worlds.fact_reader import strong_reader
from memorygym.tracks.worlds.vocabulary import vocabulary_of
from tests.layouts.tasks import shown_session, shown_world

HARBOR, CERAMICS = "Larkin Harbor", "Eastgate Ceramics"
STATED = (
    Statement(HARBOR, "category", "Technology"),
    Statement(HARBOR, "a", 83399),
    Statement(HARBOR, "a", 71000),
    Statement(HARBOR, "q", 229),
    Statement(HARBOR, "i", "severe"),
    Statement(HARBOR, "x", CERAMICS),
    Statement(CERAMICS, "q", 300),
)
"""Employees, vans and the risk level of two companies."""


def companies() -> Matcher:
    guide = strong_reader(shown_world("company")[0]).guide
    return Matcher(vocabulary_of(guide), STATED)


def credited(text: str) -> set[tuple[str, str, object]]:
    return {fact[:3] for fact in companies().read(text).facts if fact.role == CURRENT}


EMPLOYEES = {(HARBOR, "a", 83399)}


@pytest.mark.parametrize(
    "text",
    [
        "Larkin Harbor: employees 83,399",
        "LARKIN HARBOR\n  EMPLOYEES ..... 83399",
        "larkin_harbor.employees = 83_399".replace("_399", "399"),
        '{"LarkinHarbor": {"headcount": 83399}}',
        "--- memory/larkin-harbor.md ---\nemployees: 83,399",
        "h3. Larkin Harbor\n|| employees | 83,399 |",
        "<Larkin Harbor>\nemployees=83399\n</Larkin Harbor>",
        "Larkin Harbor, Inc. has 83,399 employees.",
        "Larkin Harbor: 83.399 employees",
        "The company Larkin Harbor employs 83,399 people.",
        "83,399 <- employees <- Larkin Harbor",
        "- subject: Larkin Harbor\n  predicate: employees\n  object: 83,399",
        "| name | emp |\n|---|---|\n| Larkin Harbor | 83,399 |",
        "Front: Larkin Harbor / employees\nBack: 83,399",
        "Larkin Harbor employees: 71,000 -> 83,399",
        "1. Q: How many employees has Larkin Harbor? A: 83,399",
        "Larkin Harbor employees: 71,000 => 83,399",
        "Larkin Harbor employees: 71,000 replaced by 83,399",
        "Larkin Harbor: employees 83,399 (71,000 until 2030)",
        "Larkin Harbor: 83,399 employees (sector mean 71,000)",
        "Larkin Harbor: employees 83,399 ❌ 71,000",
        "Larkin Harbor: 83,399 employees; forget 71,000.",
        "(e employees, rl risk level, v vans)\n| name | e |\n|-|-|\n| Larkin Harbor | 83,399 |",
        "Larkin Harbor: employees 83,399 (up to now 71,000)",
        "UPDATE facts SET value = '83,399' WHERE entity = 'Larkin Harbor'"
        " AND attribute = 'employees' AND value = '71,000';",
    ],
)
def test_a_stated_value_is_read_however_names_and_labels_are_spelled(text: str) -> None:
    assert credited(text) == EMPLOYEES


@pytest.mark.parametrize(
    "text",
    [
        "It is false that Larkin Harbor has 83,399 employees.",
        "Larkin Harbor does not have 83,399 employees.",
        "The risk level of Larkin Harbor is anything but severe.",
        "Example (not real data): Larkin Harbor has 83,399 employees.",
        "Example (not real data)\nLarkin Harbor: employees 83,399",
        "## Examples\n- Larkin Harbor: employees 83,399",
        "Larkin Harbor: employees 71,000, 83,399",
        "Larkin Harbor has 71,000 or 83,399 employees.",
        "If Larkin Harbor had 83,399 employees, we would say so.",
        "Does Larkin Harbor have 83,399 employees?",
        "Eastgate Ceramics has 83,399 employees.",
        "Larkin Harbor, Eastgate Ceramics\nemployees, vans\n83,399, 229, 300",
        "## Larkin Harbor and Eastgate Ceramics\n- employees: 83,399",
        "Larkin Harbor Freight has 83,399 employees.",
        "## Larkin Harbor\n### Umber Glass\n- employees: 83,399",
        "Found in notes (score 0.45): Larkin Harbor",
        "Larkin Harbor has great reviews",
        "Larkin Harbor: Technology, severe",
        "Larkin Harbor 83,399, 229, severe, Technology",
        "Larkin Harbor employees 71,000 83,399",
        "Larkin Harbor: employees 71,000; employees 83,399",
        "Larkin Harbor gained 83,399 + 20 since then.",
        "Conflict: Larkin Harbor employees 83,399 in one page, another in the next.",
        "One page claims 83,399 employees at Larkin Harbor.",
        "Larkin Harbor: +20 employees (83,399), already applied above",
        "Larkin Harbor is a company.\n\n### Umber Glass\nThe company has 83,399 employees.",
        "Burning Voyage has great reviews",
        'Larkin Harbor: employees "83,399" // note "superseded"',
    ],
)
def test_what_a_text_does_not_state_is_not_credited(text: str) -> None:
    assert credited(text) == set()


def test_the_last_value_of_a_key_decides_and_an_unstated_one_makes_it_unknown() -> None:
    text = "Larkin Harbor: employees 83,399\nLarkin Harbor: employees 90,000"
    facts = companies().read(text).facts
    assert [fact[2:4] for fact in facts] == [(90000, UNSTATED)]
    assert credited("Larkin Harbor: employees 90,000\nLarkin Harbor: employees 83,399") == EMPLOYEES


def test_former_values_are_told_from_current_ones() -> None:
    facts = companies().read("Larkin Harbor: employees 83,399 (was 71,000)").facts
    assert {fact[2:4] for fact in facts} == {(83399, CURRENT), (71000, FORMER)}


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Larkin Harbor has 83,399 people on its books.", 1),
        ("Larkin Harbor saw 83,399 things, 148,662 things, 127 things", 1),
        ('{"Larkin Harbor": {"values": [965318, 83399, 460018]}}', 1),
        ("Larkin Harbor is worth 83399 or 71001 or 46.4", 1),
    ],
)
def test_figures_without_a_label_state_nothing_and_are_unread(text: str, values: int) -> None:
    """Nobody could answer from them, although the stream tells what they were."""
    assert companies().read(text) == ((), values)


def test_shown_values_that_nothing_took_are_unread_in_prose_too() -> None:
    assert companies().read("I keep 83,399 in mind for Larkin Harbor.").unread == 1
    assert companies().read("Larkin Harbor: employees 83,399").unread == 0


def test_a_staff_and_a_founding_year_in_one_sentence_are_told_apart() -> None:
    stated = [
        Statement("Orm Academy", "staff", 3714),
        Statement("Orm Academy", "founding year", 1878),
    ]
    reading = Matcher(RESEARCH, stated).read(
        "Orm Academy has a staff of 3,714 and dates back to 1878."
    )
    assert ("Orm Academy", "staff", 3714) in {fact[:3] for fact in reading.facts}
    assert {fact.role for fact in reading.facts} == {CURRENT}


@pytest.mark.parametrize(
    "text",
    [
        "Orm Ford mayor: Ann Lee, Bob Ray",
        "Orm Ford: mayor Ann Lee; mayor Bob Ray",
        "Ann Lee: Dun Academy, Wes Haven",
        "Ann Lee (Dun Academy, Wes Haven)",
        "Ann Lee → Dun Academy → Wes Haven",
        "Ann Lee, Bob Ray, Orm Ford, Dun Academy, Wes Haven",
    ],
)
def test_lists_of_names_without_labels_or_of_all_values_state_nothing(text: str) -> None:
    stated = [
        Statement("Orm Ford", "mayor", "Ann Lee"),
        Statement("Orm Ford", "mayor", "Bob Ray"),
        Statement("Ann Lee", "employer", "Dun Academy"),
        Statement("Ann Lee", "birthplace", "Wes Haven"),
    ]
    reader = Matcher(RESEARCH, stated)
    assert reader.read(text).facts == ()
    assert {f.value for f in reader.read("Ann Lee at Dun Academy").facts} == {"Dun Academy"}


def test_a_pronoun_means_who_opened_the_sentence_before() -> None:
    stated = [
        Statement("Bob Ray", "mentor", "Ann Lee"),
        Statement("Ann Lee", "mentor", "Cora Vale"),
        Statement("Orm Ford", "mayor", "Ann Lee"),
    ]
    text = "Ann Lee trained Bob Ray. She was mentored by Cora Vale and is mayor of Orm Ford."
    assert set(Matcher(RESEARCH, stated).read(text).facts) == set(stated)


def test_figures_before_other_labels_are_theirs() -> None:
    stated = [
        Statement("Dun Academy", "founding year", 1860),
        Statement("Dun Academy", "staff", 652),
    ]
    reading = Matcher(RESEARCH, stated).read("Dun Academy: founded 1860, 652 employees.")
    assert {fact[2:4] for fact in reading.facts} == {(1860, CURRENT), (652, CURRENT)}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Ann Lee, chief of the Orm Survey", ("Orm Survey", "leader", "Ann Lee")),
        ("Ann Lee: at Dun Academy; mentor Cora Vale", ("Ann Lee", "mentor", "Cora Vale")),
        ("Cora Vale was Ann Lee's teacher.", ("Ann Lee", "mentor", "Cora Vale")),
        ("Orm Sonde: des. Bob Ray", ("Orm Sonde", "designer", "Bob Ray")),
        ("Ann Lee (1980)", ("Ann Lee", "birth year", 1980)),
        ("Ann Lee led the Orm Survey. She is also at Dun Academy.",
         ("Ann Lee", "employer", "Dun Academy")),
        ("Ann Lee is mayor of Wes Haven and at Dun Academy.",
         ("Ann Lee", "employer", "Dun Academy")),
        ("Wes Haven -> mayor Ann Lee -> mentor Cora Vale", ("Ann Lee", "mentor", "Cora Vale")),
        ("ANN LEE\nborn 1980 / Dun Academy / mentor: Cora Vale",
         ("Ann Lee", "mentor", "Cora Vale")),
    ],
)  # fmt: skip
def test_relations_are_read_by_what_the_stream_stated(
    text: str, wanted: tuple[str, str, object]
) -> None:
    stated = [
        Statement("Orm Survey", "leader", "Ann Lee"),
        Statement("Ann Lee", "mentor", "Cora Vale"),
        Statement("Ann Lee", "employer", "Dun Academy"),
        Statement("Ann Lee", "birth year", 1980),
        Statement("Wes Haven", "mayor", "Ann Lee"),
        Statement("Orm Sonde", "designer", "Bob Ray"),
    ]
    assert wanted in {fact[:3] for fact in Matcher(RESEARCH, stated).read(text).facts}


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("The former mayor of Orm Ford is Bob Ray.", [FORMER]),
        ("Orm Ford: mayor Ann Lee, previous mayor Bob Ray", [CURRENT, FORMER]),
        ("Orm Ford | Until release mayor | Bob Ray", [FORMER]),
        ("Orm Ford: alleged mayor Bob Ray", []),
    ],
)
def test_a_word_before_a_label_says_whether_its_entity_holds(text: str, roles: list[str]) -> None:
    stated = [Statement("Orm Ford", "mayor", name) for name in ("Ann Lee", "Bob Ray")]
    assert [fact.role for fact in Matcher(RESEARCH, stated).read(text).facts] == roles


def test_a_plural_heading_says_of_what_group_the_entities_below_are() -> None:
    guide = strong_reader(shown_world("agentteam")[0]).guide
    stated = [
        Statement("Juno Tinker", "category", "Coordinator"),
        Statement("Juno Tinker", "q", 381),
    ]
    reading = Matcher(vocabulary_of(guide), stated).read(
        "# Coordinators\n- Juno Tinker: reviews 381"
    )
    assert {fact[:3] for fact in reading.facts} == {fact[:3] for fact in stated}


def test_what_a_customer_does_not_want_is_read() -> None:
    found = reader_for("retail", ("My excluded maker is Orbex.",)).read("- no Orbex products")
    assert [fact[:3] for fact in found] == [("customer", "excluded maker", "Orbex")]


def test_whom_the_label_of_an_owner_names_is_what_the_rest_is_about() -> None:
    stated = {
        ("customer", "sister", "Ada Novak"),
        ("Ada Novak", "item", "kettle"),
        ("Ada Novak", "colour", "grey"),
    }
    shown = tuple(reader_for("retail").render(Statement(*fact)) for fact in sorted(stated))
    found = reader_for("retail", shown).read("SISTER: Ada Novak, kettle. Wants it in grey.")
    assert {fact[:3] for fact in found} == stated


def test_a_code_tells_whose_it_is_behind_a_part_of_the_name() -> None:
    stated = [
        Statement("Harbor Card", "card number", "H-9003"),
        Statement("Meadow Card", "card number", "V-6570"),
    ]
    shown = tuple(map(reader_for("retail").render, stated))
    found = reader_for("retail", shown).read("Cards: Harbor H-9003, Meadow V-6570, Orbex H-9003.")
    assert [fact[:3] for fact in found] == [fact[:3] for fact in stated]


@pytest.mark.parametrize("template", ["retail", "telecom", "bookings"])
def test_its_own_statements_are_read_in_a_session(template: str) -> None:
    reader = reader_for(template)
    for fact in shown_session(template)[1]:
        assert fact[:3] in {other[:3] for other in reader.read(reader.render(fact))}
