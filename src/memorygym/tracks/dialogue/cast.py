"""Who a session is about: people with their wishes, accounts, and the customer's limits."""

from collections.abc import Iterator, Mapping, Sequence

from memorygym.core.rng import Stream
from memorygym.tracks.dialogue.desk import ROLES, Desk
from memorygym.tracks.dialogue.texts import MANNERS

FIRST = "Ada Ben Cleo Dan Eva Finn Gil Hana".split()
LAST = "Novak Lindholm Okafor Petrov Quill Sandoval".split()
"""Words of people's names. They recur, so that a name has others near it."""
ACCOUNTS = "Harbor Summit Meadow Granite Lantern Cedar Beacon Willow Falcon Marble".split()
IDLE = 2
"""People and accounts that no request needs."""
CHANGED = 2
"""Limits that change midway."""


class Cast:
    """All that is drawn before a session begins."""

    def __init__(self, desk: Desk, rng: Stream, chains: int) -> None:
        self.codes = _codes(rng, 200)
        """Codes that nothing has yet."""
        names = [f"{first} {last}" for first in FIRST for last in LAST]
        self.customer, *self.people = rng.sample(names, 1 + 3 * chains + IDLE)
        self.manner = rng.choice(sorted(MANNERS))
        # Requests outside chains, which alone name roles, are about two of every three people.
        places = sorted(range(len(self.people)), key=lambda place: place % 3 == 0)[: len(ROLES)]
        roles = zip(sorted(places), rng.sample(ROLES, len(ROLES)), strict=False)
        self.roles = {self.people[place]: role for place, role in roles}
        """Who some people are to the customer."""
        self.accounts = [f"{n} {desk.account}" for n in rng.sample(ACCOUNTS, chains + IDLE)]
        self.wishes: dict[str, dict[str, str]] = {}
        for name in self.people:
            self.wishes[name] = self._wishes(desk, rng)
        self.towns = {name: rng.choice(desk.towns) for name in self.people}
        self.limits = {limit.label: rng.choice(_inner(limit.values)) for limit in desk.limits}
        """By label: the limits at first."""
        self.changes = {
            limit.label: rng.choice(
                [value for value in _inner(limit.values) if value != self.limits[limit.label]]
            )
            for limit in rng.sample(desk.limits, CHANGED)
        }
        """By label: the limits that change, with their later values."""

    def _wishes(self, desk: Desk, rng: Stream) -> dict[str, str]:
        """Wishes that differ from everybody's in more than the second, which may change later."""
        while True:
            drawn = {wish.label: rng.choice(wish.choices) for wish in desk.wishes}
            if not any(_differ_in_second(drawn, others) for others in self.wishes.values()):
                return drawn


def _differ_in_second(wishes: Mapping[str, str], others: Mapping[str, str]) -> bool:
    """Whether wishes are alike but for the second."""
    _, second, *_ = wishes
    return all(value == others[label] for label, value in wishes.items() if label != second)


def _inner(values: Sequence[str]) -> Sequence[str]:
    """Numbers with others on both sides; all values, if they are no numbers."""
    if not values[0].isdecimal():
        return values
    fifth = len(values) // 5
    return values[fifth:-fifth]


def _codes(rng: Stream, number: int) -> Iterator[str]:
    """Distinct codes such as "K-4821"."""
    drawn = rng.sample(range(1000, 9999), number)
    return iter([f"{rng.choice('BCDFGHJKLMNQRSTVWXZ')}-{code}" for code in drawn])
