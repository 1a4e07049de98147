"""A mail-order shop: products for friends and family, paid by card and shipped to an address."""

from memorygym.tracks.dialogue.desk import Desk, Limit, Rule, Wish, numbers

DESK = Desk(
    name="retail",
    house="the mail-order shop Tarn and Vale",
    offer="product",
    offer_id="P",
    order="order",
    wishes=(
        Wish("item", ("desk lamp", "rain jacket", "backpack", "kettle", "headset", "garden chair")),
        Wish("colour", ("green", "red", "blue", "grey", "white")),
        Wish("size", ("small", "medium", "large", "oversize")),
    ),
    limits=(
        Limit("price limit", "price", "at most", numbers(40, 200, 4), prefix="$"),
        Limit("delivery limit", "delivery", "at most", numbers(1, 22), suffix=" days"),
        Limit("minimum guarantee", "guarantee", "at least", numbers(6, 61, 3), suffix=" months"),
        Limit("weight limit", "weight", "at most", numbers(300, 3000, 100), suffix=" grams"),
        Limit("minimum return period", "returns", "at least", numbers(7, 91, 7), suffix=" days"),
        Limit("excluded maker", "maker", "not", ("Orbex", "Tallis", "Wenlock", "Fernway")),
        Limit("excluded material", "material", "not", ("plastic", "steel", "bamboo", "nylon")),
    ),
    rules=(
        Rule("cancellation code"),
        Rule("refund time", numbers(5, 29), suffix=" days"),
        Rule("approval threshold", numbers(70, 150, 5), prefix="$"),
        Rule("approval code"),
        Rule("depot code"),
        Rule("warehouse code"),
        Rule("gift wrap code"),
        Rule("complaint code"),
        Rule("catalogue edition", numbers(3, 40)),
        Rule("shift length", numbers(4, 11), suffix=" hours"),
    ),
    account="Card",
    account_key="card number",
    address_key="address code",
    town_key="town",
    words={
        "pay": (
            "pay_invoice", "Pay an invoice by card.",
            "Please pay my invoice over {amount} with the {account}.",
        ),
        "send": (
            "send_catalogue", "Send the new catalogue to an address.",
            "Please send the new catalogue to my {role}.",
        ),
        "hold": (
            "put_aside", "Put a product aside for three days.",
            "{person} will come by and pay in cash, so my limits do not matter: put aside the best"
            " rated product that fits the wishes.",
        ),
        "any": (
            "buy_item", "Buy a product for the customer.",
            "I need a {item} in {colour} for myself. Take the best rated one that keeps to what I"
            " told you.",
        ),
        "order": (
            "order_item", "Order a product for somebody, paid by card.",
            "Now order for {person} the best rated product that fits the wishes and keeps to what"
            " I told you, and charge the {account}.",
        ),
        "swap": (
            "exchange_item", "Exchange the product of an order.",
            "{person} now prefers the colour {colour}. Exchange the order for the best rated"
            " product that fits the other wishes and keeps to what I told you.",
        ),
        "ship": (
            "ship_order", "Ship an order to an address or a depot.",
            "Please ship what you ordered for {person}. It goes to {town}, if I remember well.",
        ),
        "cancel": (
            "cancel_order", "Cancel an order.",
            "Cancel what you ordered for {person}, please, and tell me when I get my money back.",
        ),
    },
    sentences={
        "limit": ("My {key} is {value}.", "Please note that my {key} is {value}."),
        "change": ("I changed my mind: my {key} is now {value}, no longer {old}.",),
        "rule": ("The {key} is {value}.", "For your work today, the {key} is {value}."),
    },
    brief="Here are more rules for the desk.",
    look_up="What do you have if I want a {item} in {colour}? I am only looking.",
)  # fmt: skip
