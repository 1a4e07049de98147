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
    words={
        name: (*about, "Do what {person} told you." if name in ("order", "ship") else request)
        for name, (*about, request) in DESK.words.items()
    },
)  # fmt: skip
"""Its requests cannot be told from each other."""
