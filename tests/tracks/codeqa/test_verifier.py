"""Guesses from the text alone, and how often they may be right."""

import pytest

from memorygym.core.types import Budget, Event, Task
from memorygym.tracks._qa.ablation import TaskReadings
from memorygym.tracks._qa.questions import QuestionGold
from memorygym.tracks.codeqa.generator.question_drafts import ALIKE
from memorygym.tracks.codeqa.questions import CodeReader
from memorygym.tracks.codeqa.verifier import TextGuesser, together
from tests.tracks.codeqa.instances import generated, texts_of

SHOWN = """[a/b.py]
class SlagLarchClosed(Exception):
    code = 3

[a/b.py]
class SlagAlderClosed(SlagLarchClosed):
    code = 4

[a/b.py]
def sow_quay(bales, slack=37):
    raise SlagLarchClosed(bales)

[a/c.py]
def reap_quay(bales, slack=37):
    sow_quay(bales)
    raise SlagAlderClosed(bales)

[a/c.py]
def knead_quay(bales, slack=41):
    raise SlagLarchClosed(bales)

[a/d.py]
def etch_quay(bales, slack=52):
    reap_quay(bales)
    raise SlagAlderClosed(bales)"""


@pytest.mark.parametrize(
    ("question", "guesses"),
    [
        ("Which exception does `sow_quay` raise?",
         ("SlagLarchClosed", "SlagLarchClosed", "SlagAlderClosed", "SlagAlderClosed")),
        ("What is the default of the parameter `slack` of `knead_quay`?", ("37", "37", "41", "52")),
        ("In which module is `etch_quay` defined? Give the module's own name.",
         ("b", "b", "d", "d")),
        ("Which 2 functions call `sow_quay`? Give their number and their names.",
         ("2 (knead_quay, reap_quay)", "2 (etch_quay, reap_quay)", "2 (knead_quay, reap_quay)",
          "2 (etch_quay, reap_quay)")),
        ("What is the sum of the default of the parameter `slack` of `sow_quay` and the default of"
         " the parameter `slack` of `etch_quay`?", ("74", "74", "89", "104")),
    ],
)  # fmt: skip
def test_the_guesses_see_words_and_their_places_alone(
    question: str, guesses: tuple[str, ...]
) -> None:
    task = Task("", "codeqa", {}, "", (Event("file", SHOWN),), Budget(), QuestionGold(()))
    reading = TaskReadings(task, CodeReader())
    query = CodeReader().ask(question)
    assert query and tuple(TextGuesser(reading).guesses(query).values()) == guesses


@pytest.mark.parametrize(("right", "choices", "ok"), [(8, 3000, True), (16, 3000, False),
                                                      (16, 600, True)])  # fmt: skip
def test_a_guess_may_be_right_in_one_of_twenty_or_as_often_as_chance(
    right: int, choices: int, ok: bool
) -> None:
    counts = {
        "asked": {"base": 100}, "choices": {"base": choices},
        "tried": {"base: last": 100}, "right": {"base: last": right},
    }  # fmt: skip
    (check,) = together({"text_guesses": counts}).values()
    assert check["ok"] == ok and check["last"] == f"{right}.0%"


def test_no_exception_and_no_observed_value_stands_out() -> None:
    texts = "\n".join(texts_of(generated(tokens=20_000, questions="8", hops="1", stale=0)))
    raised = [line.split()[1] for line in texts.split("\n") if line.strip().startswith("raise ")]
    assert len(raised) >= 20 and max(map(raised.count, raised)) <= 2
    for words in (" rows a page", " entries", " MB ", " the fault behind"):
        assert not 0 < texts.lower().count(words.lower()) < ALIKE / 3
