"""Generates a task from a template, a seed and a tier, if wanted of a given length."""

from dataclasses import replace

from memorygym.core.errors import BadSettings
from memorygym.core.tokens import count
from memorygym.core.types import Task
from memorygym.tracks.worlds.generator.generator import Generator, load_template
from memorygym.tracks.worlds.generator.tiers import AS_TIER, Sizes, sized

PROBE = 40
"""Entities of the trial task from which the tokens per entity are estimated."""
FILLED = 0.992
"""Share of the length that the documents fill; noise fills the rest."""


def stream_tokens(task: Task) -> int:
    """Tokens of all events, with every word counted as known."""
    return sum(count(event.text) for event in task.events)


def generate(
    template: str, seed: int, tier: str = "standard", sizes: Sizes = AS_TIER, salt: str = ""
) -> Task:
    """The task. Raises UnknownPart or BadSettings, which say what to give instead."""
    if sizes.tokens is None:
        return Generator(load_template(template), seed, tier, sized(tier, sizes), salt).task()
    return _generate_to_length(template, seed, tier, sizes, salt)


def _generate_to_length(template: str, seed: int, tier: str, sizes: Sizes, salt: str) -> Task:
    """A task whose events have `sizes.tokens` tokens within 1 %.

    Entities are added up to 99.2 % of the length, noise fills the rest; the cost is linear in the
    length.
    """
    wanted = sizes.tokens
    assert wanted is not None
    base = replace(sizes, tokens=None)

    def generator_of(entities: int) -> Generator:
        chosen = sized(tier, replace(base, entities=entities))
        return Generator(load_template(template), seed, tier, chosen, salt)

    probe = stream_tokens(generator_of(PROBE).task())
    entities = int(FILLED * wanted * PROBE / probe)
    attempts: list[tuple[int, int]] = []
    for _ in range(6):
        if entities < 2 * max(1, sized(tier, replace(base, entities=PROBE)).corrections):
            least = 1.2 * probe
            raise BadSettings(f"{wanted:,} tokens are too few; give at least about {least:,.0f}")
        length = stream_tokens(generator_of(entities).task())
        attempts.append((length, entities))
        if FILLED - 0.006 <= length / wanted <= FILLED + 0.004:
            break
        entities = round(entities * FILLED * wanted / length)
    # Another number of entities changes every text, so the best attempt need not be the last.
    length, entities = min(attempts, key=lambda a: (a[0] > wanted, abs(a[0] - FILLED * wanted)))
    generator = generator_of(entities)
    generator.tokens = wanted
    generator.padding = _padding(generator, wanted - length)
    return generator.task()


def _padding(generator: Generator, tokens: int) -> list[str]:
    """Noise of about that many tokens, divided among the memos."""
    memos = sum(scheduled.kind == "noise" for scheduled in generator.schedule)
    sentences = [text.format(s="the house") for text in generator.template.wording.noise]
    block = " ".join(sentences)
    cost = count(block)
    shares: list[str] = []
    for i in range(memos):
        share = tokens * (i + 1) // memos - tokens * i // memos
        rows, rest = divmod(max(0, share), cost)
        words = block.split()[: rest * len(block.split()) // cost]
        shares.append("\n" + "\n".join([block] * rows + [" ".join(words)]))
    return shares
