"""The texts of a session: what customers and supervisors say, and the instructions of the agent."""

from collections.abc import Sequence

from memorygym.core.rng import Stream
from memorygym.tracks.dialogue.desk import CUSTOMER, POLICY, ROLES, Desk, Term

CUSTOMER_SAYS, SUPERVISOR_SAYS = "Customer: ", "Supervisor: "
LOG = "Log: "
"""What begins a line that tells the result of an earlier request."""
GREETING = "Good morning, this is {name}, and I have a long list for today."
MANNERS = {"brisk": 1, "friendly": 2, "talkative": 3}
"""Personas of customers: how many sentences of small talk stand in what they state."""
CHAT = (
    "The parcel service rang twice at the wrong door last week.",
    "We painted the hall, and it still smells of it.",
    "My neighbour keeps bees, which is nice until they move in with you.",
    "I read your magazine on the train and missed my stop.",
    "The weather here is dreadful, so doing this by phone suits me well.",
    "Your colleague from the other day was very kind, do tell her that.",
    "It took {number} minutes to get through to you this morning.",
    "My cousin {person} says that I talk too much, and I fear it is true.",
    "There were {number} people before me at the dentist yesterday.",
    "{person} from next door has a new dog, and it barks at {number} o'clock sharp.",
    "I grew up in a house with {number} stairs, and I still count them in my sleep.",
    "We went to the theatre with {person}, and the second act was too long.",
    "The train was {number} minutes late, so I had time to make this list.",
    "{person} sends regards, by the way, to all of you at the desk.",
    "My daughter plays the trumpet now, {number} minutes a day, alas.",
    "I have lost my reading glasses again; bear with me.",
    "The bus drivers are on strike until Friday, they say on the radio.",
    "Do you hear the rain, too, or is that the line?",
)
"""What customers say besides; it states nothing that counts."""
STRANGERS = ("Otto Brandt", "Vera Castell", "Milo Hartog", "Rosa Ingram", "Jens Kowal")
"""People in small talk, whom no request concerns."""


def system(desk: Desk) -> str:
    """The instructions of the agent, which are pinned."""
    first = desk.wishes[0].label
    return (
        f"You are the agent of {desk.house} (desk `{desk.name}`). One customer is on the"
        " line. Supervisors tell you rules, and the customer tells you wishes and standing limits;"
        " some change. You see only the current message and what your memory shows.\n"
        f"When the customer asks for a {desk.offer}, call `search` with the wishes as filters"
        f" ({', '.join(w.label for w in desk.wishes)}), then act with the best rated"
        f" {desk.offer} that keeps to all standing limits of the customer, unless the customer"
        " says that they do not matter. Requests above the approval threshold need the approval"
        ' code; for others the approval is "none". If the customer is mistaken about where'
        " somebody lives, take the code that the rules give for that instead of the person's own."
        " Grant each request by exactly one call of the tool for it, then reply with a short text;"
        " a text without a call ends the turn. What the customer told you must not be asked again."
        f" Only looking: call `search` with the named {first}, then reply."
    )


def forms_of(desk: Desk, subject: str, key: str, *, changed: bool) -> Sequence[str]:
    """The sentences that state a key."""
    if key in ROLES:
        kind = "role"
    elif subject == CUSTOMER:
        kind = "change" if changed else "limit"
    elif subject == POLICY:
        kind = "rule"
    else:
        kind = "account" if key == desk.account_key else "person"
    own = desk.sentences
    return own.get(key) or own.get(kind) or SENTENCES[kind]


def shown(desk: Desk, key: str, value: str) -> str:
    """A value as texts write it."""
    terms: tuple[Term, ...] = (*desk.limits, *desk.rules)
    return next((term.show(value) for term in terms if term.label == key), value)


WISHES = (
    "{name}'s wishes: {wishes}.",
    "I asked {name} about it, and this is the wish: {wishes}.",
    "Do note for {name}: {wishes}.",
)
"""Sentences that state wishes."""
SENTENCES = {
    "person": ("{name}'s {key} is {value}.", "The {key} of {name} is {value}."),
    "account": ("The {key} of my {name} is {value}.", "My {name}'s {key} is {value}."),
    "role": ("My {key} is {value}.", "By the way, my {key} is {value}."),
    "limit": ("My {key} is {value}.",),
    "change": ("My {key} is now {value}, no longer {old}.",),
    "rule": ("The {key} is {value}.",),
}
"""By kind of fact: sentences that state it, where the desk has none of its own."""


def of_customer(rng: Stream, people: Sequence[str], *sentences: str, chat: int) -> str:
    """A message of the customer, with small talk about people around what it states."""
    talk = [
        line.format(number=rng.between(3, 48), person=rng.choice(people))
        for line in rng.sample(CHAT, chat)
    ]
    at = rng.below(len(talk) + 1)
    return CUSTOMER_SAYS + " ".join((*talk[:at], *sentences, *talk[at:]))


def desk_of(system: str) -> str:
    """The name of the desk whose instructions a system message holds."""
    return system.partition("desk `")[2].partition("`")[0]
