"""Generated instances pass their checks, have the target length, and follow their parameters."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memorygym.core import tokens
from memorygym.core.errors import MemoryGymError
from memorygym.core.rng import named_rng
from memorygym.core.statements import Statement
from memorygym.core.track import find
from memorygym.scoring.grading.claims import familiar
from memorygym.scoring.grading.verdict import grade
from memorygym.tracks import codeqa
from memorygym.tracks._qa.questions import QuestionGold
from memorygym.tracks.codeqa.code_view import paragraphs
from memorygym.tracks.codeqa.generator import distractors, identifiers, recipe
from memorygym.tracks.codeqa.generator.distractors import MentionSampler
from memorygym.tracks.codeqa.generator.identifiers import IdentifierPool
from memorygym.tracks.codeqa.generator.settings import CodeQASettings
from memorygym.tracks.codeqa.questions import CodeReader, guess
from tests.episodes import silent
from tests.slow import mostly_slow
from tests.tracks.codeqa.instances import generated, gold_of, recipes, texts_of

READER = CodeReader()
FORMS = ("files", "session", "mixed")


@pytest.mark.slow
@given(
    seed=st.integers(0, 2**40), length=st.integers(11_000, 30_000), form=st.sampled_from(FORMS),
    near=st.integers(0, 3), stale=st.integers(0, 2), hops=st.sampled_from(["1", "2,3", "4,1", "3"]),
)  # fmt: skip
@settings(max_examples=12, deadline=None)
def test_any_parameters_give_a_sound_task_of_the_target_length(
    seed: int, length: int, form: str, near: int, stale: int, hops: str
) -> None:
    parameters = {"form": form, "near_miss": near, "stale": stale, "hops": hops, "questions": 4}
    made = recipes(tokens=length, seed=seed, **parameters)[0].generate()
    shown = sum(map(tokens.count, texts_of(made)))
    assert all(check["ok"] for check in codeqa.verification(made).values())
    assert abs(shown - length) <= length / 100
    expected = [int(part) for part in hops.split(",")]
    assert [question.hops for question in gold_of(made).questions] == [
        expected[index % len(expected)] for index in range(4)
    ]


@pytest.mark.parametrize("form", FORMS)
def test_the_form_decides_the_kinds_of_events(form: str) -> None:
    made = generated(form=form)
    kinds = {event.kind for event in made.events} - {"briefing", "question"}
    expected = {"files": {"file"}, "session": {"observation"}, "mixed": {"file", "observation"}}
    assert kinds == expected[form]
    observed = re.compile(r"^\[[a-z ]+ · \d{4}-", re.MULTILINE)
    assert any(map(observed.search, texts_of(made))) == (form != "files")
    shown = len(texts_of(made))
    for number, event in enumerate(made.events, 1):
        assert f" · event {number} of {len(made.events)} ===\n" in event.text
        asks = event.kind == "briefing" or number > shown
        assert (READER.ask(event.text) is not None) == asks


@pytest.mark.parametrize("reveal", ["immediate", "delayed"])
def test_a_briefing_asks_in_advance_and_states_nothing_unless_it_is_delayed(reveal: str) -> None:
    made = generated(reveal=reveal)
    asked = "\n".join(question.text for question in gold_of(made).questions)
    told = [event for event in made.events if event.text.endswith(f"at the end:\n{asked}")]
    assert told == [event for event in made.events[:1] if reveal == "immediate"]
    assert {event.kind for event in told} <= {"briefing"}
    assert not [READER.read(event.text) for event in told if READER.coverage(event.text) != (0, 0)]


def test_a_passage_holds_every_paragraph_whole() -> None:
    shown = [part for text in texts_of(generated(tokens=40_000)) for part in text.split("\n\n")]
    assert max(map(tokens.count, shown)) <= 512
    assert all(paragraph.count("\n") for paragraph in shown)


@pytest.mark.parametrize("form", FORMS)
def test_each_paragraph_of_each_file_is_shown_once(form: str) -> None:
    made = recipe.generate((0, 0), 0, CodeQASettings(12_000, form=form))
    shown = [paragraph for page in made.pages for paragraph in page.paragraphs]
    files = [part for path, code in made.files.items() for part in paragraphs(path, code)]
    assert sorted(files) == sorted(part for part in shown if re.match(r"\[\S+\.(py|md)\b", part))


def test_an_answer_that_the_question_suggests_is_found() -> None:
    made = generated(seed=3)
    (first, *others) = gold_of(made).questions
    likely = replace(first, truth=guess(READER.ask(first.text)))
    checks = codeqa.verification(replace(made, gold=QuestionGold((likely, *others))))
    assert checks["closed_book"]["right"] == ["q0"]


def rewrites(task: Any) -> int:
    """How many other values than the needed ones were stated."""
    reader = find("codeqa").reader_for(silent(task))
    return sum(reader.rewrites(goal, need) for goal in reader.goals for need in goal.needs)


def test_stale_values_are_shown_and_graded_wrong() -> None:
    without, with_stale = (generated(stale=n, questions="8") for n in ("0", "2"))
    assert rewrites(without) == 0
    assert rewrites(with_stale) >= 4
    assert codeqa.verification(with_stale)["stale"]["values"]


def test_no_class_was_its_own_parent_before() -> None:
    asked, other = (Statement(name, "base", base) for name, base in (("A", "B"), ("C", "A")))
    assert distractors._old_values(asked, [asked, other], named_rng("test"), 2) == []


@mostly_slow("form", ["files", "mixed"], quick=1)
def test_distractor_density_adds_mentions_of_names_in_questions(form: str) -> None:
    def mentions(percent: str) -> int:
        made = generated(distractor_density=percent, form=form, tokens=40_000)
        needed = {fact.subject.rpartition(".")[2][1:] for fact in gold_of(made).needs}
        shown = [part for text in texts_of(made) for part in text.split("\n\n")]
        return sum(any(name in paragraph for name in needed) for paragraph in shown)

    assert mentions("80") > 1.5 * mentions("0")


@pytest.mark.parametrize(
    "name",
    [
        "sift_amber_quay", "AMBER_QUAY_LIMIT", "AmberQuayClosed", "test_amber_quay_sift",
        "the amber dusk import of quay records",
    ],
)  # fmt: skip
def test_a_mention_states_no_fact(name: str) -> None:
    sampler = MentionSampler([name], [], {})
    for remark in sampler.remarks(2_000, named_rng("test", "remarks")):
        assert name in remark
        assert not READER.read(f"[review · 2031-03-04 10:41]\n{remark}")


@mostly_slow("seed", range(4), quick=1)
def test_nearly_right_answers_are_graded_wrong(seed: int) -> None:
    made = generated(seed=seed)
    names = {*re.findall(r"\b(?:def|class) (\w+)", "\n".join(texts_of(made)))}
    for question in gold_of(made).questions:
        asked, truth = question.question_type, question.truth
        assert grade(asked, truth, truth).correct
        for wrong in _near(truth, names):
            assert not grade(asked, truth, wrong, question.rivals).correct, (truth, wrong)


def _near(truth: str, names: set[str]) -> list[str]:
    if truth.lstrip("-").isdigit():
        return [str(int(truth) + 1), str(int(truth) - 1), f"{truth}0"]
    if " (" in truth:
        number, _, listed = truth.partition(" (")
        callers = listed.rstrip(")").split(", ")
        return [f"{number} ({', '.join(callers[1:])})", f"{int(number) + 1} ({listed}"]
    longer = "_AMBER" if truth.isupper() else "_amber"
    return [*sorted(names - {truth})[:40], f"{truth}{longer}", f"{truth}s"]


def test_the_grader_ignores_no_word_of_a_name() -> None:
    drawn = [identifiers.VERBS, identifiers.QUALIFIERS, identifiers.COLOURS]
    drawn += identifiers.DOMAINS.values()
    fixed = [word.lower() for word in identifiers.FAULTS + identifiers.KINDS + identifiers.MEASURES]
    assert [word for words in drawn for word in words if familiar(word)] == []
    assert all(len(set(words)) == len(words) for words in [*drawn, fixed])


def test_names_never_run_out_and_never_repeat() -> None:
    names = IdentifierPool(named_rng("test", "names"), 2)
    drawn = [names.draw("class", "beacons") for _ in range(20_000)]
    assert len({name.casefold() for name in drawn}) == len(drawn)


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({"tokens": 9_000}, "tokens 9,000: give 10,000 to 10,000,000"),
        ({"hops": 5}, "hops 5: give 1 to 4"),
        ({"hops": "many"}, "hops 'many': give whole numbers, as in 1,2,3"),
        pytest.param(
            {"questions": 40, "tokens": 10_000}, "there is room for them", marks=pytest.mark.slow
        ),
        ({"stale": 99}, "stale 99: give 0 to 8"),
        ({"form": "file"}, "form file: give files or session or mixed"),
        ({"stole": 1}, "no parameter of the track codeqa named 'stole'; did you mean stale"),
    ],
)
def test_impossible_parameters_are_refused_with_the_possible_values(
    parameters: dict[str, Any], reason: str
) -> None:
    with pytest.raises(MemoryGymError, match=reason):
        recipes(**parameters)[0].generate()


def test_a_run_alternates_between_the_lengths() -> None:
    data: list[Any] = [*recipes(n=3, tokens="10k,1M")]
    names = [(recipe.template, recipe.seed) for recipe in data]
    assert names == [("synth-10k", 0), ("synth-1M", 1), ("synth-10k", 2)]
    assert json.dumps(data[0].parameters())
