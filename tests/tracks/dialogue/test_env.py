"""The house: which calls grant a request, and what spoils it."""

import pickle
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from memorygym.agents.calls import END, calls
from memorygym.core.episode import Episode, play
from memorygym.core.statements import Statement, StatementIndex
from memorygym.core.track import PlayedEpisode
from memorygym.core.types import Budget, Memory, Message, Policy, Tool
from memorygym.scoring.attribution import Attribution
from memorygym.scoring.episode_scores import rewarded, score
from memorygym.tracks.dialogue import CHAIN, KINDS, offers
from memorygym.tracks.dialogue.agents import AGENTS
from memorygym.tracks.dialogue.desk import ORDER, POLICY
from memorygym.tracks.dialogue.desks import desk_named
from memorygym.tracks.dialogue.env import DialogueEnv
from memorygym.tracks.dialogue.fact_reader import reader_for
from memorygym.tracks.dialogue.reasoners import StrongClerk, Turn
from memorygym.tracks.dialogue.resolve import Resolver, request_in
from tests.tracks.dialogue.sessions import DESKS, TRACK, granted, session
from tests.tracks.plays import ended, played


class Changed(Policy):
    """The strong reasoner, some of whose replies are changed."""

    def __init__(self, change: Callable[[Turn, Message], Message]) -> None:
        self._change = change

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        return self._change(Turn(view), StrongClerk().act(view, tools))


def scores_of(change: Callable[[Turn, Message], Message], **dials: Any) -> dict[str, list[float]]:
    """By type of request: the scores of its requests."""
    found: dict[str, list[float]] = {}
    for outcome in ended(session(**dials), policy=Changed(change)):
        found.setdefault(outcome.goal.question_type, []).append(outcome.score)
    return found


@pytest.mark.parametrize("name", [n for n, agent in AGENTS.items() if agent.kind == "adversary"])
def test_an_adversary_stays_within_its_bound_even_with_all_in_view(name: str) -> None:
    agent = AGENTS[name]
    assert agent.bound
    tasks = [session(template, seed) for template in DESKS for seed in range(4)]
    shares = [granted(task, "full", agent.make(task)) for task in tasks]
    # 180 requests: two standard errors above the bound of a guess.
    slack = 1.5 if agent.bound.most else 0
    assert 100 * sum(shares) / len(shares) <= agent.bound.most + slack


@pytest.mark.parametrize(
    ("agent", "composites", "holds"),
    [
        ("fitted_offer", [0.01], True),
        ("fitted_offer", [0.02], False),
        ("fitted_offer", [0.0, 0.0, 0.0, 0.0, 0.0, 0.25], True),  # The bound lies in its interval.
        ("fitted_offer", [0.2, 0.25, 0.2, 0.25, 0.2, 0.25], False),
        ("weak", [0.3, 0.5], True),
        ("weak", [0.3, 0.4], False),
    ],
)
def test_the_self_test_bounds_guesses_above_and_notes_below(
    agent: str, composites: list[float], holds: bool
) -> None:
    test = pickle.loads(pickle.dumps(TRACK.self_test))  # As workers receive it.
    whole = score(played(session()))
    scores = [replace(whole, composite=composite) for composite in composites]
    results = [PlayedEpisode(agent, "retail", n, score, {}) for n, score in enumerate(scores)]
    (invariant,) = test.validate([], results, None)
    assert invariant.holds is holds and invariant.name.startswith(agent)


def twice(turn: Turn, reply: Message) -> Message:
    """Pays twice."""
    if turn.request and turn.request.action.name == "pay" and not turn.called:
        ((call),) = reply.calls
        return calls((call.name, call.arguments), (call.name, call.arguments))
    return reply


def mute(_: Turn, reply: Message) -> Message:
    """Says nothing."""
    return reply if reply.calls else END


@pytest.mark.parametrize(("change", "spoiled"), [(twice, "pay"), (mute, "cancel (link 3)")])
def test_a_call_too_many_or_a_word_too_few_spoils_its_request_alone(
    change: Callable[[Turn, Message], Message], spoiled: str
) -> None:
    found = scores_of(change)
    assert set(found.pop(spoiled)) == {0.0}
    assert {score for some in found.values() for score in some} == {1.0}


def test_a_call_that_nobody_asked_for_spoils_the_next_request() -> None:
    def eager(turn: Turn, reply: Message) -> Message:
        if "Good morning" in turn.text and not turn.called:
            return calls(("send_catalogue", {"address": "B-1234"}))
        return reply

    outcomes = ended(session(), policy=Changed(eager))
    assert [outcome.score for outcome in outcomes] == [0.0] + [1.0] * (len(outcomes) - 1)


def lazy(turn: Turn, reply: Message) -> Message:
    """Hands over whoever wants to order."""
    is_order = turn.request and turn.request.action.name == "order"
    return calls(("hand_over", {"reason": "no time"})) if is_order else reply


