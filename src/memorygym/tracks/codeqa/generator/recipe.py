"""The recipe of a task, which is generated again until it passes its checks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from memorygym.core.json_types import parts_of
from memorygym.core.statements import Statement, Value
from memorygym.core.tokens import abbreviate
from memorygym.core.types import JSON, Budget, Event, Task
from memorygym.datasets.instances.folder import task_id
from memorygym.tracks._qa.generated import strata
from memorygym.tracks._qa.questions import QuestionGold
from memorygym.tracks._qa.stream import QUESTION_KIND
from memorygym.tracks._qa.verification import sound_task
from memorygym.tracks.codeqa.code_view import text_of
from memorygym.tracks.codeqa.fact_reader import read
from memorygym.tracks.codeqa.generator.settings import CodeQASettings
from memorygym.tracks.codeqa.generator.synthetic import GeneratedPackage, generate

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
        from memorygym.tracks.codeqa.verifier import verification

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
