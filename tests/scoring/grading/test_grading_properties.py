"""What holds for every truth and every answer."""

from datetime import date

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from memorygym.scoring.grading.verdict import grade
from tests.slow import mostly_slow

NAMES = ["Brant Orchard", "Cedar Quay", "Elm Hollow", "Ina Vogel", "Unit 9 Relay", "Old Pine Ridge"]
CHOICES = ["moderate", "mid-career", "tech_hub", "small town", "polar", "request-reply"]
VERBS = ["builds", "ships", "runs", "serves"]
THINGS = ["rail sensors", "harbor cranes", "city trams", "river ferries", "quiet mills"]
TRENDS = ["strongly rising", "slightly rising", "flat", "slightly falling", "strongly falling"]
ASKED = ["synthesis", "comparison", "outlier", "conditional", "multi_hop", "relationship_chain"]
FIGURED = ["retrieval", "update", "trick_retrieval", "counterfactual", "relationship_hop"]

Case = tuple[str, str]
"""A question type and a right answer as the generator displays it."""

ints = st.integers(-9_999_999, 9_999_999)
amounts = st.decimals(-9999, 99999, places=1, allow_nan=False)
counts = st.integers(0, 60)


def money(amount: object) -> str:
    return f"${amount:,}M"


integers = ints.map(lambda value: f"{value:,}")
figures = st.one_of(
    integers,
    st.integers(1500, 2026).map(str),
    st.integers(1, 999).map(lambda value: f"#{value}"),
    amounts.map(money),
    amounts.map(lambda value: f"${value:,}K"),
    amounts.map(lambda value: f"{value}%"),
    amounts.map(lambda value: f"{value} Mbps"),
    amounts.map(lambda value: f"{value} km²"),
    st.integers(1, 400).map(lambda value: f"{value} min"),
    st.integers(0, 100).map(lambda value: f"{value}/100"),
)
days = st.dates(date(1000, 1, 1), date(2100, 1, 1)).map(date.isoformat)
choices = st.sampled_from(CHOICES)
texts = st.lists(
    st.tuples(st.sampled_from(VERBS), st.sampled_from(THINGS)), min_size=1, max_size=2, unique=True
).map(lambda pairs: " ".join(word for pair in pairs for word in pair))
series = st.one_of(
    st.lists(amounts.map(str), min_size=3, max_size=5),
    st.lists(amounts.map(money), min_size=3, max_size=5),
    st.lists(integers, min_size=3, max_size=5),
).map(", ".join)
names = st.sampled_from(NAMES)

values = st.tuples(st.sampled_from(FIGURED), st.one_of(figures, days, choices, texts, series))
numbers = st.tuples(st.sampled_from(["aggregation", "cross_category", "delta"]), figures)
ratios = st.tuples(st.just("ratio"), st.decimals(0, 999, places=2, allow_nan=False).map(str))
entities = st.tuples(st.sampled_from(["text_match", "enum_filter", "relationship_lookup"]), names)
pairs = st.tuples(
    st.sampled_from(ASKED), st.builds("{} ({})".format, names, st.one_of(figures, days, choices))
)
trends = st.tuples(
    st.just("temporal_trend"),
    st.one_of(
        st.sampled_from(TRENDS),
        st.builds(lambda label, change: f"{label} ({change:.1f}%)", st.sampled_from(TRENDS),
                  st.floats(-90, 90)),
    ),
)  # fmt: skip
extremes = st.tuples(
    st.just("temporal_extreme"),
    st.one_of(st.integers(1, 5).map(str), st.builds("{} ({})".format, st.integers(1, 5), amounts)),
)
rolls = st.tuples(
    st.just("relationship_count"),
    st.lists(names, min_size=1, max_size=4, unique=True).map(
        lambda listed: f"{len(listed)} ({', '.join(listed)})"
    ),
)
tallies = st.tuples(
    st.just("multi_constraint"), st.builds("{} ({})".format, counts, st.one_of(integers, amounts))
)
answerable = st.one_of(values, numbers, ratios, entities, pairs, trends, extremes, rolls, tallies)


CLAIMS = st.sampled_from(
    [*NAMES, *CHOICES, *TRENDS, "3", "-$1,2.5M", "or", "not", ",", "(", "'s", "of", "from",
     "=", "period", "unknown", "March 9, 2014", "2014-03-09", "%", "million", "\n"]
)  # fmt: skip


