"""In which order the searches come."""

from memorygym.rng import Stream
from memorygym.tracks.research.dealing.turns import Plan, Turn

SHUFFLED, BY_HOP = "shuffled", "hops"
ORDERS = (SHUFFLED, BY_HOP)


def order(stream: Stream, plan: Plan) -> None:
    """Orders the turns: at random, or so that every chain's come in the order of its hops.

    The last search for what the last hop asks is a sibling's, so it never gives the answer away.
    """
    hops = len(plan.chain.lookups)
    many = 1 + len(plan.siblings)
    served, others = plan.turns[: many * hops], plan.turns[many * hops :]
    chains = [served[at * hops : (at + 1) * hops] for at in range(many)]
    places: list[int] = list(range(len(plan.turns)))
    stream.shuffle(places)
    slots = [places[at * hops : (at + 1) * hops] for at in range(many)]
    if plan.settings.order == BY_HOP:
        slots = [sorted(own) for own in slots]
    latest = max(range(many), key=lambda at: slots[at][-1])
    if latest == 0:
        other = stream.between(1, many - 1)
        slots[0], slots[other] = slots[other], slots[0]
    ordered: dict[int, Turn] = {}
    for own, turns in zip(slots, chains, strict=True):
        ordered.update(zip(own, turns, strict=True))
    ordered.update(zip(places[many * hops :], others, strict=True))
    plan.turns = [ordered[at] for at in range(len(ordered))]
