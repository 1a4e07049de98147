"""A template, a seed and a tier become a task, if asked of a given length."""

from dataclasses import replace

from memorygym.core.errors import BadSettings
from memorygym.core.tokens import count
from memorygym.core.types import Task
from memorygym.tracks.worlds.generator.generator import Generator, world
from memorygym.tracks.worlds.generator.tiers import AS_TIER, Sizes, sized

PROBE = 40
FILLED = 0.992
"""Share of the length that entities take; noise takes the rest."""


def stream_tokens(task: Task) -> int:
    """Tokens of all events, every word known."""
    return sum(count(event.text) for event in task.events)


def generate(
    template: str, seed: int, tier: str = "standard", sizes: Sizes = AS_TIER, salt: str = ""
) -> Task:
    """The task. Raises UnknownPart or BadSettings with what would do instead."""
    if sizes.tokens is None:
        return Generator(world(template), seed, tier, sized(tier, sizes), salt).task()
    return _deal_to_length(template, seed, tier, sizes, salt)


def _deal_to_length(template: str, seed: int, tier: str, sizes: Sizes, salt: str) -> Task:
    """A task whose events come to `sizes.tokens` within 1 %: entities are added, then noise for
    the rest, at a cost linear in the length."""
    wanted = sizes.tokens
    assert wanted is not None
    base = replace(sizes, tokens=None)

    def dealer(entities: int) -> Generator:
        chosen = sized(tier, replace(base, entities=entities))
        return Generator(world(template), seed, tier, chosen, salt)

    probe = stream_tokens(dealer(PROBE).task())
    entities = int(FILLED * wanted * PROBE / probe)
    found: list[tuple[int, int]] = []
    for _ in range(6):
        if entities < 2 * max(1, sized(tier, replace(base, entities=PROBE)).corrections):
            least = 1.2 * probe
            raise BadSettings(f"{wanted:,} tokens are too few; the least is about {least:,.0f}")
        length = stream_tokens(dealer(entities).task())
        found.append((length, entities))
        if FILLED - 0.006 <= length / wanted <= FILLED + 0.004:
            break
        entities = round(entities * FILLED * wanted / length)
    # Another number of entities changes every text, so the nearest need not be the last.
    length, entities = min(found, key=lambda f: (f[0] > wanted, abs(f[0] - FILLED * wanted)))
    last = dealer(entities)
    last.tokens = wanted
    last.padding = _padding(last, wanted - length)
    return last.task()


def _padding(dealer: Generator, tokens: int) -> list[str]:
    """Idle sentences of about that many tokens, spread over the memos."""
    memos = sum(slot.kind == "noise" for slot in dealer.slots)
    said = [text.format(s="the house") for text in dealer.world.wording.noise]
    block = " ".join(said)
    cost = count(block)
    shares: list[str] = []
    for i in range(memos):
        share = tokens * (i + 1) // memos - tokens * i // memos
        rows, rest = divmod(max(0, share), cost)
        words = block.split()[: rest * len(block.split()) // cost]
        shares.append("\n" + "\n".join([block] * rows + [" ".join(words)]))
    return shares
