"""Verifies that sessions are fair, with a reader that sees only what is shown.

With all facts in view every request must be granted; without any one needed fact it must fail, and
no other fact may be needed; without memory nothing is granted; no fact is shown where it would
help; and no fixed rank of a listing is right more often than 3 % of all requests.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from memorygym.core.episode import Episode, play
from memorygym.core.registry import make
from memorygym.core.statements import Statement, StatementIndex, SubTaskGold
from memorygym.core.trace import Observation, ToolResult, Trace
from memorygym.core.track import MapFunction, TaskRecipe, Verification, find
from memorygym.core.types import JSON, Budget, Policy, Task
from memorygym.scoring.episode_scores import rewarded
from memorygym.tracks.dialogue.agents import MOST_GUESSED, Guesser
from memorygym.tracks.dialogue.desk import CUSTOMER, POLICY
from memorygym.tracks.dialogue.desks import desk_named
from memorygym.tracks.dialogue.env import DialogueEnv
from memorygym.tracks.dialogue.fact_reader import reader_of
from memorygym.tracks.dialogue.offers import ROWS, found
from memorygym.tracks.dialogue.reasoners import Strong
from memorygym.tracks.dialogue.resolve import Resolver, request_in

RECENT = 3
"""Turns before a request that must state nothing that it needs."""
GUESS_Z = 2
"""Standard errors above the highest share of guesses that count as a failure."""
MOST_SHOWN = 20


@dataclass
class Result:
    """The verification of one session, or of several."""

    sessions: int = 0
    requests: int = 0
    needed: int = 0
    """Facts, one at a time, without which a request fails."""
    spare: int = 0
    """Other facts that were left out, one at a time, without any effect."""
    guessed: Counter[int] = field(default_factory=Counter)
    """By rank of a listing: requests that the offer of that rank granted."""
    failures: list[str] = field(default_factory=list)

    def add(self, other: "Result") -> None:
        """Adds another verification."""
        for name in ("sessions", "requests", "needed", "spare"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.guessed.update(other.guessed)
        self.failures += other.failures

    @property
    def best_guess(self) -> tuple[int, float]:
        """The rank that was right most often, and its share of all requests in percent."""
        rank, times = max(self.guessed.items(), key=lambda pair: pair[1], default=(0, 0))
        return rank, 100 * times / max(1, self.requests)

    def close(self) -> None:
        """Checks what only all sessions together show."""
        rank, share = self.best_guess
        error = 100 * (MOST_GUESSED / 100 / max(1, self.requests)) ** 0.5
        if share > MOST_GUESSED + GUESS_Z * error:
            self.failures.append(
                f"guessable: offer {rank} of each listing grants {share:.1f} % of the requests"
            )

    def to_json(self) -> dict[str, JSON]:
        return {
            "sessions": self.sessions, "requests": self.requests, "needed": self.needed,
            "spare": self.spare, "best_guess_percent": round(self.best_guess[1], 2),
            "failures": list(self.failures),
        }  # fmt: skip

    def text(self) -> str:
        """The result as people read it."""
        rank, share = self.best_guess
        lines = [
            f"dialogue: {self.sessions} sessions, {self.requests} requests",
            f"granted with all facts in view, and never without memory; {self.needed:,} facts are"
            f" needed, {self.spare:,} others are not",
            f"best guess: offer {rank} of each listing, {share:.1f} % of the requests (at most"
            f" {MOST_GUESSED} %)",
            *(f"FAILED {failure}" for failure in self.failures[:MOST_SHOWN]),
        ]
        if len(self.failures) > MOST_SHOWN:
            lines.append(f"and {len(self.failures) - MOST_SHOWN} more")
        return "\n".join([*lines, "failed" if self.failures else "all checks passed"])


def verify_all(recipes: Sequence[TaskRecipe], parallel_map: MapFunction) -> Verification:
    """The verification of all sessions together."""
    total = Result()
    for result in parallel_map(verify, recipes):
        total.add(result)
    total.close()
    return Verification(len(total.failures), total.text(), total.to_json())


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
        trace = self._played("full", Strong())
        self._expect(trace, granted=True, how="with all facts in view")
        self._expect(self._played("none", Strong()), granted=False, how="without memory")
        self._check_tools()
        self._check_texts(trace)
        self._check_needs(trace)
        for rank in range(1, ROWS + 1):
            outcomes = rewarded(self._played("none", Guesser(rank)))
            self.result.guessed[rank] += sum(outcome.correct for outcome in outcomes)
        return self.result

    def _fail(self, event: int, what: str) -> None:
        self.result.failures.append(f"{self.place}, event {event}: {what}")

    def _played(self, memory: str, policy: Policy) -> Trace:
        env = DialogueEnv(self.task)
        trace = play(Episode(env, partial(make, "memory", memory), Budget()), policy)
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
        codes = (fact for fact in needs if fact.value[1:2] == "-" and fact.value in text)
        return [" ".join(f[:3]) for f in (*codes, *(f for f in needs if f[:3] in stated))]

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
        script, stock = self.task.state["script"], self.task.state["stock"]
        request = request_in(self.desk, script[event])  # type: ignore[index,arg-type]
        assert request
        search = partial(found, stock)  # type: ignore[arg-type]
        resolver = Resolver(self.desk, request, StatementIndex(facts), search)
        return resolver.arguments(), resolver.says()


def _shown(trace: Trace) -> Iterator[tuple[int, str]]:
    """By event: what the customer, the supervisor and the tools said."""
    for record in trace.records:
        if isinstance(record, Observation | ToolResult):
            yield from ((record.event, message.content) for message in record.messages)
