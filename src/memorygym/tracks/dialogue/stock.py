"""The offers of a session: those of each request's listing, their rivals, and others."""

from collections.abc import Iterator, Mapping, Sequence

from memorygym.core.errors import BadSettings
from memorygym.core.rng import Stream
from memorygym.core.tokens import count
from memorygym.tracks.dialogue.desk import Desk
from memorygym.tracks.dialogue.offers import Listing, Offer, found, row

LISTED = 8
"""Offers that a customer who is only looking is shown, at least."""
RIVALS = 2
"""For each wish: better rated offers that differ from the right one in it alone."""


class Stock:
    """The offers so far. The wishes of people and of requests are kept apart from each other."""

    def __init__(self, desk: Desk, wishes: Sequence[Mapping[str, str]]) -> None:
        self.offers: list[Offer] = []
        self._desk = desk
        self._taken = list(wishes)
        """The wishes of all people, and of all listings so far."""
        self._dealt: list[Mapping[str, str]] = []
        self._ids: set[str] = set()
        self._tokens: dict[tuple[int, tuple[tuple[str, str], ...]], int] = {}
        """By the number of offers, and wishes: tokens of what a search lists."""

    def search(self, wishes: Mapping[str, str]) -> list[Offer]:
        """The offers with these wishes, as `search` lists them."""
        return found(self.offers, wishes)

    def tokens(self, wishes: Mapping[str, str]) -> int:
        """Tokens of what a search for these wishes lists."""
        key = len(self.offers), tuple(wishes.items())
        if key not in self._tokens:
            listed = "\n".join(row(self._desk, offer) for offer in self.search(wishes))
            self._tokens[key] = count(listed)
        return self._tokens[key]

    def named(self, rng: Stream, wishes: Mapping[str, str] | None) -> dict[str, str]:
        """The first two wishes for a request to name, or a new second one beside known wishes, so
        that no other listing has the same. Raises BadSettings if none is left."""
        first, second, *_ = self._desk.wishes
        if wishes:
            pairs = [{**wishes, second.label: choice} for choice in second.choices]
        else:
            pairs = [
                {first.label: a, second.label: b} for a in first.choices for b in second.choices
            ]
        rng.shuffle(pairs)
        pairs.sort(key=lambda pair: sum(d[first.label] == pair[first.label] for d in self._dealt))
        free = (pair for pair in pairs if self._is_free(pair))
        if (pair := next(free, None)) is None:
            raise BadSettings(
                f"dialogue desk {self._desk.name}: all pairs of {first.label} and"
                f" {second.label} are taken; give fewer chains, or the desk more choices"
            )
        return pair

    def deal(self, rng: Stream, wishes: Mapping[str, str], listing: Listing) -> None:
        """Adds the offers among which a request for these wishes chooses."""
        rest = [wish for wish in self._desk.wishes if wish.label not in wishes]
        rows = listing.rows(wishes)
        for offer in rows:
            offer |= {wish.label: rng.choice(wish.choices) for wish in rest}
        self._taken.append(wishes)
        self._dealt.append(wishes)
        self.offers = [offer for offer in self.offers if not _agree(offer, wishes)]
        self._add(rng, rows)
        self._add(rng, list(self._rivals(rng, wishes, listing)))

    def look(self, rng: Stream) -> dict[str, str]:
        """Two wishes that a customer only looks for; there are some offers with them."""
        first, second = self._desk.wishes[:2]
        wishes = {first.label: rng.choice(first.choices), second.label: rng.choice(second.choices)}
        if len(self.search(wishes)) < LISTED:
            rows = (self._any(rng, wishes) for _ in range(LISTED))
            self._add(rng, [offer for offer in rows if self._is_free(offer)])
        return wishes

    def _any(self, rng: Stream, wishes: Mapping[str, str]) -> dict[str, str]:
        drawn = {wish.label: rng.choice(wish.choices) for wish in self._desk.wishes}
        fields = {limit.field: rng.choice(limit.values) for limit in self._desk.limits}
        return {**drawn, **wishes, "rating": f"{rng.between(100, 460) / 100:.2f}", **fields}

    def _rivals(
        self, rng: Stream, wishes: Mapping[str, str], listing: Listing
    ) -> Iterator[dict[str, str]]:
        """For each wish, better rated offers that keep to all limits and differ in it alone."""
        for wish in self._desk.wishes:
            others = [choice for choice in wish.choices if choice != wishes.get(wish.label)]
            rng.shuffle(others)
            for other in others[:RIVALS]:
                offer = self._any(rng, {**wishes, wish.label: other})
                if self._is_free(offer):
                    rating = f"{rng.between(461, 499) / 100:.2f}"
                    yield {**offer, "rating": rating, **listing.kept()}

    def _is_free(self, offer: Mapping[str, str]) -> bool:
        """Whether nobody's wishes, and no listing's, are those of an offer."""
        return not any(_agree(offer, wishes) for wishes in self._taken)

    def _add(self, rng: Stream, rows: Sequence[dict[str, str]]) -> None:
        for number, offer in zip(rng.sample(range(10_000, 99_999), len(rows)), rows, strict=True):
            free = number
            while (id := f"{self._desk.offer_id}-{free}") in self._ids:
                free += 1
            self._ids.add(id)
            self.offers.append({"id": id, **offer})


def _agree(offer: Mapping[str, str], wishes: Mapping[str, str]) -> bool:
    """Whether an offer has the wishes that both name."""
    return all(offer.get(label, value) == value for label, value in wishes.items())
