"""A telecom support desk: plans for the lines of a family, billed to an agreement."""

from memorygym.tracks.dialogue.desk import Desk, Limit, Rule, Wish, numbers

DESK = Desk(
    name="telecom",
    house="the support line of Brightwave Telecom",
    offer="plan",
    offer_id="T",
    order="activation",
    wishes=(
        Wish("device", ("phone", "tablet", "router", "watch", "car modem", "doorbell")),
        Wish("bundle", ("music", "sport", "film", "news", "games")),
        Wish("tariff", ("prepaid", "contract", "business", "student")),
    ),
    limits=(
        Limit("fee limit", "fee", "at most", numbers(8, 80, 2), prefix="$"),
        Limit("binding limit", "binding", "at most", numbers(1, 37), suffix=" months"),
        Limit("minimum data volume", "data", "at least", numbers(2, 100, 4), suffix=" GB"),
        Limit("minimum speed", "speed", "at least", numbers(10, 500, 20), suffix=" Mbit"),
        Limit("setup limit", "setup", "at most", numbers(2, 96, 4), suffix=" hours"),
        Limit("excluded network", "network", "not", ("Polar", "Zenith", "Ravel", "Tessera")),
        Limit("excluded billing", "billing", "not", ("weekly", "monthly", "quarterly", "yearly")),
    ),
    rules=(
        Rule("termination code"),
        Rule("credit time", numbers(5, 29), suffix=" days"),
        Rule("approval threshold", numbers(24, 52, 2), prefix="$"),
        Rule("approval code"),
        Rule("store code"),
        Rule("outage code"),
        Rule("porting code"),
        Rule("fraud code"),
        Rule("price list edition", numbers(3, 40)),
        Rule("shift length", numbers(4, 11), suffix=" hours"),
    ),
    account="Agreement",
    account_key="agreement number",
    address_key="subscriber code",
    town_key="region",
    words={
        "pay": (
            "settle_invoice", "Settle an invoice of an agreement.",
            "Please settle the open invoice of {amount} on the {account}.",
        ),
        "send": (
            "send_sim", "Send a spare card to a subscriber.",
            "Please send a spare card to my {role}.",
        ),
        "hold": (
            "reserve_plan", "Reserve a plan for three days.",
            "{person} signs for it alone, so my limits do not matter: reserve the best rated plan"
            " that fits the wishes.",
        ),
        "any": (
            "add_plan", "Add a plan for the customer.",
            "I need a plan for my own {device} with {bundle}. Take the best rated one that keeps to"
            " what I told you.",
        ),
        "order": (
            "activate_plan", "Activate a plan for somebody, billed to an agreement.",
            "Now activate for {person} the best rated plan that fits the wishes and keeps to what I"
            " told you, billed to the {account}.",
        ),
        "swap": (
            "change_plan", "Change an active plan.",
            "{person} now wants {bundle} with it. Change to the best rated plan that fits the other"
            " wishes and keeps to what I told you.",
        ),
        "ship": (
            "send_device", "Send the device of an active plan.",
            "Please send out the device that goes with the plan for {person}. It goes to {town}, if"
            " I remember well.",
        ),
        "cancel": (
            "terminate_plan", "Terminate an active plan.",
            "Terminate the plan for {person}, please, and tell me when the credit is paid out.",
        ),
    },
    sentences={
        "limit": ("My {key} is {value}.", "For all of us, my {key} is {value}."),
        "change": ("I have to correct myself: my {key} is now {value}, no longer {old}.",),
        "rule": ("The {key} is {value}.", "Until further notice, the {key} is {value}."),
    },
    brief="A few rules for the line.",
    look_up="What plans are there for a {device} with {bundle}? I am only asking.",
)  # fmt: skip
