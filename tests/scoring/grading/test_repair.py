"""Which rejects may be judged again, by the type of the truth."""

import pytest

from memorygym.scoring.grading.repair import repairable
from memorygym.scoring.grading.verdict import grade

TOWNS = ("seaport", "fortress")
PAIR = "2 (Quartz Watcher, Cobalt Governor)"
CHOICE = ("Talos Cartographer",)

MISREAD = [
    ("retrieval", "540", "45 dozen", ()),
    ("retrieval", "8412", "the number after 8411", ()),
    ("retrieval", "8412", "eighty-four hundred a dozen", ()),
    ("retrieval", "2007-01-19", "on the nineteenth day of January in the year 2007", ()),
    ("update", "railway", "a railroad town", TOWNS),
    ("retrieval", "runs trams; ships cranes", "it runs trams and cranes it ships", ()),
    ("retrieval", "1.5, 2.5, 3.5", "first 1.5, later 2.5", ()),
    ("relationship_lookup", "Granite Mapper", "the Mapper called Granite", ("Raven Gateway",)),
    ("synthesis", "Wotan Miller (75.8)", "W. Miller (75.8)", CHOICE),
    ("synthesis", "Wotan Miller (75.8)", "Wotan Millar (75.8)", CHOICE),
    ("relationship_count", PAIR, "the Watcher named Quartz and Cobalt Governor", ()),
    ("relationship_count", "2", "a pair", ()),
    ("multi_constraint", "3 (632)", "a trio, filmed over 632 days", ()),
    ("temporal_extreme", "4 (647 mm)", "the last one, with 64.7 cm", ()),
    ("temporal_trend", "strongly rising (80.05%)", "steeply up by 80.05%", ()),
    ("temporal_trend", "strongly rising", "steeply up", ()),
    ("retrieval", "40", "two score", ()),
    ("retrieval", "2007-01-19", "the nineteenth of January, two thousand seven", ()),
    ("update", "railway", "trains", TOWNS),
    ("retrieval", "garbled timeout overflows", "garbling timeouts that overflow", ()),
]
FINAL = [
    ("retrieval", "8412", "8413", ()),
    ("retrieval", "$39.0K", " $93.0K ", ()),
    ("retrieval", "2007-01-19", "20 January 2007", ()),
    ("retrieval", "1.5, 2.5", "1.5, 3.5", ()),
    ("synthesis", "Wotan Miller (75.8)", "Wotan Miller (57.8)", CHOICE),
    ("multi_constraint", "3 (632)", "3 (623)", ()),
    ("temporal_extreme", "4 (647 mm)", "3 (647 mm)", ()),
    ("temporal_trend", "flat (0.10%)", "strongly rising (80.05%)", ()),
    ("abstention", "ABSTAIN", "42", ()),
    ("retrieval", "8412", "", ()),
    ("retrieval", "8412", " .", ()),
    ("retrieval", "8412", "I do not know.", ()),
    ("retrieval", "8412", "I do not know, 8412?", ()),
    ("retrieval", "8412", "8412 " * 500, ()),
    ("retrieval", "8412", "8412, 8413", ()),
    ("retrieval", "8412", "8411 or so", ()),
    ("retrieval", "2007-01-19", "2007-01-19, 2007-01-20", ()),
    ("update", "railway", "seaport", TOWNS),
    ("update", "railway", "railway, seaport", TOWNS),
    ("update", "railway", "seaport, fortress", TOWNS),
    ("retrieval", "1.5, 2.5", "1.5, 2.5, 3.5, 4.5", ()),
    ("relationship_lookup", "Granite Mapper", "Granite Mapper, Cobalt Governor", ()),
    ("relationship_lookup", "Granite Mapper", "Quartz Watcher, Cobalt Governor", ()),
    ("synthesis", "Wotan Miller (75.8)", "Wotan Miller (75.8), Talos Cartographer (75.8)", CHOICE),
    ("synthesis", "Wotan Miller (75.8)", "Wotan Miller (75.8, 57.8)", CHOICE),
    ("relationship_hop", "Ann Lee (Bo Ray)", "Ann Lee (Bo Ray), Cy Dray", ()),
    ("relationship_count", PAIR, "Quartz Watcher, Cobalt Governor, Granite Mapper", ()),
    ("relationship_count", "2", "2, 3", ()),
    ("multi_constraint", "3 (632)", "3 (632), 4 (801)", ()),
    ("temporal_extreme", "4 (647 mm)", "period 4 and period 2: 647 mm", ()),
    ("temporal_trend", "strongly rising (80.05%)", "flat, strongly rising (80.05%)", ()),
    ("retrieval", "8412", "a hub of thing", ()),
    ("retrieval", "2007-01-19", "a hub of thing in January", ()),
    ("retrieval", "1.5, 2.5", "a hub of thing", ()),
    ("retrieval", "runs trams; ships cranes", "a hub of thing", ()),
    ("relationship_lookup", "Granite Mapper", "a hub of thing", ()),
    ("relationship_lookup", "Union of Poles", "a hub of thing", ()),
    ("synthesis", "Wotan Miller (75.8)", "a hub of 75.8", CHOICE),
    ("synthesis", "Wotan Miller (75.8)", "the Miller of thing", CHOICE),
    ("relationship_count", PAIR, "a pair that holds Quartz", ()),
    ("relationship_count", "2", "a hub of thing", ()),
    ("multi_constraint", "3 (632)", "a hub of thing", ()),
    ("temporal_extreme", "4 (647 mm)", "late in the year", ()),
    ("temporal_trend", "strongly rising (80.05%)", "steeply up", ()),
]  # fmt: skip


@pytest.mark.parametrize(
    "case",
    [*MISREAD, ("temporal_extreme", "4 (647 mm)", "in period 4", ())],
    ids=lambda case: case[2][:30],
)
def test_one_claim_that_was_rejected_may_be_judged_again(
    case: tuple[str, str, str, tuple[str, ...]],
) -> None:
    assert not grade(*case).correct
    assert repairable(*case)


@pytest.mark.parametrize("case", FINAL, ids=lambda case: case[2][:30])
def test_a_refusal_several_candidates_another_value_and_an_evasion_are_final(
    case: tuple[str, str, str, tuple[str, ...]],
) -> None:
    assert not grade(*case).correct
    assert not repairable(*case)
