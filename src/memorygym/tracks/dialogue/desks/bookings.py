"""A travel desk: hotel rooms for travellers, paid from an account and confirmed by code."""

from memorygym.tracks.dialogue.desk import Desk, Limit, Rule, Wish, numbers

DESK = Desk(
    name="bookings",
    house="the travel desk Arden and Sons",
    offer="room",
    offer_id="H",
    order="booking",
    wishes=(
        Wish("city", ("Lisbon", "Gdansk", "Oslo", "Verona", "Bilbao", "Tallinn")),
        Wish("view", ("garden", "harbour", "courtyard", "street", "park")),
        Wish("bed", ("single", "double", "twin", "bunk")),
    ),
    limits=(
        Limit("rate limit", "rate", "at most", numbers(60, 320, 5), prefix="$"),
        Limit("distance limit", "distance", "at most", numbers(200, 4000, 150), suffix=" metres"),
        Limit("floor limit", "floor", "at most", numbers(1, 25)),
        Limit("minimum area", "area", "at least", numbers(12, 60, 2), suffix=" square metres"),
        Limit("minimum notice period", "notice", "at least", numbers(6, 97, 6), suffix=" hours"),
        Limit("excluded chain", "chain", "not", ("Corvus", "Halden", "Mirador", "Solvent")),
        Limit("excluded heating", "heating", "not", ("gas", "oil", "electric", "wood")),
    ),
    rules=(
        Rule("withdrawal code"),
        Rule("repayment time", numbers(3, 25), suffix=" days"),
        Rule("approval threshold", numbers(110, 220, 5), prefix="$"),
        Rule("approval code"),
        Rule("reception code"),
        Rule("luggage code"),
        Rule("upgrade code"),
        Rule("incident code"),
        Rule("brochure edition", numbers(3, 40)),
        Rule("shift length", numbers(4, 11), suffix=" hours"),
    ),
    account="Account",
    account_key="account number",
    address_key="traveller code",
    town_key="home town",
    words={
        "pay": (
            "pay_bill", "Pay a bill from an account.",
            "Please pay the bill of {amount} from the {account}.",
        ),
        "send": (
            "send_brochure", "Send the new brochure to a traveller.",
            "Please have the new brochure sent to my {role}.",
        ),
        "hold": (
            "hold_room", "Hold a room for three days.",
            "{person} pays in person, so my own limits do not matter: hold the best rated room that"
            " fits the wishes.",
        ),
        "any": (
            "reserve_room", "Reserve a room for the customer.",
            "For myself I need a room in {city} to the {view}. Take the best rated one that keeps"
            " to what I told you.",
        ),
        "order": (
            "book_room", "Book a room for a traveller, paid from an account.",
            "Now book for {person} the best rated room that fits the wishes and keeps to what I"
            " told you, and charge the {account}.",
        ),
        "swap": (
            "rebook_room", "Move a booking to another room.",
            "{person} would rather look out on the {view}. Move the booking to the best rated room"
            " that fits the other wishes and keeps to what I told you.",
        ),
        "ship": (
            "deliver_voucher", "Deliver the voucher of a booking.",
            "Please deliver the voucher of the booking for {person}. It goes to {town}, if I"
            " remember well.",
        ),
        "cancel": (
            "withdraw_booking", "Withdraw a booking.",
            "Withdraw the booking for {person}, please, and tell me when the money comes back.",
        ),
    },
    sentences={
        "limit": ("My {key} is {value}.", "Whatever you book, my {key} is {value}."),
        "change": ("I thought again: my {key} is now {value}, no longer {old}.",),
        "rule": ("The {key} is {value}.", "From today, the {key} is {value}."),
    },
    brief="Before you go on, some rules.",
    look_up="Which rooms are there in {city} to the {view}? I am only curious.",
)  # fmt: skip
