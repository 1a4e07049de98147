"""The generator of synthetic instances: a package, questions about it, a session, and the texts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from memorygym.core.errors import BadSettings
from memorygym.core.rng import Stream, named_rng
from memorygym.core.tokens import count
from memorygym.tracks.codeqa.code_view import (
    Page,
    ShownParagraph,
    pages,
    shown_paragraph,
    text_of,
)
from memorygym.tracks.codeqa.generator.distractors import MentionSampler, mention_sampler
from memorygym.tracks.codeqa.generator.filler import Growth, write_tests
from memorygym.tracks.codeqa.generator.known_code import KnownCode, statements_of
from memorygym.tracks.codeqa.generator.package import TESTED, GrowingPackage
from memorygym.tracks.codeqa.generator.question_drafts import (
    QuestionDrafter,
    asked_calls,
    breaking_changes,
)
from memorygym.tracks.codeqa.generator.question_selection import QuestionSelector, SelectedQuestion
from memorygym.tracks.codeqa.generator.session import (
    SessionFact,
    Topics,
    paragraph,
    shuffled_in_order,
    timestamps,
)
from memorygym.tracks.codeqa.generator.settings import CodeQASettings
from memorygym.tracks.codeqa.generator.stale_values import (
    MisleadingStatement,
    change_log_entries,
    earlier_observations,
    near_distractors,
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
    """The parts of an instance."""

    name: str
    """The name of the package."""
    files: Mapping[str, str]
    pages: Sequence[Page]
    selected: Sequence[SelectedQuestion]
    distractors: Sequence[MisleadingStatement]


@dataclass(frozen=True, slots=True)
class PlannedQuestions:
    """The questions, and the change log and facts that they need."""

    selected: list[SelectedQuestion]
    log: str
    facts: list[SessionFact]
    distractors: list[MisleadingStatement]


def generate(seed: tuple[int, int], attempt: int, settings: CodeQASettings) -> GeneratedPackage:
    """A synthetic instance, not checked yet. Raises BadSettings if the length is too short."""
    stream_path = ("codeqa", *seed, settings.tokens, attempt)
    package = GrowingPackage(named_rng(*stream_path, "package"), settings.near_miss)
    rng = named_rng(*stream_path, "core")
    district = package.district()
    for _ in range(MODULES + max(0, settings.questions - 6) // 2):
        package.module(district)
    for _ in range(TESTS):
        package.test(district, rng.sample(district.functions, TESTED))
    calls = asked_calls(district.functions, rng)
    write_tests(package)
    code = KnownCode(statements_of(package.files))
    changes = breaking_changes(code, rng)
    planned = questions(code, calls, changes, settings, stream_path)
    if planned.log:
        package.files[LOG] = planned.log
    growth = Growth(package, OBSERVED * len(planned.facts))
    mentions = mention_sampler(planned.selected, code, district, named_rng(*stream_path, "crowd"))
    package.mentions, package.mention_share = (
        mentions,
        settings.distractor_density / (200 - settings.distractor_density),
    )
    remarks = _remarks(growth, mentions, settings, named_rng(*stream_path, "remarks"))
    session = observations(planned.facts, named_rng(*stream_path, "session"), remarks)
    growth.cost += sum(paragraph.cost for paragraph in session) - OBSERVED * len(planned.facts)
    if growth.cost > settings.tokens * 1.005:
        raise BadSettings(
            f"{settings.tokens:,} tokens are out of reach for {settings.questions} questions; from"
            f" {growth.cost + 200:,} on there is room for them"
        )
    growth.grow(settings.tokens, named_rng(*stream_path, "growth"))
    growth.finish()
    shape = (session, settings.form)
    shown_pages = pages(list(growth.files.values()), *shape, named_rng(*stream_path, "pages"))
    growth.fill(settings.tokens - tokens(shown_pages, len(shown_pages) + settings.questions))
    shown_pages = pages(list(growth.files.values()), *shape, named_rng(*stream_path, "pages"))
    return GeneratedPackage(
        f"synth-{package.name}", package.files, shown_pages, planned.selected, planned.distractors
    )


def _remarks(
    growth: Growth, mentions: MentionSampler, settings: CodeQASettings, rng: Stream
) -> list[str]:
    """Half of the mentions: remarks of the session, or files of reviews if there is no session."""
    tokens_left = max(0, settings.tokens - growth.cost)
    remarks = mentions.remarks(tokens_left * settings.distractor_density // 200, rng)
    if settings.form != "files":
        return remarks
    for number, start in enumerate(range(0, len(remarks), REMARKS_PER_FILE), 1):
        path = f"docs/review_{number}.md"
        growth.package.files[path] = "\n\n".join(remarks[start : start + REMARKS_PER_FILE]) + "\n"
    growth.take_new()
    return []


def questions(
    code: KnownCode,
    calls: Sequence[str],
    changes: Sequence[tuple[str, str]],
    settings: CodeQASettings,
    stream_path: tuple[str | int, ...],
) -> PlannedQuestions:
    """The questions about the code, and the texts that they need."""
    rng = named_rng(*stream_path, "questions")
    topics = Topics(rng, settings.near_miss) if settings.form != "files" else None
    drafter = QuestionDrafter(code, topics, calls, changes, rng)
    hops = [settings.hops[number % len(settings.hops)] for number in range(settings.questions)]
    selector = QuestionSelector(drafter, rng)
    selected = [selector.select(number) for number in hops]
    lines = change_log_entries(selected, code, settings.stale, rng)
    facts = [fact for question in selected for fact in question.draft.facts]
    facts += earlier_observations(selected, settings.stale, drafter)
    facts += drafter.remarks(4 + settings.tokens // TOKENS_PER_REMARK) if topics else []
    log = "\n\n".join(lines) + "\n" if lines else ""
    return PlannedQuestions(
        selected, log, shuffled_in_order(facts, rng), near_distractors(selected, code.statements)
    )


def observations(
    facts: Sequence[SessionFact], rng: Stream, remarks: Sequence[str] = ()
) -> list[ShownParagraph]:
    """The paragraphs of a session: facts in their order, with remarks between them."""
    next_facts, next_remarks = iter(facts), iter(remarks)
    order = [True] * len(facts) + [False] * len(remarks)
    rng.shuffle(order)
    times = timestamps(len(order), rng)
    return [
        shown_paragraph(paragraph(next(next_facts) if is_fact else next(next_remarks), time, rng))
        for is_fact, time in zip(order, times, strict=True)
    ]


def tokens(shown_pages: Sequence[Page], events: int) -> int:
    """The tokens of the texts of all events that show something."""
    return sum(count(text_of(page, number + 1, events)) for number, page in enumerate(shown_pages))
