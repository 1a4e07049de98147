"""Domains as others might write them: a good one, and wrong ones."""

from dataclasses import replace

from memorygym.tracks.dialogue.domain import Limit
from memorygym.tracks.dialogue.domains.retail import DOMAIN

SHOP = replace(DOMAIN, name="shop", house="the corner shop Bell and Bray", offer_id="S")
TORN = replace(
    DOMAIN, name="torn",
    limits=(
        *DOMAIN.limits,
        Limit("minimum price", "price", "at least", tuple(map(str, range(900, 960, 4)))),
    ),
)  # fmt: skip
"""No price keeps to both limits of it."""
VAGUE = replace(
    DOMAIN, name="vague",
    actions=tuple(
        replace(action, request="Do what {person} told you." if action.link else action.request)
        for action in DOMAIN.actions
    ),
)  # fmt: skip
"""Its requests cannot be told from each other."""
