"""Deals an instance: a package, questions about it and a session, and the texts that show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from memorygym.core.errors import BadSettings
from memorygym.core.rng import Stream, named_rng
from memorygym.core.statements import Statement
from memorygym.core.tokens import count
from memorygym.tracks.codeqa.code_view import (
    Page,
    ShownParagraph,
    pages,
    paragraphs,
    shown,
    text_of,
)
from memorygym.tracks.codeqa.fact_reader import read
from memorygym.tracks.codeqa.generator.distractors import MentionSampler, crowd_of
from memorygym.tracks.codeqa.generator.filler import Growth, breaking, try_out
from memorygym.tracks.codeqa.generator.package import TESTED, GrowingPackage
from memorygym.tracks.codeqa.generator.paths import Walker
from memorygym.tracks.codeqa.generator.question_drafts import QuestionDrafter, Runs
from memorygym.tracks.codeqa.generator.question_selection import Chooser, Chosen
from memorygym.tracks.codeqa.generator.session import (
    SessionFact,
    Topics,
    in_order,
    paragraph,
    stamps,
)
from memorygym.tracks.codeqa.generator.settings import SYNTH, CodeQASettings
from memorygym.tracks.codeqa.generator.stale_values import (
    MisleadingStatement,
    changed,
    earlier,
    nearby,
)
from memorygym.tracks.codeqa.generator.syntax_tree import Tree, exceptions, tree

MODULES = 5
"""Of the part that is asked about, at least."""
TESTS = 3
LOG = "CHANGELOG.md"
A_PAGE = 24
"""Remarks in a file of them."""
OBSERVED = 60
"""Tokens of an observation, more or less."""
A_REMARK = 15_000
"""Tokens for which the session observes something that is not asked for."""


@dataclass(frozen=True, slots=True)
class GeneratedPackage:
    """What an instance is assembled from."""

    name: str
    """Of the package."""
    files: Mapping[str, str]
    pages: Sequence[Page]
    chosen: Sequence[Chosen]
    near: Sequence[MisleadingStatement]


@dataclass(frozen=True, slots=True)
class PlannedQuestions:
    """Questions, and what the change log and the session must tell for them."""

    chosen: list[Chosen]
    log: str
    told: list[SessionFact]
    near: list[MisleadingStatement]


def generate(seed: tuple[int, int], attempt: int, settings: CodeQASettings) -> GeneratedPackage:
    """A synthetic instance before it is proven. Raises BadSettings where a length is too short."""
    where = ("codeqa", *seed, settings.tokens, attempt)
    package = GrowingPackage(named_rng(*where, "package"), settings.near_miss)
    rng = named_rng(*where, "core")
    district = package.district()
    for _ in range(MODULES + max(0, settings.questions - 6) // 2):
        package.module(district)
    for _ in range(TESTS):
        package.test(district, rng.sample(district.functions, TESTED))
    values = try_out(package, district.functions, rng)
    seen = tree(package.files)
    runs = Runs({call: str(value) for call, value in values.items()}, breaking(package, seen, rng))
    asked = questions(package.files, seen, runs, settings, where)
    if asked.log:
        package.files[LOG] = asked.log
    growth = Growth(package, OBSERVED * len(asked.told))
    crowd = crowd_of(asked.chosen, seen, district, named_rng(*where, "crowd"))
    package.crowd, package.crowding = crowd, settings.crowd / (200 - settings.crowd)
    remarks = _remarks(growth, crowd, settings, named_rng(*where, "remarks"))
    watched = observations(asked.told, named_rng(*where, "session"), remarks)
    growth.cost += sum(one.cost for one in watched) - OBSERVED * len(asked.told)
    if growth.cost > settings.tokens * 1.005:
        raise BadSettings(
            f"{settings.tokens:,} tokens are out of reach for {settings.questions} questions; from"
            f" {growth.cost + 200:,} on there is room for them"
        )
    growth.grow(settings.tokens, named_rng(*where, "growth"))
    growth.finish()
    shape = (watched, settings.form)
    made = pages(list(growth.files.values()), *shape, named_rng(*where, "pages"))
    growth.fill(settings.tokens - tokens(made, len(made) + settings.questions))
    made = pages(list(growth.files.values()), *shape, named_rng(*where, "pages"))
    return GeneratedPackage(f"synth-{package.name}", package.files, made, asked.chosen, asked.near)


def _remarks(
    growth: Growth, crowd: MentionSampler, settings: CodeQASettings, rng: Stream
) -> list[str]:
    """Half of the crowd: what the session remarks, or files of reviews where there is none."""
    room = max(0, settings.tokens - growth.cost)
    found = crowd.remarks(room * settings.crowd // 200, rng)
    if settings.form != "files":
        return found
    for number, at in enumerate(range(0, len(found), A_PAGE), 1):
        path = f"docs/review_{number}.md"
        growth.package.files[path] = "\n\n".join(found[at : at + A_PAGE]) + "\n"
    growth.take_new()
    return []


def questions(
    files: Mapping[str, str],
    seen: Tree,
    runs: Runs,
    settings: CodeQASettings,
    where: tuple[str | int, ...],
) -> PlannedQuestions:
    """Chooses questions over the files, and what has to be told for them."""
    rng = named_rng(*where, "questions")
    walker = walker_of(seen, settings, rng)
    statements = [one for path, code in files.items() for one in said(path, code)]
    hops = [settings.hops[n % len(settings.hops)] for n in range(settings.questions)]
    chooser = Chooser(QuestionDrafter(walker, runs), statements, rng)
    chosen = [chooser.choose(number) for number in hops]
    lines = changed(chosen, statements, settings.stale, rng, chooser.known)
    told = [one for each in chosen for one in each.draft.told]
    told += earlier(chosen, settings.stale, walker, chooser.known)
    told += walker.remarks(4 + settings.tokens // A_REMARK) if walker.topics else []
    log = "\n\n".join(lines) + "\n" if lines else ""
    return PlannedQuestions(chosen, log, in_order(told, rng), nearby(chosen, statements))


def walker_of(seen: Tree, settings: CodeQASettings, rng: Stream) -> Walker:
    """What draws names; a dealt session may end with any class, another only with exceptions."""
    topics = Topics(rng, settings.near_miss) if settings.form != "files" else None
    return Walker(seen, topics, rng, None if settings.source == SYNTH else exceptions(seen))


def said(path: str, code: str) -> list[Statement]:
    """What the reader takes from a file as it is shown."""
    return [one for shown in paragraphs(path, code) for one in read(shown)]


def observations(
    told: Sequence[SessionFact], rng: Stream, remarks: Sequence[str] = ()
) -> list[ShownParagraph]:
    """The paragraphs of a session: facts in their order, and remarks anywhere between them."""
    facts, others = iter(told), iter(remarks)
    order = [True] * len(told) + [False] * len(remarks)
    rng.shuffle(order)
    times = stamps(len(order), rng)
    return [
        shown(paragraph(next(facts) if fact else next(others), at, rng))
        for fact, at in zip(order, times, strict=True)
    ]


def tokens(made: Sequence[Page], events: int) -> int:
    """Of the texts of all events that show something."""
    return sum(count(text_of(page, n + 1, events)) for n, page in enumerate(made))
