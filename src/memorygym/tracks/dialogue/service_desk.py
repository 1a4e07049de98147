"""A desk with the eight usual actions, in words of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from memorygym.core.errors import BadSettings
from memorygym.tracks.dialogue.desk import (
    ORDER,
    Choice,
    Desk,
    DeskAction,
    Given,
    IfAbove,
    IfTrue,
    Known,
    Source,
)

USUAL = ("pay", "send", "hold", "any", "order", "swap", "ship", "cancel")
THRESHOLD, APPROVAL = "approval threshold", "approval code"
"""The rules that all desks have; the agent's instructions name them."""


@dataclass(frozen=True, kw_only=True)
class ServiceDesk(Desk):
    """A desk that pays and sends, holds and buys offers, and orders, swaps, ships and cancels them.

    Its first limit is on the price. Its rules are those on approval, and first of the others: the
    code to cancel an order, the time until the money is back, and the code for an order that does
    not go to the person. Raises BadSettings, too, if rules or words are missing.
    """

    order: str
    """The argument of tools that holds an order's number: "booking". Two others are named by the
    first word of `account` and `address_key`: "card", "traveller"."""
    words: Mapping[str, tuple[str, str, str]]
    """By usual action: its tool, what the tool does, and the request (desk.Action)."""
    actions: tuple[DeskAction, ...] = field(init=False)
    """The usual ones."""

    def __post_init__(self) -> None:
        others = [rule.label for rule in self.rules if rule.label not in (THRESHOLD, APPROVAL)]
        if self.words.keys() != {*USUAL} or len(others) < 3:
            raise BadSettings(
                f"dialogue desk {self.name}: it has {len(others)} rules beside those on approval,"
                f" and words for {', '.join(self.words) or 'no action'}; give 3 or more, and words"
                f" for {', '.join(USUAL)}"
            )
        object.__setattr__(self, "actions", self._usual(*others[:3]))
        super().__post_init__()

    def _usual(self, cancelling: str, refund: str, elsewhere: str) -> tuple[DeskAction, ...]:
        offer, words = self.offer, self.words
        wishes = tuple(wish.label for wish in self.wishes)
        address = Known(self.address_key, "person")
        sent: dict[str, Source] = {_noun(self.address_key): address}
        paid: dict[str, Source] = {_noun(self.account): Known(self.account_key, "account")}
        order: dict[str, Source] = {self.order: Known(ORDER, "person")}
        needed = IfAbove(self.limits[0].field, THRESHOLD, Known(APPROVAL, "policy"))
        place = IfTrue(self.town_key, "town", address, Known(elsewhere, "policy"))
        others = Choice((wishes[0], *wishes[2:]))
        return (
            DeskAction("pay", *words["pay"], {**paid, "amount": Given("amount")}),
            DeskAction("send", *words["send"], sent),
            DeskAction("hold", *words["hold"], {offer: Choice(wishes, limited=False)}),
            DeskAction("any", *words["any"], {offer: Choice(())}),
            DeskAction(
                "order",
                *words["order"],
                {offer: Choice(wishes), **paid, "approval": needed},
                "open",
                link=1,
            ),
            DeskAction("swap", *words["swap"], {**order, offer: others}, "renew", link=2),
            DeskAction("ship", *words["ship"], {**order, "destination": place}, "change", link=2),
            DeskAction(
                "cancel",
                *words["cancel"],
                {**order, "code": Known(cancelling, "policy")},
                "close",
                says=Known(refund, "policy"),
                link=3,
            ),
        )


def _noun(key: str) -> str:
    """The first word of a key, as an argument's name."""
    return key.split(maxsplit=1)[0].lower()
