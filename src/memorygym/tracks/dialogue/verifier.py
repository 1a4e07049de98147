"""Verifies that sessions are fair, with a reader that sees only what is shown.

With all facts in view, or those that it needs, a request must be granted; without any one of these
it must fail, and no other may be needed; without memory nothing is granted; no fact is shown where
it would help; and no guess is right in more than 5 % of the requests to which it applies.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from memorygym.core.episode import Episode, play
from memorygym.core.registry import make
from memorygym.core.statements import Statement, StatementIndex, SubTaskGold
from memorygym.core.trace import Observation, ToolResult, Trace
from memorygym.core.track import find
from memorygym.core.types import JSON, Budget, Task
from memorygym.scoring.episode_scores import rewarded
from memorygym.stats.shares import wilson
from memorygym.tracks._qa.ablation import CheckResult
from memorygym.tracks._qa.verification import Checks, Totals, result
from memorygym.tracks.dialogue.adversaries import GUESSES
from memorygym.tracks.dialogue.desk import CUSTOMER, POLICY
from memorygym.tracks.dialogue.desks import desk_named
from memorygym.tracks.dialogue.env import DialogueEnv
from memorygym.tracks.dialogue.fact_reader import reader_of
from memorygym.tracks.dialogue.offers import Offer, found
from memorygym.tracks.dialogue.reasoners import StrongClerk
from memorygym.tracks.dialogue.resolve import Resolver, request_in

RECENT = 3
"""Turns before a request that must state nothing that it needs."""
ENOUGH = 150
"""Requests below which the best of several guesses says nothing."""
MOST_GUESSED = 0.05
"""The highest share of the requests to which a guess applies that it may grant."""


def verification(task: Task) -> dict[str, CheckResult]:
    """The results of all checks of a session."""
    session = _Session(task)
    return {
        "full": result(_ended(session.trace, granted=False), requests=len(session.goals)),
        "no_memory": result(_ended(session.played("none"), granted=True)),
        "tools": result(session.unknown_tools()),
        "clear": result(session.unclear()),
        "told": result(session.told()),
        "leave_one_out": session.leave_one_out(),
        "guesses": session.guesses(),
    }


def together(totals: Totals) -> Checks:
    """Whether a guess grants too many of the requests of all sessions to which it applies."""
    right, shares = totals["guesses"]["right"], list[tuple[float, int, str]]()
    for name, n in totals["guesses"]["applies"].items():
        if n:
            low, high = wilson(right[name], n)
            share = f"{right[name] / n:.1%}, 95% interval {low:.1%} to {high:.1%}"
            text = f"{name!r} is right on {right[name]} of {n:,} requests to which it applies"
            shares.append((low, n, f"{text} ({share})"))
    guessable: list[JSON] = [s for low, n, s in shares if n >= ENOUGH and low > MOST_GUESSED]
    best = max(shares, key=lambda s: (s[1] >= ENOUGH, s[0]), default=(0, 0, "none applies"))[-1]
    bound = f"fails if an interval over {ENOUGH} or more lies above {MOST_GUESSED:.0%}"
    shown: CheckResult = {"ok": not guessable, "guesses": len(shares), "best": best, "bound": bound}
    return {"chance_level": {**shown, "guessable": guessable}}


class _Session:
    """A session with all facts in view."""

    def __init__(self, task: Task) -> None:
        assert isinstance(task.gold, SubTaskGold)
        self.task, self.goals = task, task.gold.goals
        self.desk = desk_named(str(task.state["desk"]))
        self.reader = reader_of(task.system)
        self.trace = self.played("full")
        self.shown = list(_shown(self.trace))

    def played(self, memory: str) -> Trace:
        """The session as the strong reasoner plays it with that memory."""
        env = DialogueEnv(self.task)
        trace = play(Episode(env, partial(make, "memory", memory), Budget()), StrongClerk())
        trace.gold = self.task.gold
        return trace

    def unknown_tools(self) -> Iterator[str]:
        """The tools that are not the track's, by which traces are read."""
        known = find(self.task.track).tool_names
        for tool in DialogueEnv(self.task).tools:
            if tool.name not in known:
                yield f"{tool.name!r} is none of: {', '.join(sorted(known))}"

    def unclear(self) -> Iterator[str]:
        """The texts that are not read in full."""
        for event, text in ((0, self.task.system), *self.shown):
            if unread := self.reader.coverage(text)[1]:
                yield f"event {event}: {unread} statements: {text[:80]!r}"

    def told(self) -> Iterator[str]:
        """The texts that state a needed fact where it would help."""
        for goal in self.goals:
            near = {0, *range(goal.event - RECENT + 1, goal.event)}
            texts = [(event, text) for event, text in self.shown if event in near]
            for event, text in ((0, self.task.system), *texts, (goal.event, goal.text)):
                for fact in self._told(goal.needs, text)[:1]:
                    yield f"event {goal.event}: event {event} states {fact}"

    def _told(self, needs: Sequence[Statement], text: str) -> list[str]:
        """The needed facts that a text states, or whose code it holds."""
        stated = {fact[:3] for fact in self.reader.read(text)}
        codes = (fact for fact in needs if fact.text[1:2] == "-" and fact.text in text)
        return [
            " ".join((f.subject, f.key, f.text))
            for f in (*codes, *(f for f in needs if f[:3] in stated))
        ]

    def leave_one_out(self) -> CheckResult:
        """Without a needed fact a request fails; without any other it does not."""
        wrong, needed, spare = list[JSON](), 0, 0
        told = [(event, fact) for event, text in self.shown for fact in self.reader.read(text)]
        for goal in self.goals:
            facts = [fact for event, fact in told if event < goal.event]
            right = self._decided(goal.event, facts)
            if self._decided(goal.event, goal.needs) != right:
                wrong.append(f"event {goal.event}: what it needs is not enough")
            for pair in dict.fromkeys(fact[:2] for fact in facts):
                rest = [fact for fact in facts if fact[:2] != pair]
                fails = self._decided(goal.event, rest) != right
                needed += fails
                spare += not fails
                if fails != any(need[:2] == pair for need in goal.needs):
                    wrong.append(
                        f"event {goal.event}: {'' if fails else 'not '}needed: {' '.join(pair)}"
                    )
            if "(link" in goal.question_type and goal.needs[0].subject in (CUSTOMER, POLICY):
                wrong.append(f"event {goal.event}: a chain needs no fact of its person")
        return {"ok": not wrong, "needed": needed, "spare": spare, "wrong": wrong}

    def guesses(self) -> CheckResult:
        """How often each guess grants a request to which it applies: one without codes,
        for any offer (its wishes are named) or to put one aside (limits do not matter)."""
        right: Any = self.task.state["right"]
        stock: Any = self.task.state["stock"]
        applies, times = (Counter(dict.fromkeys(GUESSES, 0)) for _ in range(2))
        for goal in self.goals:
            request = request_in(self.desk, goal.text)
            assert request
            listed, granted = self._search(request.wishes), right[str(goal.event)][0]
            for name, guess in GUESSES.items():
                if request.action.name == ("hold" if name == "offer alone" else "any"):
                    offer = guess(self.desk, listed, stock)
                    applies[name] += offer is not None
                    times[name] += offer is not None and offer["id"] in granted.values()
        return {"ok": True, "applies": dict(applies), "right": dict(times)}

    def _decided(self, event: int, facts: Sequence[Statement]) -> tuple[object, str]:
        """The call and the words that follow from these facts."""
        script: Any = self.task.state["script"]
        request = request_in(self.desk, script[event])
        assert request
        resolver = Resolver(request, StatementIndex(facts), self._search)
        return resolver.arguments(), resolver.says()

    def _search(self, wishes: Mapping[str, str]) -> Sequence[Offer]:
        stock: Any = self.task.state["stock"]
        return found(stock, wishes)


def _shown(trace: Trace) -> Iterator[tuple[int, str]]:
    """By event: what the customer, the supervisor and the tools said."""
    for record in trace.records:
        if isinstance(record, Observation | ToolResult):
            yield from ((record.event, message.content) for message in record.messages)


def _ended(trace: Trace, *, granted: bool) -> Iterator[str]:
    """The requests that were granted, or those that were not."""
    for outcome in rewarded(trace):
        if outcome.correct == granted:
            goal = outcome.goal
            yield f"event {goal.event}: {outcome.answer}" + f"; {goal.truth}" * (not granted)
