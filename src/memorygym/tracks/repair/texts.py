"""The texts of a session: the instructions, what maintainers say, and what tools print."""

from collections.abc import Sequence

from memorygym.core.rng import Stream
from memorygym.tracks.repair import issues

SAYS, READ, INCIDENT = "Maintainer: ", "Review: ", "Incident: "
"""How turns begin."""
BIRDS = (
    "Heron Amber Cobalt Linden Osprey Quartz Saffron Juniper Marble Falcon Crimson Walnut".split()
)
WORKS = "Export Digest Import Audit Rollup Forecast Handover Snapshot".split()
"""Words of services' names. They recur, so that a name has others near it."""
FIRST = "Ada Ben Cleo Dan Eva Finn Gil Hana".split()
LAST = "Novak Lindholm Okafor Petrov Quill Sandoval".split()
"""Words of maintainers' names."""
PROFILES = "kiln loom forge mill press vault crane anvil".split()
SYSTEM = (
    "You maintain a Python package. Maintainers tell you what you may touch and how; some of it"
    " changes. Incidents are to be traced with `trace`, reviews to be read with `open_file`; then"
    " reply with a text. An issue is mended by editing the sources: find the function of the"
    " service, `edit_file`, check with `run_tests` (it needs the service's test profile), then"
    " `submit`, once. An issue allows {steps} calls; a trace costs {cost}. What is frozen must not"
    " be edited: `hand_over` the issue to the service's owner. On bad input a function raises its"
    " service's error class. A function's guard lets its service's highest input through. A public"
    " name is bound below its function; otherwise only the line that the issue names may change, by"
    " words of its file. Whatever else is edited breaks a constraint. Hidden tests judge. You see"
    " only the current event and what your memory shows."
)
FORMS: dict[str, tuple[str, ...]] = {
    issues.STATE: ("The state of the {name} is {value}.", "The {name}'s state is {value}."),
    issues.OWNER: ("The owner of the {name} is {value}.", "The {name}'s owner is {value}."),
    issues.JOB: ("The job of the {name} is {value}.", "The {name}'s job is {value}."),
    issues.ERROR: ("The error class of the {name} is {value}.",),
    issues.PUBLIC: ("The public name of the {name} is {value}.",),
    issues.LIMIT: ("The highest input of the {name} is {value}.",),
    issues.PLACE: ("The place of the {name} is {value}.",),
    issues.PROFILE: ("The test profile of the {name} is {value}.",),
}
"""By key: sentences that state it."""
CHANGE = "The state of the {name} is now {value}, no longer {old}."
FAILED = "The highest input of the {name} is now {value}, no longer {old}: that fix failed."
GREETING = "Welcome; you will hear much in no good order. What must one know to mend the {names}?"
CHAT = (
    "The build farm was slow all morning, so be patient with it.",
    "I shall be on a train until {number}, ask the others meanwhile.",
    "We had {number} downloads last week, more than ever.",
    "The mailing list wants a release before the month is out.",
    "Do keep the changelog short, nobody reads more than {number} lines.",
    "Somebody asked for a logo again; I said that we have none.",
    "The old wiki goes away on the {number}th, nothing in it is current.",
    "Our newest contributor sent {number} patches in a day.",
    "The conference wants a talk of {number} minutes.",
    "I have yet to answer {number} messages, so this is brief.",
    "The style checker complains about spaces; let it.",
    "Thank you for the fast work yesterday.",
)
"""What maintainers say besides; it states nothing that counts."""


def said(rng: Stream, sentences: Sequence[str], chat: int) -> str:
    """A message of a maintainer, with chat around what it states."""
    talk = [line.format(number=rng.between(3, 28)) for line in rng.sample(CHAT, chat)]
    at = rng.below(len(talk) + 1)
    return SAYS + " ".join((*talk[:at], *sentences, *talk[at:]))


def incident(name: str) -> str:
    return f"{INCIDENT}the {name} failed last night. Trace it, so that we know it next time."


def review(place: str) -> str:
    return f"{READ}please read {place} once; nothing is to be done there yet."


def named_in(text: str) -> str:
    """What an incident or a review names.

    >>> named_in(incident("Heron Export")), named_in(review("a/b.py"))
    ('Heron Export', 'a/b.py')
    """
    return (
        text.split(" the ", 1)[1].partition(" failed ")[0]
        if text.startswith(INCIDENT)
        else (text.split(" read ", 1)[1].partition(" once;")[0])
    )
