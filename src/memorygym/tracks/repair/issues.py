"""The issues of a session: what each asks for, and what follows from known facts.

A maintainer names the service that is broken, or only the job that runs it. Where its code is,
which tests check it, and what the maintainers allow were told or found out long before.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from memorygym.core.statements import Statement, StatementIndex

STATE, OWNER, JOB = "state", "owner", "job"
PLACE, PROFILE = "place", "test profile"
ERROR, PUBLIC, LIMIT = "error class", "public name", "highest input"
OPEN, FROZEN = "open", "frozen"
KINDS: Mapping[str, tuple[str, str]] = {
    "mend": (PROFILE, "{Service} gives wrong results: line {line} of its function was changed."),
    "error": (ERROR, "{Service} raises the wrong class, in line {line} of its function."),
    "limit": (LIMIT, "{Service} stops at the wrong number, in line {line} of its function."),
    "name": (PUBLIC, "Users cannot import {service} by the name that they know."),
}  # fmt: skip
"""By kind of issue: the key of the fact that decides the edit, and the sentence that reports it."""
STARTS, RUNS = "Issue: ", "what runs as "
_TEXTS = {
    kind: re.compile(
        re.escape(text)
        .replace(r"\{Service\}", r"(?P<service>.+?)")
        .replace(r"\{service\}", r"(?P<service>.+?)")
        .replace(r"\{line\}", r"(?P<line>\d+)")
    )
    for kind, (_, text) in KINDS.items()
}


@dataclass(frozen=True, slots=True)
class Issue:
    """What the text of an issue says."""

    kind: str
    service: str
    """The service's name; "" if only its job is named."""
    job: str
    line: int
    """The line of the function, from 1; 0 if the issue names none."""


def report(kind: str, name: str, line: int) -> str:
    """The text of an issue about a service, or about a job.

    >>> issue_in(report("mend", f"{RUNS}K-4821", 3))
    Issue(kind='mend', service='', job='K-4821', line=3)
    """
    named = name if name.startswith(RUNS) else f"the {name}"
    text = KINDS[kind][1].format(service=named, Service=named[0].upper() + named[1:], line=line)
    return f"{STARTS}{text} Mend it, then submit; or hand it over if you may not touch it."


def issue_in(text: str) -> Issue | None:
    """The issue that a text reports; None if it reports none."""
    for kind, pattern in _TEXTS.items():
        if text.startswith(STARTS) and (match := pattern.match(text, len(STARTS))):
            words = match.groupdict()
            name = re.sub(r"^[Tt]he ", "", words["service"])
            _, runs, job = name.partition(RUNS[1:])
            return Issue(kind, "" if runs else name, job, int(words.get("line") or 0))
    return None


@dataclass(frozen=True, slots=True)
class Mending:
    """What an issue asks for: an edit at a place, or to hand it over."""

    owner: str = ""
    """To whom to hand it over; the rest is empty then."""
    path: str = ""
    function: str = ""
    fact: str = ""
    """The value that decides the edit: a test profile, a class, a limit, a name."""


@dataclass
class IssueResolver:
    """Decides an issue; `used` collects the facts that it took."""

    issue: Issue
    facts: StatementIndex
    used: dict[tuple[str, str], Statement] = field(default_factory=dict)

    @property
    def service(self) -> str | None:
        """The service, which may be known only by its job."""
        if self.issue.service:
            return self.issue.service
        stated = self.facts.whose(JOB, self.issue.job)
        for fact in stated[:1]:
            self.used[fact[:2]] = fact
            return fact.subject
        return None

    def decision(self) -> Mending | None:
        """What to do; None if a fact is missing. Nobody touches what may be frozen."""
        service = self.service
        state = service and self._value(service, STATE)
        if not service or not state:
            return None
        if state == FROZEN:
            owner = self._value(service, OWNER)
            return Mending(owner) if owner else None
        place, fact = self._value(service, PLACE), self._value(service, KINDS[self.issue.kind][0])
        if not place or not fact:
            return None
        path, _, function = place.partition("::")
        return Mending("", path, function, fact)

    def _value(self, subject: str, key: str) -> str | None:
        """The value of a fact, which is noted as used."""
        stated = self.facts.get(subject, key)
        if stated is None:
            return None
        self.used[stated[:2]] = stated
        return stated.text
