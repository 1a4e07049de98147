"""Reads what a session observed, and what a change log tells of earlier releases."""

import re
from collections.abc import Iterator

from memorygym.statements import Statement
from memorygym.tracks.codeqa.noting import SUPERSEDED

TOPIC = r"(?P<topic>[Tt]he [a-z]+(?: [a-z]+){2,6}?)"
_NUMBER, _NAME = r"(?P<value>\d+)", r"(?P<value>\w+(?:\.\w+)?)"
_OBSERVED = {
    key: [re.compile(one.replace("TOPIC", TOPIC).replace("N#", _NUMBER).replace("N@", _NAME))
          for one in sentences]
    for key, sentences in {
        "rows": [r"asked that TOPIC keep to N# rows", r"As for TOPIC, the user wants N# rows"],
        "breaks": [r"TOPIC goes wrong beyond N# entries", r"Beyond N# entries TOPIC loses data"],
        "setting": [r"TOPIC fails only while N@ is overridden",
                    r"Only an overridden N@ makes TOPIC fail\b"],
        "exception": [r"TOPIC ended with N@", r"Traceback of TOPIC: N@"],
        "culprit": [r"TOPIC goes astray in N@", r"The fault behind TOPIC sits in N@"],
        "items": [r"A call behind TOPIC returns at most N# items", r"TOPIC gets N# items a call"],
        "plan": [r"decided that TOPIC follows the N@ plan", r"TOPIC goes by the N@ plan"],
        "memory": [r"TOPIC may hold N# MB", r"No more than N# MB are allowed for TOPIC\."],
    }.items()
}  # fmt: skip
_CHANGED = re.compile(
    r"Until release [\d.]+ the (preset for|value|parent class|exception thrown)(?: (\w+))? of"
    r" `([\w.]+)` was `([^`\n]+)`; superseded since\."
)
_CHANGES = {
    "preset for": "default:", "value": "value", "parent class": "base",
    "exception thrown": "raises",
}  # fmt: skip


def observed(body: str, rank: tuple[int, ...]) -> Iterator[Statement]:
    """What the lines of an observation tell about topics."""
    for line in body.split("\n"):
        for key, sentences in _OBSERVED.items():
            for sentence in sentences:
                if found := sentence.search(line):
                    topic = found["topic"]
                    yield Statement(topic[0].lower() + topic[1:], key, found["value"], rank)


def changes(body: str) -> Iterator[Statement]:
    """What the lines of a change log tell of values that hold no longer."""
    for phrase, name, subject, value in _CHANGED.findall(body):
        yield Statement(subject, f"{_CHANGES[phrase]}{name}", value, SUPERSEDED)
