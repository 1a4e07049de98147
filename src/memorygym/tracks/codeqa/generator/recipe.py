"""The recipe of a task: a package, questions about it, a session, and the texts that show them,
generated again until the task passes its checks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import starmap

from memorygym.core.errors import BadSettings
from memorygym.core.json_types import parts_of
from memorygym.core.rng import Stream, named_rng
from memorygym.core.statements import Statement, Value
from memorygym.core.tokens import abbreviate, count
from memorygym.core.types import JSON, Budget, Event, Task
from memorygym.datasets.instances.folder import task_id
from memorygym.tracks._qa.generated import REVEALED, strata
from memorygym.tracks._qa.questions import Question, QuestionGold
from memorygym.tracks._qa.stream import BRIEFING_KIND, QUESTION_KIND, briefing
from memorygym.tracks._qa.verification import sound_task
from memorygym.tracks.codeqa.code_view import Page, cost, pages, paragraphs, text_of
from memorygym.tracks.codeqa.fact_reader import read
from memorygym.tracks.codeqa.generator.definitions import District
from memorygym.tracks.codeqa.generator.distractors import (
    change_log_entries,
    earlier_observations,
    mention_sampler,
)
from memorygym.tracks.codeqa.generator.known_code import KnownCode, statements_of
from memorygym.tracks.codeqa.generator.package import GrowingPackage
from memorygym.tracks.codeqa.generator.question_drafts import QuestionDrafter, select
from memorygym.tracks.codeqa.generator.session import Topics, observations, shuffled_in_order
from memorygym.tracks.codeqa.generator.settings import CodeQASettings
from memorygym.tracks.codeqa.verifier import verification

Need = tuple[str, str, Value]
"""Subject, key and value."""
SYSTEM = (
    "You work on a Python package. Its files and what a debugging session observes are"
    " shown to you a few at a time, and each is gone when the next ones come. Afterwards you are"
    " asked about them. Where an observation contradicts an earlier one, the later one holds; what"
    " the change log tells of earlier releases is superseded. Before you answer, you may recall:"
    " say what you are looking for, and your memory is asked for it. Answer with one value, name or"
    " list, as asked."
)
MODULES = 8
"""Fewest modules of the part with questions."""
TESTS = 3
LOG = "CHANGELOG.md"
REMARKS_PER_FILE = 24
"""Remarks in a file of reviews."""
OBSERVED = 60
"""Approximate tokens of an observation."""


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
    selected = select(drafter, hops)
    if lines := change_log_entries(selected, drafter, settings.stale):
        package.add(LOG, "\n\n".join(lines) + "\n")
    facts = [fact for draft in selected for fact in draft.facts]
    questions = [draft.question for draft in selected]
    facts += earlier_observations(selected, drafter, settings.stale)
    if drafter.topics:
        room = (settings.tokens - package.cost) // OBSERVED - len(facts)
        facts += drafter.remarks(facts, max(0, room))
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
    told = _briefing(settings.reveal, questions)
    package.cost += cost(session) + sum(cost(page.paragraphs) for page in told)
    if package.cost > settings.tokens * 1.005:
        raise BadSettings(
            f"{settings.tokens:,} tokens are out of reach for {settings.questions} questions; from"
            f" {package.cost + 200:,} on there is room for them"
        )
    package.grow(settings.tokens, stream("growth"))

    def shown() -> list[Page]:
        files = starmap(paragraphs, package.files.items())
        return [*told, *pages(files, session, settings.form, stream("pages"))]

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
    for _ in range(MODULES + max(0, settings.questions - 6)):
        package.module(district)
    for _ in range(TESTS):
        package.test(district, rng)
    code = KnownCode(statements_of(package.files))
    rng = stream("questions")
    topics = Topics(rng, settings.near_miss) if settings.form != "files" else None
    return QuestionDrafter(code, topics, rng)


def _briefing(reveal: str, questions: Sequence[Question]) -> list[Page]:
    """The first event, if the questions are revealed."""
    texts = [question.text for question in questions]
    told = briefing("You work on this package to answer these questions", texts)
    return [Page(BRIEFING_KIND, (told,))] if reveal == REVEALED else []


def _tokens(shown: Sequence[Page], questions: int) -> int:
    """The tokens of the texts of all events that show something."""
    events = len(shown) + questions
    return sum(count(text_of(page, number, events)) for number, page in enumerate(shown, 1))


@dataclass(frozen=True, slots=True)
class CodeQARecipe:
    """The recipe of one instance."""

    settings: CodeQASettings
    seed: int
    """The number of the instance."""
    stream: int = 0
    """The seed of the run."""

    @property
    def template(self) -> str:
        """The stratum: the length."""
        return f"synth-{abbreviate(self.settings.tokens)}"

    def parameters(self) -> dict[str, JSON]:
        return {**parts_of(self.settings), "hops": [*self.settings.hops]}

    def generate(self) -> Task:
        """The first task that passes every check. Raises BadSettings if no draft does."""
        return sound_task(f"{self.template}, instance {self.seed}", self._draft, verification)

    def _draft(self, attempt: int) -> Task:
        """The task of an attempt. Raises NoDraft."""
        seed = self.stream, self.seed
        return task_of(self, generate(seed, attempt, self.settings), attempt)


def recipes(parameters: Mapping[str, str], n: int, seed: int) -> list[CodeQARecipe]:
    """The recipes; the strata alternate. Raises BadSettings with the possible values."""
    settings = [CodeQASettings(**values) for values in strata("codeqa", CodeQASettings, parameters)]
    return [CodeQARecipe(settings[number % len(settings)], number, seed) for number in range(n)]


def task_of(recipe: CodeQARecipe, generated: GeneratedPackage, attempt: int) -> Task:
    """The task of a package; only its gold table contains answers."""
    count = len(generated.pages) + len(generated.questions)
    events = [
        Event(page.kind, text_of(page, number, count))
        for number, page in enumerate(generated.pages, 1)
    ]
    stated = _first_stated(generated, [event.text for event in events])
    questions = tuple(
        replace(question, event=event, needs=tuple(stated[need[:3]] for need in question.needs))
        for event, question in enumerate(generated.questions, len(events))
    )
    events += [
        Event(QUESTION_KIND, f"=== QUESTION · event {number} of {count} ===\n{question.text}")
        for number, question in enumerate(questions, len(events) + 1)
    ]
    about: Mapping[str, JSON] = {
        "template": recipe.template,
        "seed": recipe.seed,
        "attempt": attempt,
        "parameters": recipe.parameters(),
    }
    task = Task("", "codeqa", about, SYSTEM, tuple(events), Budget(), QuestionGold(questions))
    return replace(task, id=task_id(task))


def _first_stated(generated: GeneratedPackage, texts: Sequence[str]) -> dict[Need, Statement]:
    """The needed facts, as they are stated first."""
    needs = (need[:3] for question in generated.questions for need in question.needs)
    paragraphs = [paragraph for text in texts for paragraph in text.split("\n\n")]
    parsed = cache(read)
    stated: dict[Need, Statement] = {}
    for need in dict.fromkeys(needs):
        # A topic may begin a sentence with a capital letter.
        subject = need[0]
        word = subject[1:] if " " in subject else subject.rpartition(".")[2]
        statements = (fact for part in paragraphs if word in part for fact in parsed(part))
        stated[need] = next(fact for fact in statements if fact[:3] == need)
    return stated