def test_a_request_of_a_chain_fails_where_the_one_before_it_was_not_granted() -> None:
    found = scores_of(lazy)
    links = [name for name in found if "(link" in name]
    assert {score for name in links for score in found[name]} == {0.0}
    found = scores_of(lazy, prefix="fixed")
    assert {score for name in links if "1" not in name for score in found[name]} == {1.0}


def test_asking_is_answered_but_spoils_the_request_and_a_third_time_ends_the_session() -> None:
    def asks(turn: Turn, reply: Message) -> Message:
        if turn.request and not turn.called:
            return calls(("ask_customer", {"question": "Again?"}))
        return reply

    trace = played(session(), policy=Changed(asks))
    assert [outcome.score for outcome in rewarded(trace)] == [0.0] * 15
    third = session().gold.goals[2].event
    assert max(record.event for record in trace.records) == third


@pytest.mark.parametrize(
    ("call", "problem"),
    [
        (("buy_item", {"product": "P-00001"}), "product: there is none with the number P-00001"),
        (("ship_order", {"order": "B-1", "destination": "B-2"}), "there is no open one with the"),
        (("order_item", {"product": "", "card": "", "approval": ""}), "none with the number"),
        (("pay_invoice", {"card": "B-1"}), "amount"),
    ],
)
def test_a_call_that_is_not_possible_changes_nothing_and_says_why(
    call: tuple[str, dict[str, str]], problem: str
) -> None:
    def wrong(turn: Turn, reply: Message) -> Message:
        return calls(call) if turn.request and not turn.called else reply

    trace = played(session(), policy=Changed(wrong))
    texts = [m.content for r in trace.records for m in getattr(r, "messages", ())]
    assert any(problem in text for text in texts)
    outcomes = rewarded(trace)
    assert sum(outcome.score for outcome in outcomes) >= len(outcomes) - 9


def test_an_exchange_that_nobody_asked_for_changes_nothing() -> None:
    numbers: list[str] = []
    product = session().state["stock"][0]["id"]

    def eager(turn: Turn, reply: Message) -> Message:
        numbers.extend(re.findall(r"is (\S+)\.$", turn.last.get("order_item", "")))
        if turn.request or turn.called or not numbers:
            return reply
        return calls(("exchange_item", {"order": numbers[-1], "product": product}))

    trace = played(session(), policy=Changed(eager))
    texts = [m.content for r in trace.records for m in getattr(r, "messages", ())]
    assert any("no exchange was asked for" in text for text in texts)
    assert {outcome.score for outcome in rewarded(trace)} == {1.0}


def test_the_score_has_parts_by_need_and_by_depth() -> None:
    whole = score(played(session()))
    assert dict(whole.axes) == dict.fromkeys((*KINDS, *CHAIN), 1.0)
    # A chain counts as deep as all its requests were granted.
    axes = score(played(session(prefix="fixed"), policy=Changed(lazy))).axes
    assert [axes[depth] for depth in CHAIN] == [0.0, 0.0, 0.0]


@pytest.mark.parametrize(("threshold", "needs_code"), [(-1, True), (0, False), (1, False)])
def test_approval_is_needed_above_the_threshold_and_not_at_it(
    threshold: int, needs_code: bool
) -> None:
    task = session()
    goal = next(goal for goal in task.gold.goals if goal.question_type.startswith("order"))
    desk = desk_named("retail")
    request = request_in(desk, goal.text)
    assert request
    stock = task.state["stock"]

    def arguments(*rules: Statement) -> dict[str, str]:
        facts = StatementIndex([*goal.needs, *rules])
        return Resolver(request, facts, partial(offers.found, stock)).arguments() or {}

    chosen = next(offer for offer in stock if offer["id"] == arguments()["product"])
    rules = {"approval threshold": str(int(chosen["price"]) + threshold), "approval code": "Z-1"}
    given = arguments(*(Statement(POLICY, key, value) for key, value in rules.items()))
    assert given["approval"] == ("Z-1" if needs_code else "none")


class Newest(Memory):
    """Shows the newest value of every key that the session stated."""

    def __init__(self) -> None:
        self._reader, self._facts = reader_for("retail"), dict[tuple[str, str], Statement]()

    def observe(self, new: Sequence[Message]) -> None:
        for message in new:
            self._facts |= {(f.subject, f.key): f for f in self._reader.read(message.content)}

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        return (Message("user", "\n".join(map(self._reader.render, self._facts.values()))),)


def test_a_fact_is_in_view_though_the_agents_own_call_changes_it_later() -> None:
    trace = play(Episode(DialogueEnv(session()), Newest, Budget()), StrongClerk())
    trace.gold = session().gold
    attribution = Attribution(trace)
    goals = attribution.reader.goals
    swaps = [goal for goal in goals if goal.question_type == "swap (link 2)"]
    orders = [(goal, need) for goal in swaps for need in goal.needs if need.key == ORDER]
    assert orders and not attribution.causes
    assert not any(attribution.reader.replaced(*order) for order in orders)
    assert all(attribution.in_view(goal, need) for goal in goals for need in goal.needs)
    assert not any(attribution.shows_stale(goal, need) for goal in goals for need in goal.needs)
