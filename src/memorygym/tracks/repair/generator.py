"""Deals a session on a package: what is told, what is found out, which issues come when."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from memorygym.core.errors import BadSettings, require_at_least
from memorygym.core.rng import Stream, named_rng
from memorygym.core.statements import Statement, StatementIndex, SubTask
from memorygym.core.tokens import count
from memorygym.core.types import JSON, Task
from memorygym.tracks._qa.sessions import RECENT, needed, session_task
from memorygym.tracks.repair import issues, texts
from memorygym.tracks.repair.env import MOST_OPENED, STEPS, TRACE_COST, opened
from memorygym.tracks.repair.generated import generated_package
from memorygym.tracks.repair.issues import IssueResolver, issue_in
from memorygym.tracks.repair.package import Package, functions_in
from memorygym.tracks.repair.real import real_package
from memorygym.tracks.repair.services import (
    Bug,
    PackageService,
    ServiceDealer,
    bug_of,
    with_public_names,
)

TRACK = "repair"
PACKAGE_TOKENS = 14_000
"""Tokens of the sources of a generated package."""
SERVICES, IDLE = 10, 4
"""Services of a session, and those that no issue is about."""
ISSUES, EARLY = 12, 4
"""Issues of a session, and those before the constraints change."""
FROZEN = 3
"""Services that are frozen at first."""
OWNERS = 6
MOST_DEALS = 4
"""How often a session is dealt, until there is one."""
ROOM = 600
"""Tokens that reviews leave free before an issue."""
MARGIN = 0.005
"""How far a length may be off."""
KINDS = tuple(issues.KINDS)


@dataclass(frozen=True)
class RepairRecipe:
    """A session that can be dealt."""

    template: str
    """`generated`, or a real package as NAME==VERSION."""
    seed: int
    salt: str = ""
    tokens: int = 20_000
    """Tokens of all that maintainers say, and that traces and reviews print."""

    def __post_init__(self) -> None:
        require_at_least(20_000, tokens=self.tokens)

    def generate(self) -> Task:
        for attempt in range(MOST_DEALS - 1):
            try:
                return SessionDealer(self, attempt).task()
            except BadSettings:  # By chance there is no bug, or too much is told.
                continue
        return SessionDealer(self, MOST_DEALS - 1).task()


class Told(NamedTuple):
    """A sentence, and what it states."""

    text: str
    fact: Statement


class SessionDealer:
    """Deals one session."""

    def __init__(self, recipe: RepairRecipe, attempt: int = 0) -> None:
        self.recipe, self._attempt = recipe, attempt
        rng = self._rng("services")
        package = _package(recipe)
        chosen = ServiceDealer(package, rng).deal(SERVICES + IDLE)
        self.package = with_public_names(package, chosen, self._rng("names"))
        self.services = chosen
        self.used = chosen[:SERVICES]
        people = [f"{first} {last}" for first in texts.FIRST for last in texts.LAST]
        owners = rng.sample(people, OWNERS)
        self.owners = {service.name: rng.choice(owners) for service in chosen}
        self.frozen = {service.name for service in rng.sample(self.used, FROZEN)}
        limited = [service for service in chosen if service.limit]
        self.failed = {
            service.name: service.limit - service.limit % 100 + 150
            for service in limited[: len(limited) // 2]
        }
        """By name: a limit that is told at first, and fails."""
        self.facts: list[Statement] = []
        self.turns: list[dict[str, Any]] = []
        self.goals: list[SubTask] = []
        self.length = 0
        self._places = self._reviews(self._rng("reviews"))

    def _rng(self, *names: str) -> Stream:
        recipe, again = self.recipe, [str(self._attempt)] * (self._attempt > 0)
        return named_rng(TRACK, recipe.template, recipe.seed, recipe.salt, *names, *again)

    def task(self) -> Task:
        """The session as a task. Raises BadSettings if its length is too short."""
        self._tell(self._rng("tell"))
        kinds = self._plans(self._rng("plans"))
        told = self.length
        for number, (service, kind, by_job) in enumerate(kinds):
            if number == EARLY:
                self._change(self._rng("changes"))
            self._fill(told, (number + 1) / ISSUES)
            self._issue(service, kind, by_job=by_job)
        self._close()
        state: dict[str, JSON] = {
            "package": self.package.name,
            "files": dict(self.package.files),
            "tests": dict(self.package.tests),
            "turns": list(self.turns),
            "services": {
                f.name: {"profile": f.profile, "checks": list(f.checks), "trace": f.trace}
                for f in self.services
            },
        }
        system = texts.SYSTEM.format(steps=STEPS, cost=TRACE_COST)
        return session_task(TRACK, self.recipe, system, state, self.goals)

    def _say(self, text: str, printed: str = "", **more: Any) -> None:
        """Adds a turn; `printed` is what its tool prints."""
        self.turns.append({"text": text, **more})
        self.length += sum(count(part) + 4 for part in (text, printed) if part)

    def _tell(self, rng: Stream) -> None:
        """Adds the turns that state all facts, in random order, between reviews."""
        names = ", the ".join(service.name for service in self.used)
        self._say(texts.SAYS + texts.GREETING.format(names=names))
        turns: list[Any] = [*self.services]
        for service in self.services:
            told = [*self._told(service, rng)]
            rng.shuffle(told)
            turns += [told[start : start + 2] for start in range(0, len(told), 2)]
        rng.shuffle(turns)
        for turn in turns:
            if isinstance(turn, PackageService):
                self._say(texts.incident(turn.name), turn.trace)
                self.facts += [
                    Statement(turn.name, issues.PLACE, turn.place),
                    Statement(turn.name, issues.PROFILE, turn.profile),
                ]
            else:
                self.facts += [told.fact for told in turn]
                self._say(texts.said(rng, [told.text for told in turn], chat=2))

        for service in self.services:
            if old := self.failed.get(service.name):
                text = texts.FAILED.format(name=service.name, value=service.limit, old=old)
                self.facts.append(Statement(service.name, issues.LIMIT, service.limit, rank=(1,)))
                self._say(texts.said(rng, [text], chat=2))
        self._pause(rng)

    def _pause(self, rng: Stream) -> None:
        """Adds turns without facts, so that none is told shortly before it is needed."""
        for _ in range(RECENT - 1):
            self._say(texts.said(rng, [], chat=2))

    def _told(self, service: PackageService, rng: Stream) -> Iterator[Told]:
        """What maintainers tell about a service."""
        state = issues.FROZEN if service.name in self.frozen else issues.OPEN
        values: dict[str, str | int] = {
            issues.STATE: state,
            issues.OWNER: self.owners[service.name],
            issues.JOB: service.job,
            issues.PUBLIC: service.public,
            issues.ERROR: service.error,
            issues.LIMIT: self.failed.get(service.name, service.limit),
        }
        for key, value in values.items():
            if value:
                text = rng.choice(texts.FORMS[key]).format(name=service.name, value=value)
                yield Told(text, Statement(service.name, key, value))

    def _plans(self, rng: Stream) -> list[tuple[PackageService, str, bool]]:
        """The issues: service, kind, and whether only its job is named."""
        self._opened = rng.choice(sorted(self.frozen))
        late_frozen = rng.choice([f.name for f in self.used if f.name not in self.frozen])
        self._closed = late_frozen
        changed = [f for f in self.used if f.name in (self._opened, self._closed)]
        others = [f for f in self.used if f not in changed]
        rng.shuffle(others)
        early, late = others[:EARLY], [*changed, *others[EARLY:], *others[:2]]
        rng.shuffle(late)
        order = [*early, *late][:ISSUES]
        jobs = [number % 3 == 0 for number in range(len(order))]
        rng.shuffle(jobs)
        kinds = [rng.choice(f.kinds) for f in order]
        return list(zip(order, kinds, jobs, strict=True))

    def _change(self, rng: Stream) -> None:
        """Adds the turns in which two constraints change."""
        for name, old, new in (
            (self._opened, issues.FROZEN, issues.OPEN),
            (self._closed, issues.OPEN, issues.FROZEN),
        ):
            text = texts.CHANGE.format(name=name, value=new, old=old)
            self.facts.append(Statement(name, issues.STATE, new, rank=(1,)))
            self._say(texts.said(rng, [text], chat=2))
        self._pause(rng)
        self.frozen = (self.frozen | {self._closed}) - {self._opened}

    def _issue(self, service: PackageService, kind: str, *, by_job: bool) -> None:
        """Adds an issue with its bug, and the goal with the facts without which it fails."""
        event = len(self.turns)
        bug = self._bug(service, kind, event)
        text = issues.report(
            kind, f"{issues.RUNS}{service.job}" if by_job else service.name, bug.line
        )
        owner = self.owners[service.name] if service.name in self.frozen else ""
        self._say(text, issue={"bug": list(bug.edit), "owner": owner, "place": service.place})
        self.goals.append(self._goal(event, text, kind if not owner else "frozen"))

    def _bug(self, service: PackageService, kind: str, event: int) -> Bug:
        bug = bug_of(self.package, service, kind, self._rng("bugs", str(event)))
        if bug is None:
            raise BadSettings(
                f"{self.package.name}: no change of {service.place} is found by tests"
            )
        return bug

    def _goal(self, event: int, text: str, kind: str) -> SubTask:
        issue = issue_in(text)
        assert issue
        right = IssueResolver(issue, StatementIndex(self.facts))
        decision = right.decision()
        assert decision
        needs = needed(
            right.used.values(),
            self.facts,
            lambda facts: IssueResolver(issue, StatementIndex(facts)).decision(),
        )
        truth = (
            f"hand over to {decision.owner}"
            if decision.owner
            else (f"mend {decision.path}::{decision.function} by {decision.fact}")
        )
        return SubTask(event, kind, text, truth, tuple(needs))

    def _reviews(self, rng: Stream) -> Iterator[tuple[str, str]]:
        """Sources in random order, again and again: the place of each, and what is printed."""
        places = []
        for path, source in sorted(self.package.files.items()):
            whole = source.count("\n") < MOST_OPENED
            names = [""] if whole else [f.name for f in functions_in(path, source)]
            places += [(path, name) for name in names if len(source) > 200]
        while True:
            rng.shuffle(places)
            for path, name in places:
                place = f"{path}::{name}" if name else path
                yield place, opened(path, self.package.files[path], name)

    def _fill(self, told: int, share: float) -> None:
        """Adds reviews, as many as the length needs before an issue."""
        target = told + (self.recipe.tokens - told) * share - ROOM
        rng = self._rng("fill", str(len(self.turns)))
        while self.length < target:
            place, printed = next(self._places)
            if self.length + count(printed) < target + ROOM:
                self._say(texts.review(place), printed)
            else:
                self._say(texts.said(rng, [], chat=2))

    def _close(self) -> None:
        """Ends a session with chat, so that its length is right."""
        rng, tokens = self._rng("close"), self.recipe.tokens
        while self.length < tokens * (1 - MARGIN):
            self._say(texts.said(rng, [], chat=2))
        if self.length > tokens * (1 + 2 * MARGIN):
            raise BadSettings(
                f"repair {self.recipe.template}, seed {self.recipe.seed}: tokens={tokens} is too"
                f" short, what is told takes {self.length:,}; give more tokens"
            )


@lru_cache(maxsize=8)
def _package(recipe: RepairRecipe) -> Package:
    """The package of a session."""
    if recipe.template != "generated":
        return real_package(recipe.template)
    rng = named_rng(TRACK, "package", recipe.seed, recipe.salt)
    return generated_package(rng, PACKAGE_TOKENS)