@given(
    st.one_of(answerable, st.just(("abstention", "ABSTAIN"))),
    st.text(st.characters(exclude_categories=())) | st.lists(CLAIMS, max_size=12).map(" ".join),
)
@example(("retrieval", "8,412"), "\ud800\x00-$.,")
@example(("retrieval", "12.0, 40.1"), "1,,2.3.4,5e99 ½ ²")
def test_no_answer_makes_the_grader_raise_or_waver(case: Case, answer: str) -> None:
    assert grade(*case, answer, NAMES) == grade(*case, answer, NAMES)


@given(answerable)
def test_rivals_that_are_not_named_change_nothing(case: Case) -> None:
    rivals = [name for name in [*NAMES, *CHOICES] if name not in case[1]]

    assert grade(*case, case[1], rivals).correct


@pytest.mark.parametrize(
    "frame",
    ["{}", "{}.", "**{}**", "`{}`", '"{}"', "The answer is {}.", "Answer: {}", "It is {}", " {} \n",
     '{{"answer": "{}"}}', "According to my notes, it is {}.", "I think it is {}.", "It's {}."],
)  # fmt: skip
@given(answerable)
def test_a_frame_around_the_right_answer_keeps_it_right(frame: str, case: Case) -> None:
    verdict = grade(*case, frame.format(case[1]))

    assert verdict.correct, verdict.reason


@pytest.mark.parametrize(
    ("truth", "frame"),
    [
        *(("{value}", frame) for frame in (
            "The revenue of {name} is {value}.", "{name}'s value: {value}", "{name} has {value}",
            "In 2023 it was {value}", "For {name}, it is {value}.")),
        *(("{name} ({value})", frame) for frame in (
            "{name}, {value}", "{name}: {value}", "{value} ({name})", "{name} — {value}",
            "{name} has the highest: {value}", "The highest is {name} with {value}.",
            "{name} ranks 1st of 5 with {value}",
            "Of the 5 companies, {name} leads with {value}.")),
    ],
)  # fmt: skip
@given(names, figures)
def test_a_claim_may_stand_in_a_sentence(truth: str, frame: str, name: str, value: str) -> None:
    right, answer = (text.format(name=name, value=value) for text in (truth, frame))
    verdict = grade("synthesis", right, answer)

    assert verdict.correct, verdict.reason


@given(st.dates(date(1000, 1, 1), date(2100, 1, 1)))
def test_a_date_is_right_in_every_plain_notation(day: date) -> None:
    month = day.strftime("%B")
    notations = [f"{day.day} {month} {day.year}", f"{month} {day.day}, {day.year}"]
    notations += [day.isoformat().replace("-", "/"), f"{day.day} {month[:3]} {day.year}"]

    assert all(grade("retrieval", day.isoformat(), answer).correct for answer in notations)


@given(amounts, amounts)
def test_a_decimal_is_right_exactly_within_two_percent(true: object, answer: object) -> None:
    near = abs(answer - true) <= abs(true) / 50  # type: ignore[operator, arg-type]

    assert grade("retrieval", money(true), money(answer)).correct is near


@pytest.mark.parametrize(
    "kind",
    [integers, days, choices, texts, names, names.map("{} (77)".format), st.sampled_from(TRENDS)],
)
@given(data=st.data())
def test_another_value_is_wrong(kind: st.SearchStrategy[str], data: st.DataObject) -> None:
    true, answer = data.draw(kind), data.draw(kind)
    assume(not set(true.split()) <= set(answer.split()))

    assert not grade("retrieval", true, answer).correct


