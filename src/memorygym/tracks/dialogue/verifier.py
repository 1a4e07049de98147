"""Verifies that sessions are fair, with a reader that sees only what is shown.

With all facts in view every request must be granted; without any one needed fact it must fail, and
no other fact may be needed; without memory nothing is granted; no fact is shown where it would
help; and no guess is right in more than 3 % of all requests, chance allowed for.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import sqrt
from typing import Any

from memorygym.core.episode import Episode, play
from memorygym.core.registry import make
from memorygym.core.statements import Statement, StatementIndex, SubTaskGold
from memorygym.core.trace import Observation, ToolResult, Trace
from memorygym.core.track import MapFunction, TaskRecipe, Verification, find
from memorygym.core.types import JSON, Budget, Task
from memorygym.scoring.episode_scores import rewarded
from memorygym.tracks.dialogue.agents import MOST_GUESSED
from memorygym.tracks.dialogue.desk import CUSTOMER, POLICY
from memorygym.tracks.dialogue.desks import desk_named
from memorygym.tracks.dialogue.env import DialogueEnv
from memorygym.tracks.dialogue.fact_reader import reader_of
from memorygym.tracks.dialogue.guesses import GUESSES
from memorygym.tracks.dialogue.offers import Offer, found
from memorygym.tracks.dialogue.reasoners import StrongClerk
from memorygym.tracks.dialogue.resolve import Resolver, request_in

RECENT = 3
"""Turns before a request that must state nothing that it needs."""
ENOUGH = 150
"""Requests below which the best of so many guesses says nothing."""
GUESS_Z = 2
"""Standard errors above the highest share of guesses that count as a failure."""


@dataclass
class Result:
    """The verification of one session, or of several."""

    sessions: int = 0
    requests: int = 0
    needed: int = 0
    """Facts, one at a time, without which a request fails."""
    spare: int = 0
    """Other facts that were left out, one at a time, without any effect."""
    guessed: Counter[str] = field(default_factory=Counter)
    """By guess (guesses.GUESSES): requests that it granted without memory."""
    failures: list[str] = field(default_factory=list)

    def add(self, other: "Result") -> None:
        """Adds another verification."""
        for name in ("sessions", "requests", "needed", "spare"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.guessed.update(other.guessed)
        self.failures += other.failures

    @property
    def best_guess(self) -> tuple[str, float]:
        """The guess that was right most often, and its share of all requests in percent."""
        guess, times = max(self.guessed.items(), key=lambda pair: pair[1], default=("none", 0))
        return guess, 100 * times / max(1, self.requests)

    @property
    def most_guessed(self) -> float:
        """The share above which the best guess is a failure, in percent: MOST_GUESSED and GUESS_Z
        standard errors of so many requests."""
        return MOST_GUESSED + GUESS_Z * 100 * sqrt(MOST_GUESSED / 100 / max(1, self.requests))

    def close(self) -> None:
        """Checks what only all sessions together show."""
        guess, share = self.best_guess
        if self.requests >= ENOUGH and share > self.most_guessed:
            self.failures.append(
                f"guessable: {guess!r} grants {share:.1f} % of the requests without memory"
            )

    def verification(self) -> Verification:
        """The result as people and programs read it."""
        guess, share = self.best_guess
        checked = (
            f"fails above {self.most_guessed:.1f} %: {MOST_GUESSED} % and {GUESS_Z} standard errors"
            if self.requests >= ENOUGH
            else f"not checked below {ENOUGH} requests"
        )
        lines = [
            f"dialogue: {self.sessions} sessions, {self.requests} requests",
            f"granted with all facts in view, and never without memory; {self.needed:,} facts are"
            f" needed, {self.spare:,} others are not",
            f"best of {len(self.guessed)} guesses without memory: {guess!r}, {share:.1f} % of the"
            f" requests ({checked})",
        ]
        counts: dict[str, JSON] = {
            "sessions": self.sessions,
            "requests": self.requests,
            "needed": self.needed,
            "spare": self.spare,
            "best_guess_percent": round(share, 2),
        }
        return Verification(self.failures, lines, counts)


def verify_all(recipes: Sequence[TaskRecipe], parallel_map: MapFunction) -> Verification:
    """The verification of all sessions together."""
    total = Result()
    for result in parallel_map(verify, recipes):
        total.add(result)
    total.close()
    return total.verification()


def verify(recipe: TaskRecipe) -> Result:
    """The verification of one session."""
    return Verifier(recipe.generate(), f"{recipe.template}, seed {recipe.seed}").check()


class Verifier:
    """Verifies one session."""

    def __init__(self, task: Task, place: str) -> None:
        assert isinstance(task.gold, SubTaskGold)
        self.task, self.place, self.goals = task, place, task.gold.goals
        self.desk = desk_named(str(task.state["desk"]))
        self.reader = reader_of(task.system)
        self.result = Result(sessions=1, requests=len(self.goals))

    def check(self) -> Result:
        """The result of all checks."""
        trace = self._played("full")
        self._expect(trace, granted=True, how="with all facts in view")
        self._expect(self._played("none"), granted=False, how="without memory")
        self._check_tools()
        self._check_texts(trace)
        self._check_needs(trace)
        self._guess()
        return self.result

    def _guess(self) -> None:
        """Tries the guesses on the requests that need nothing but a choice of offers whose wishes
        the request names."""
        right: Any = self.task.state["right"]
        for goal in self.goals:
            request = request_in(self.desk, goal.text)
            assert request
            if request.choice and not request.choice.wishes and len(request.action.arguments) == 1:
                offers = self._search(request.wishes(self.desk))
                (right_id,) = right[str(goal.event)][0].values()
                for name, guess in GUESSES.items():
                    offer = guess(self.desk, offers)
                    self.result.guessed[name] += offer is not None and offer["id"] == right_id

    def _fail(self, event: int, what: str) -> None:
        self.result.failures.append(f"{self.place}, event {event}: {what}")

    def _played(self, memory: str) -> Trace:
        env = DialogueEnv(self.task)
        trace = play(Episode(env, partial(make, "memory", memory), Budget()), StrongClerk())
        trace.gold = self.task.gold
        return trace

    def _expect(self, trace: Trace, *, granted: bool, how: str) -> None:
        for outcome in rewarded(trace):
            if outcome.correct != granted:
                self._fail(outcome.goal.event, f"{how}: {outcome.answer}; {outcome.goal.truth}")

    def _check_tools(self) -> None:
        """The tools are the track's, by which traces are read."""
        known = find(self.task.track).tool_names
        for tool in DialogueEnv(self.task).tools:
            if tool.name not in known:
                self._fail(0, f"the tool {tool.name!r} is none of: {', '.join(sorted(known))}")

    def _check_texts(self, trace: Trace) -> None:
        """Every text is read in full, and none states a needed fact where it would help."""
        shown = [(0, self.task.system), *_shown(trace)]
        for event, text in shown:
            if unread := self.reader.coverage(text)[1]:
                self._fail(event, f"{unread} statements are unclear: {text[:80]!r}")
        for goal in self.goals:
            near = {0, *range(goal.event - RECENT + 1, goal.event)}
            requested = (goal.event, goal.text)
            for event, text in (*shown, requested):
                if (event in near or text is goal.text) and (told := self._told(goal.needs, text)):
                    self._fail(goal.event, f"event {event} states {told[0]}")

    def _told(self, needs: Sequence[Statement], text: str) -> list[str]:
        """The needed facts that a text states, or whose code it holds."""
        stated = {fact[:3] for fact in self.reader.read(text)}
        codes = (fact for fact in needs if fact.text[1:2] == "-" and fact.text in text)
        return [
            " ".join((f.subject, f.key, f.text))
            for f in (*codes, *(f for f in needs if f[:3] in stated))
        ]

    def _check_needs(self, trace: Trace) -> None:
        """Leave-one-out on the run with all facts in view."""
        told = [(event, fact) for event, text in _shown(trace) for fact in self.reader.read(text)]
        for goal in self.goals:
            facts = [fact for event, fact in told if event < goal.event]
            right = self._decided(goal.event, facts)
            for pair in dict.fromkeys(fact[:2] for fact in facts):
                rest = [fact for fact in facts if fact[:2] != pair]
                fails = self._decided(goal.event, rest) != right
                is_need = any(need[:2] == pair for need in goal.needs)
                self.result.needed += fails
                self.result.spare += not fails
                if fails != is_need:
                    self._fail(goal.event, f"{'' if fails else 'not '}needed: {' '.join(pair)}")
            if "(link" in goal.question_type and goal.needs[0].subject in (CUSTOMER, POLICY):
                self._fail(goal.event, "a request of a chain needs no fact about its person")

    def _decided(self, event: int, facts: Sequence[Statement]) -> tuple[object, str]:
        """The call and the words that follow from these facts."""
        script: Any = self.task.state["script"]
        request = request_in(self.desk, script[event])
        assert request
        resolver = Resolver(self.desk, request, StatementIndex(facts), self._search)
        return resolver.arguments(), resolver.says()

    def _search(self, wishes: Mapping[str, str]) -> Sequence[Offer]:
        stock: Any = self.task.state["stock"]
        return found(stock, wishes)


def _shown(trace: Trace) -> Iterator[tuple[int, str]]:
    """By event: what the customer, the supervisor and the tools said."""
    for record in trace.records:
        if isinstance(record, Observation | ToolResult):
            yield from ((record.event, message.content) for message in record.messages)
