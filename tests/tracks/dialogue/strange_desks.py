"""Domains as others might write them: a good one, and wrong ones."""

from dataclasses import replace

from memorygym.tracks.dialogue.desk import Limit
from memorygym.tracks.dialogue.desks.retail import DESK

SHOP = replace(DESK, name="shop", house="the corner shop Bell and Bray", offer_id="S")
TORN = replace(
    DESK, name="torn",
    limits=(
        *DESK.limits,
        Limit("minimum price", "price", "at least", tuple(map(str, range(900, 960, 4)))),
    ),
)  # fmt: skip
"""No price keeps to both limits of it."""
VAGUE = replace(
    DESK, name="vague",
    actions=tuple(
        replace(action, request="Do what {person} told you." if action.link else action.request)
        for action in DESK.actions
    ),
)  # fmt: skip
"""Its requests cannot be told from each other."""
