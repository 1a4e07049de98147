"""The texts of a session: the instructions, what the user says, and what notes say."""

from memorygym.core.rng import Stream

READ, ERRAND = "Please read ", "Errand: "
"""How the user's messages begin."""
SYSTEM = (
    "You work for a user in a browser, in the application `{app}` and others of one site. Read the"
    " notes that the user names: a link opens once, and values in them change. For an errand open"
    " the record in its application, open the form, fill in every field, and save it, once; then"
    " `stop`. A field holds what the notes say: for codes, numbers and names the value alone. A"
    " page of the site never shows it, and what a text field holds at first is wrong. An errand"
    " allows {steps} calls; to restore a note from the archive counts as {restore}. `recall` asks"
    " your memory. You see only the current event and what your memory shows."
)
SEVERAL = (
    " An errand asks for {forms} forms, in a line each: save each of them once, in any order, and"
    " nothing else; then `stop`."
)
"""What the instructions say besides where errands ask for several forms."""
SENTENCES = (
    "The {key} of {name} is {value}.",
    "{name}'s {key} is {value}.",
    "For {name} the {key} is {value}.",
)
ITEM = "{key} of {name} = {value}"
CHANGE = "The {key} of {name} is now {value}, no longer {old}."
GREETING = "Good morning. There is much to read today, and I shall have errands afterwards."
TITLES = (
    "Minutes of Monday",
    "Handover",
    "Weekly digest",
    "From the front desk",
    "Before the holidays",
    "Loose ends",
    "Morning round",
    "For your files",
    "After the audit",
    "Odds and ends",
)
CHAT = (
    "The lift on the left is out of order until the {number}th.",
    "Somebody left an umbrella in the meeting room.",
    "We had {number} visitors last week, more than ever.",
    "Please keep the corridor free on the {number}th, new furniture comes.",
    "The canteen serves soup again, by popular demand.",
    "I answered {number} messages today, so this is brief.",
    "Parking is short while the yard is paved.",
    "Thank you all for the quick work yesterday.",
    "The printer on the second floor wants paper of the heavier sort.",
    "Our newsletter went out {number} minutes late, nobody noticed.",
    "The plants by the window need water every {number} days.",
    "The alarm test on the {number}th lasts a few minutes.",
    "The clock in the hall is slow again, do not trust it.",
    "A group of {number} students will look round on Friday.",
    "The heating is lowered at night this month.",
    "If the door sticks, lift it a little.",
)
"""What notes say besides; it states nothing that counts."""
THINGS = "paper toner coffee tea envelopes stamps batteries gloves tape pens".split()
MOST_ROWS = 24


def chat(rng: Stream, sentences: int) -> list[str]:
    """So many sentences of chat."""
    return [line.format(number=rng.between(3, 28)) for line in rng.sample(CHAT, sentences)]


def rows(rng: Stream, number: int) -> list[list[str]]:
    """A table of what was used up, which states nothing that counts."""
    used = [[rng.choice(THINGS), *(str(rng.between(2, 60)) for _ in "12")] for _ in range(number)]
    return [["Item", "Week 1", "Week 2"], *used]


def reading(number: int) -> str:
    """The message that sends the agent to a note."""
    return f"{READ}/notes/{number} first; it closes when you are through."


def named_in(text: str) -> str:
    """The address in such a message.

    >>> named_in(reading(12))
    '/notes/12'
    """
    return text.removeprefix(READ).partition(" ")[0]


def errand(app: str, sentence: str) -> str:
    """The message that gives an errand."""
    return f"{ERRAND}in the {app}, {sentence}."


def app_of(system: str) -> str:
    """The name of the application whose instructions a system message holds."""
    return system.partition("application `")[2].partition("`")[0]
