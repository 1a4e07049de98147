"""Listings: whom they could be for, and what decides among their offers."""

from dataclasses import replace

import pytest

from memorygym.core.errors import BadSettings
from memorygym.core.rng import named_rng
from memorygym.tracks.dialogue.desks import desk_named
from memorygym.tracks.dialogue.offers import (
    BINDING,
    FEW,
    ROWS,
    Customer,
    Listing,
    Offer,
    best,
    found,
)
from memorygym.tracks.dialogue.script import Cast
from tests.tracks.dialogue.sessions import DESKS, session


def listing(template: str, seed: int, *, late: bool) -> tuple[list[Customer], list[Offer]]:
    """A listing, with the customers who might be on the line."""
    desk, rng = desk_named(template), named_rng("test", template, seed)
    cast = Cast(desk, rng, chains=1)
    customers = cast.late if late else cast.early
    return customers, [*Listing(desk, rng, customers).rows({})]


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("template", DESKS)
def test_each_of_many_customers_finds_another_offer_of_a_listing_right(
    template: str, late: bool
) -> None:
    for seed in range(5):
        customers, offers = listing(template, seed, late=late)
        right = [best(desk_named(template), offers, customer.limits) for customer in customers]
        assert all(right)
        assert sorted(map(offers.index, right)) == [*range(BINDING, ROWS)]


@pytest.mark.parametrize("template", DESKS)
def test_former_limits_pick_a_wrong_offer_for_nearly_everybody(template: str) -> None:
    desk, wrong = desk_named(template), list[bool]()
    for seed in range(5):
        customers, offers = listing(template, seed, late=True)
        for customer in customers:
            former = best(desk, offers, {**customer.limits, **customer.old})
            wrong.append(former != best(desk, offers, customer.limits))
    assert sum(wrong) > 0.9 * len(wrong)


def test_wishes_for_which_limits_do_not_matter_have_as_few_offers_as_others() -> None:
    for seed in range(3):
        task = session(seed=seed)
        for goal in task.gold.goals:
            if goal.question_type == "hold":
                wishes = {fact.key: fact.text for fact in goal.needs}
                assert 1 <= len(found(task.state["stock"], wishes)) <= FEW


def test_limits_that_cannot_tell_customers_apart_are_refused() -> None:
    retail = desk_named("retail")
    few = replace(retail, limits=(retail.limits[0], *retail.limits[-1:]))
    cast = Cast(few, named_rng("test"), chains=1)
    alike = [cast.early[0]] * len(cast.early)
    with pytest.raises(BadSettings, match="no offer can grant what each of 24 customers wants"):
        Listing(few, named_rng("test"), alike).rows({})
