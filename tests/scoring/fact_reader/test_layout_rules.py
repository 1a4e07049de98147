"""Short texts, one for each rule of writing; what a text leaves open is read of nobody."""

import pytest

from tests.layouts.tasks import company_facts

A, B = "Larkin Harbor", "Osprey Packaging"
SQL = f"INSERT INTO company (name, delivery_vans, patents) VALUES ('{A}', 30, 7), ('{B}', 40, NULL)"
TEXTS = {
    SQL: [(A, "delivery vans", 30), (A, "patents", 7), (B, "delivery vans", 40)],
    f"UPDATE company SET patents = 7 WHERE name = '{A}';": [(A, "patents", 7)],
    f"UPDATE company SET patents = 7 WHERE NOT name = '{A}';": [],
    "UPDATE company SET patents = 7;": [],
    f"INSERT INTO company VALUES ('{A}', 30, 7);": [],
    f"User: next one is {A}\nAssistant: Ready.\nUser: patents? that's 7": [(A, "patents", 7)],
    f"User: next is {A}\nAI: what about patents?\nUser: 7": [(A, "patents", 7)],
    f"A: {A} or {B}?\nB: patents: 7": [],
    f"> {A}\n>> patents\n>>> 7\n>>>> replaces: 9": [(A, "patents", 7)],
    f"> {A}\n>> patents\n>>> 7\n>>>> note: superseded": [],
    f"{A}: patents 7\n\n— 2031-01-09\n\n---\n{A}: patents 8\n\n— 2031-01-02": [(A, "patents", 7)],
    f"Under patents for {A} he wrote down 7, whereas it was agreed to enter 30 as the offices of"
    f" {B}.": [(A, "patents", 7), (B, "offices", 30)],
    f"{A.lower()}\n- patents: 7\n\n{B.lower()}\n- patents: 8": [
        (A, "patents", 7),
        (B, "patents", 8),
    ],
}


@pytest.mark.parametrize("text", TEXTS)
def test_short_texts_are_read_exactly(text: str) -> None:
    assert company_facts(text) == {(name, label): value for name, label, value in TEXTS[text]}


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("listing date 4/13/2031", "listing date 2031-04-13"),
        ("listing date 13/4/2031", "listing date 2031-04-13"),
        ("listing date 12/13/2031", "listing date 2031-12-13"),
        ("revenue $1.5bn", "revenue $1,500.0M"),
        ("revenue 1.5 billion dollars", "revenue $1,500.0M"),
    ],
)
def test_a_value_is_the_same_however_it_is_written(written: str, plain: str) -> None:
    facts = company_facts(f"{A}: {plain}")
    assert facts
    assert company_facts(f"{A}: {written}") == facts


@pytest.mark.parametrize("date", ["3/4/2031", "12/4/2031", "12/12/2031"])
def test_a_date_whose_month_nobody_knows_is_not_read(date: str) -> None:
    assert company_facts(f"{A}: listing date {date}") == {}
