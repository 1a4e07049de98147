"""The generator: a package, questions about it, a session, and the texts that show them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import starmap

from memorygym.core.errors import BadSettings
from memorygym.core.rng import Stream, named_rng
from memorygym.core.tokens import count
from memorygym.tracks._qa.questions import Question
from memorygym.tracks.codeqa.code_view import Page, cost, pages, paragraphs, text_of
from memorygym.tracks.codeqa.generator.definitions import District
from memorygym.tracks.codeqa.generator.distractors import mention_sampler
from memorygym.tracks.codeqa.generator.known_code import KnownCode, statements_of
from memorygym.tracks.codeqa.generator.package import TESTED, GrowingPackage
from memorygym.tracks.codeqa.generator.question_drafts import (
    QuestionDrafter,
    asked_calls,
    breaking_changes,
)
from memorygym.tracks.codeqa.generator.question_selection import QuestionSelector
from memorygym.tracks.codeqa.generator.session import Topics, observations, shuffled_in_order
from memorygym.tracks.codeqa.generator.settings import CodeQASettings
from memorygym.tracks.codeqa.generator.stale_values import (
    change_log_entries,
    earlier_observations,
)

MODULES = 5
"""Fewest modules of the part with questions."""
TESTS = 3
LOG = "CHANGELOG.md"
REMARKS_PER_FILE = 24
"""Remarks in a file of reviews."""
OBSERVED = 60
"""Approximate tokens of an observation."""
TOKENS_PER_REMARK = 15_000
"""Tokens per observation about which nothing is asked."""


@dataclass(frozen=True, slots=True)
class GeneratedPackage:
    """What is shown of a package and a session, and the questions."""

    files: Mapping[str, str]
    pages: Sequence[Page]
    questions: Sequence[Question]


def generate(seed: tuple[int, int], attempt: int, settings: CodeQASettings) -> GeneratedPackage:
    """A package with its questions, not checked yet. Raises NoDraft, or BadSettings if the
    length is too short."""
    stream = partial(named_rng, "codeqa", *seed, settings.tokens, attempt)
    package = GrowingPackage(stream("package"), settings.near_miss)
    district = package.district()
    drafter = _drafter(package, district, settings, stream)
    hops = [settings.hops[number % len(settings.hops)] for number in range(settings.questions)]
    selector = QuestionSelector(drafter)
    selected = [selector.select(number) for number in hops]
    if lines := change_log_entries(selected, drafter, settings.stale):
        package.add(LOG, "\n\n".join(lines) + "\n")
    facts = [fact for draft in selected for fact in draft.facts]
    questions = [draft.question for draft in selected]
    facts += earlier_observations(selected, drafter, settings.stale)
    facts += drafter.remarks(4 + settings.tokens // TOKENS_PER_REMARK) if drafter.topics else []
    facts = shuffled_in_order(facts, drafter.rng)
    mentions = mention_sampler(questions, drafter.code, district, stream("crowd"))
    density = settings.distractor_density
    package.mentions, package.mention_share = mentions, density / (200 - density)
    left = max(0, settings.tokens - package.cost - OBSERVED * len(facts))
    remarks = mentions.remarks(left * density // 200, stream("remarks"))
    if settings.form == "files":
        for number, start in enumerate(range(0, len(remarks), REMARKS_PER_FILE), 1):
            review = remarks[start : start + REMARKS_PER_FILE]
            package.add(f"docs/review_{number}.md", "\n\n".join(review) + "\n")
        remarks = []
    session = observations(facts, remarks, stream("session"))
    package.cost += cost(session)
    if package.cost > settings.tokens * 1.005:
        raise BadSettings(
            f"{settings.tokens:,} tokens are out of reach for {settings.questions} questions; from"
            f" {package.cost + 200:,} on there is room for them"
        )
    package.grow(settings.tokens, stream("growth"))

    def shown() -> list[Page]:
        files = starmap(paragraphs, package.files.items())
        return pages(files, session, settings.form, stream("pages"))

    package.fill(settings.tokens - _tokens(shown(), settings.questions))
    return GeneratedPackage(package.files, shown(), questions)


def _drafter(
    package: GrowingPackage,
    district: District,
    settings: CodeQASettings,
    stream: Callable[[str], Stream],
) -> QuestionDrafter:
    """The drafter of questions about a package, after the modules and tests to ask about."""
    rng = stream("core")
    for _ in range(MODULES + max(0, settings.questions - 6) // 2):
        package.module(district)
    for _ in range(TESTS):
        package.test(district, rng.sample(district.functions, TESTED))
    calls = asked_calls(district.functions, rng)
    package.write_tests()
    code = KnownCode(statements_of(package.files))
    changes = breaking_changes(code, rng)
    rng = stream("questions")
    topics = Topics(rng, settings.near_miss) if settings.form != "files" else None
    return QuestionDrafter(code, topics, calls, changes, rng)


def _tokens(shown: Sequence[Page], questions: int) -> int:
    """The tokens of the texts of all events that show something."""
    events = len(shown) + questions
    return sum(count(text_of(page, number, events)) for number, page in enumerate(shown, 1))
