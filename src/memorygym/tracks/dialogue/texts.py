"""The texts of a session: what customers and supervisors say, and the instructions of the agent."""

from collections.abc import Sequence

from memorygym.core.rng import Stream
from memorygym.tracks.dialogue.desk import CUSTOMER, POLICY, ROLES, Desk

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
        " code; for others the approval is \"none\". If the customer is mistaken about where"
        " somebody lives, take the code that the rules give for that instead of the person's own."
        " Grant each request by exactly one call of the tool for it, then reply with a short text;"
        " a text without a call ends the turn. What the customer told you must not be asked again."
        f" Only looking: call `search` with the named {first}, then reply."
    )  # fmt: skip


def fact_sentence(desk: Desk, subject: str, key: str, value: str, old: str = "") -> str:
    """The first sentence that states a fact; `value` and `old` as texts write them."""
    forms = forms_of(desk, subject, key, changed=bool(old))
    return forms[0].format(name=subject, key=key, value=value, old=old)


def forms_of(desk: Desk, subject: str, key: str, *, changed: bool) -> Sequence[str]:
    """The sentences that state a key."""
    if key in ROLES:
        return IS
    if subject == CUSTOMER:
        return desk.sentences["change" if changed else "limit"]
    if subject == POLICY:
        return desk.sentences["rule"]
    return desk.sentences.get(key) or (f"{{name}}'s {key} is {{value}}.",)


def shown(desk: Desk, key: str, value: str) -> str:
    """A value as texts write it."""
    shows = {x.label: x.show for x in (*desk.limits, *desk.rules)}  # type: ignore[attr-defined]
    return shows[key](value) if key in shows else value


WISHES = (
    "{name}'s wishes: {wishes}.",
    "I asked {name} about it, and this is the wish: {wishes}.",
    "Do note for {name}: {wishes}.",
)
"""Sentences that state wishes."""
IS = ("My {key} is {value}.", "By the way, my {key} is {value}.")
"""Sentences that state who somebody is to the customer."""


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
