"""A telecom support desk: plans for the lines of a family, billed to an agreement."""

from memorygym.tracks.dialogue.desk import (
    ORDER,
    Action,
    Choice,
    Desk,
    Given,
    IfAbove,
    IfTrue,
    Known,
    Limit,
    Rule,
    Wish,
)

WISHES = (
    Wish("device", ("phone", "tablet", "router", "watch", "car modem", "doorbell")),
    Wish("bundle", ("music", "sport", "film", "news", "games")),
    Wish("tariff", ("prepaid", "contract", "business", "student")),
)
AGREEMENT = Known("agreement number", "account")
APPROVAL = Known("approval code", "policy")
ACTIVE = Known(ORDER, "person")

DESK = Desk(
    name="telecom",
    house="the support line of Brightwave Telecom",
    offer="plan",
    offer_id="T",
    wishes=WISHES,
    limits=(
        Limit("fee limit", "fee", "at most", tuple(map(str, range(8, 80, 2))), prefix="$"),
        Limit("binding limit", "binding", "at most", tuple(map(str, range(1, 37))),
              suffix=" months"),
        Limit("minimum data volume", "data", "at least", tuple(map(str, range(2, 100, 4))),
              suffix=" GB"),
        Limit("minimum speed", "speed", "at least", tuple(map(str, range(10, 500, 20))),
              suffix=" Mbit"),
        Limit("setup limit", "setup", "at most", tuple(map(str, range(2, 96, 4))),
              suffix=" hours"),
        Limit("excluded network", "network", "not", ("Polar", "Zenith", "Ravel", "Tessera")),
        Limit("excluded billing", "billing", "not", ("weekly", "monthly", "quarterly", "yearly")),
    ),
    rules=(
        Rule("termination code"),
        Rule("credit time", range(5, 29), suffix=" days"),
        Rule("approval threshold", range(24, 52, 2), "$"),
        Rule("approval code"),
        Rule("store code"),
        Rule("outage code"),
        Rule("porting code"),
        Rule("fraud code"),
        Rule("price list edition", range(3, 40)),
        Rule("shift length", range(4, 11), suffix=" hours"),
    ),
    account="Agreement",
    account_key="agreement number",
    address_key="subscriber code",
    town_key="region",
    towns=("Brookfield", "Elmstead", "Harlow Bay", "Kirkdale", "Norwick", "Ostrava Hill"),
    actions=(
        Action(
            "pay", "settle_invoice", "Settle an invoice of an agreement.",
            "Please settle the open invoice of {amount} on the {account}.",
            {"agreement": AGREEMENT, "amount": Given("amount")},
        ),
        Action(
            "send", "send_sim", "Send a spare card to a subscriber.",
            "Please send a spare card to my {role}.",
            {"subscriber": Known("subscriber code", "person")},
        ),
        Action(
            "hold", "reserve_plan", "Reserve a plan for three days.",
            "{person} signs for it alone, so my limits do not matter: reserve the best rated plan"
            " that fits the wishes.",
            {"plan": Choice(("device", "bundle", "tariff"), limited=False)},
        ),
        Action(
            "any", "add_plan", "Add a plan for the customer.",
            "I need a plan for my own {device} with {bundle}. Take the best rated one that keeps to"
            " what I told you.",
            {"plan": Choice(())},
        ),
        Action(
            "order", "activate_plan", "Activate a plan for somebody, billed to an agreement.",
            "Now activate for {person} the best rated plan that fits the wishes and keeps to what I"
            " told you, billed to the {account}.",
            {
                "plan": Choice(("device", "bundle", "tariff")),
                "agreement": AGREEMENT,
                "approval": IfAbove("fee", "approval threshold", APPROVAL),
            },
            effect="open", link=1,
        ),
        Action(
            "swap", "change_plan", "Change an active plan.",
            "{person} now wants {bundle} with it. Change to the best rated plan that fits the other"
            " wishes and keeps to what I told you.",
            {"activation": ACTIVE, "plan": Choice(("device", "tariff"))},
            effect="renew", link=2,
        ),
        Action(
            "ship", "send_device", "Send the device of an active plan.",
            "Please send out the device that goes with the plan for {person}. It goes to {town}, if"
            " I remember well.",
            {
                "activation": ACTIVE,
                "destination": IfTrue(
                    "region", "town",
                    Known("subscriber code", "person"), Known("store code", "policy"),
                ),
            },
            effect="change", link=2,
        ),
        Action(
            "cancel", "terminate_plan", "Terminate an active plan.",
            "Terminate the plan for {person}, please, and tell me when the credit is paid out.",
            {"activation": ACTIVE, "code": Known("termination code", "policy")},
            effect="close", says=Known("credit time", "policy"), link=3,
        ),
    ),
    sentences={
        "region": ("{name}'s region is {value}.", "The region of {name} is {value}."),
        "subscriber code": (
            "{name}'s subscriber code is {value}.", "The subscriber code of {name} is {value}.",
        ),
        "agreement number": (
            "The agreement number of my {name} is {value}.",
            "My {name}'s agreement number is {value}.",
        ),
        "limit": ("My {key} is {value}.", "For all of us, my {key} is {value}."),
        "change": ("I have to correct myself: my {key} is now {value}, no longer {old}.",),
        "rule": ("The {key} is {value}.", "Until further notice, the {key} is {value}."),
    },
    brief="A few rules for the line.",
    look_up="What plans are there for a {device} with {bundle}? I am only asking.",
)  # fmt: skip