@mostly_slow("mark", [", ", " or ", " and ", " / ", "; ", "\n", " ", " | ", ", or "], quick=1)
@pytest.mark.parametrize(
    ("question_type", "candidates"),
    [
        ("text_match", NAMES),
        ("text_match", [name.lower() for name in NAMES]),
        ("retrieval", CHOICES),
        ("retrieval", [choice.title() for choice in CHOICES]),
        ("temporal_trend", TRENDS),
        ("temporal_extreme", ["1", "2", "3", "4", "5"]),
        ("relationship_count", ["1", "2", "3", "4", "5"]),
        ("multi_constraint", ["0", "1", "2", "3", "4"]),
        ("retrieval", ["8,412", "8,413", "8,500", "12"]),
        ("update", ["$12.5M", "$14.5M", "$16.5M"]),
        ("retrieval", ["2014-03-09", "2014-03-10", "2015-03-09"]),
        ("synthesis", [f"{name} (77)" for name in NAMES]),
        ("retrieval", ["builds rail sensors", "ships harbor cranes", "runs city trams"]),
    ],
)
@given(order=st.randoms())
def test_listing_every_candidate_is_wrong(
    mark: str, question_type: str, candidates: list[str], order: object
) -> None:
    shuffled = sorted(candidates, key=lambda _: order.random())  # type: ignore[attr-defined]
    true = candidates[0].title() if question_type == "text_match" else candidates[0]

    assert not grade(question_type, true, mark.join(shuffled)).correct


@pytest.mark.parametrize(
    "refusal", ["I don't know.", "ABSTAIN", "Unknown", "N/A", "No record of it.", "Not in memory"]
)
@given(answerable)
def test_a_refusal_is_wrong_where_there_is_an_answer(refusal: str, case: Case) -> None:
    verdict = grade(*case, refusal)

    assert not verdict.correct
    assert "refus" in verdict.reason
    assert grade("abstention", "ABSTAIN", refusal).correct


@given(answerable)
def test_a_claim_is_no_refusal(case: Case) -> None:
    assert not grade("abstention", "ABSTAIN", case[1]).correct
    assert not grade("abstention", "ABSTAIN", f"Unknown, maybe {case[1]}").correct


@given(answerable)
def test_a_refusal_beside_the_right_claim_is_wrong_for_both(case: Case) -> None:
    answer = f"I don't know. {case[1]}"

    assert not grade(*case, answer).correct
    assert not grade("abstention", "ABSTAIN", answer).correct


@pytest.mark.parametrize(
    "mark", [" ", "'", "_", "\u00a0", "\u2009", "\u202f", "\u2019", "{,}", "\\,"]
)
@given(ints, ints)
def test_thousands_may_be_set_apart_in_any_usual_way(mark: str, true: int, answer: int) -> None:
    right = grade("retrieval", f"{true:,}", f"{answer:,}".replace(",", mark))

    assert right.correct is (true == answer)
    assert grade("retrieval", f"{true:,}", f"{true:,}".replace(",", mark)).correct


TWO = """
{a} or {b} · {a}, {b} · {a} {b} · {a} ({b}) · {a}, so {b} · so {a}, {b} · {a}, thus {b}, {a}
from {a} to {b} · changed from {a} to {b} · {a} (was {b}) · previously {a}, {b} · [{a}] {b}
entry {a}: {b} · note {a} {b} · {a} divided by {b} · {a} minus {b} · {a} = {b} · not {a}, {b}
{a} before the correction, {b} · {a} corrected to {b} · 1. {a} 2. {b} · {a} had it not been {b}
{a} if not {b} · unknown as {a} · unknown, {a} · No. {a} · declined {a} · entry {a} unavailable
{a} confidence: {b} · {a} sure, {b} · {a} works closely with {b} · Of {a}, {b} and {a}, {b}
among {a}, {b}, and {b}, {a} · {a} (stock holders: {b}) · some label: {a}, {b} · {a} was {b}
nothing was stated, {a} · there isn't an entry, {a} · None recorded: {a} · {a} instead of {b}
"""
"""Sentences with two values, of which at most one may be the claim."""


@pytest.mark.parametrize("kind", [integers, amounts.map(money), days, choices, texts, names])
@given(st.sampled_from(TWO.strip().replace("\n", " · ").split(" · ")), st.data())
def test_no_answer_is_right_for_two_truths(
    kind: st.SearchStrategy[str], frame: str, data: st.DataObject
) -> None:
    pair = data.draw(kind), data.draw(kind)
    assume(not any(grade("retrieval", *two).correct for two in (pair, pair[::-1])))
    truths = [*(("retrieval", truth) for truth in pair), ("abstention", "ABSTAIN")]
    answer = frame.format(a=pair[0], b=pair[1])

    assert sum(grade(*truth, answer, pair).correct for truth in truths) <= 1
