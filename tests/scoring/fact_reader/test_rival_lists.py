"""Lists of all that a value may be, or of all that may be related: they tell nothing."""

import pytest

from memorygym.core.statements import UNSTATED, Statement, StatementIndex
from memorygym.scoring.fact_reader.matching import Matcher
from memorygym.tracks.codeqa import fact_reader as codeqa
from memorygym.tracks.dialogue.fact_reader import reader_for
from memorygym.tracks.research.vocabulary import VOCABULARY as RESEARCH
from memorygym.tracks.worlds.fact_reader import strong_reader
from memorygym.tracks.worlds.vocabulary import vocabulary_of
from tests.episodes import generated
from tests.layouts.materials import shown_code
from tests.layouts.tasks import shown_world
from tests.scoring.fact_reader.test_matching import CERAMICS, HARBOR, STATED

LEVELS = "negligible minor guarded moderate elevated serious severe critical dire".split()
DAYS = [f"2027-09-{day:02}" for day in range(1, 31)]
NAMES = [HARBOR, CERAMICS, "Umber Glass", "Birch Marine", "Orm Quay", "Dun Rail", "Wes Foods"]
PEOPLE = ["Bob Ray", "Cora Vale", "Ann Lee", "Dan Poe", "Eve Orr", "Fay Kerr", "Gus Low"]
COMPANIES = (
    *STATED,
    Statement(HARBOR, "k", "2027-09-11"),
    *(Statement(name, "category", "Mining") for name in NAMES[2:]),
)


def numbers(form: str) -> str:
    return " ".join(form.format(number) for number in range(210, 240))


def companies() -> Matcher:
    guide = strong_reader(shown_world("company")[0]).guide
    return Matcher(vocabulary_of(guide), COMPANIES)


def held(matcher: Matcher, text: str) -> set[tuple[object, ...]]:
    return {fact[:3] for fact in matcher.read(text).facts if fact.role != UNSTATED}


@pytest.mark.parametrize(
    "text",
    [
        f"{', '.join(NAMES)} supplies {', '.join(NAMES)}.",
        "\n".join(f"{a} supplies {b}." for a in NAMES for b in NAMES if a != b),
        "\n".join(["# Larkin Harbor", *LEVELS]),
        "\n".join(["# Larkin Harbor", *DAYS]),
        "\n".join(["# Technology", *NAMES]),
        f"Larkin Harbor delivery vans {numbers('was {}')}",
        f"Larkin Harbor delivery vans {numbers('{} higher')}",
        "\n".join(f"Larkin Harbor delivery vans was {number}" for number in range(210, 240)),
    ],
)
def test_a_list_of_all_that_a_company_may_have_tells_nothing(text: str) -> None:
    assert held(companies(), text) == set()


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Larkin Harbor employees was 71,000, then 83,399", {83399, 71000}),
        ("Larkin Harbor: employees 71,000 → 83,399, delivery vans 229", {83399, 71000, 229}),
        ("# Larkin Harbor\nsevere\nminor", {"severe"}),
        ("# Technology\nLarkin Harbor", {"Technology"}),
        ("Larkin Harbor supplies Eastgate Ceramics and Umber Glass.", {CERAMICS}),
    ],
)
def test_histories_and_lists_of_stated_values_are_read(text: str, values: set[object]) -> None:
    assert {value for _, _, value in held(companies(), text)} >= values


def test_values_in_texts_of_their_own_make_a_key_unknown_too() -> None:
    facts = [f for level in LEVELS for f in companies().read(f"# Larkin Harbor\n{level}").facts]
    assert StatementIndex(facts).current(HARBOR, "i") is None


@pytest.mark.parametrize("word", ["was ", "hm ", "then "])
def test_a_list_of_people_tells_no_mayor(word: str) -> None:
    stated = [Statement("Orm Ford", "mayor", "Ann Lee")]
    stated += [Statement(name, "birth year", 1980) for name in PEOPLE]
    text = f"Orm Ford mayor {' '.join(word + name for name in PEOPLE)}"
    assert held(Matcher(RESEARCH, stated), text) == set()


def test_documents_and_notes_that_the_stream_did_not_show_are_read_as_other_texts() -> None:
    task = generated("company")
    reader = strong_reader(task.system, task.texts)
    fact = next(f for text in task.texts for f in reader.read(text) if isinstance(f.value, int))
    number = int(str(fact.value))
    lists = [fact._replace(value=number + step) for step in range(-10, 10)]
    text = "\n\n".join(f"[Fact · {fact.subject} · current]\n{reader.render(f)}" for f in lists)
    for start in ("", "=== DOCUMENTS · event 1 of 2 ===\n"):
        assert StatementIndex(reader.read(start + text)).current(*fact[:2]) is None


def test_canonical_sentences_of_code_count_only_if_the_stream_stated_them() -> None:
    texts, every, _ = shown_code("mixed")
    reader = codeqa.TextReader(texts)
    fact = next(s for s in every if s.key.startswith("default:"))
    assert reader.read(codeqa.render(fact)) == (fact,)
    lists = [fact._replace(value=str(int(fact.text) + step)) for step in range(-10, 10)]
    found = reader.read("\n".join(map(codeqa.render, lists)))
    assert {f.role for f in found} == {UNSTATED}
    code = f"[a.py]\ndef {fact.subject}({fact.key.partition(':')[2]}=99999):\n    return 1"
    assert all(f.value != "99999" or f.role == UNSTATED for f in reader.read(code))


@pytest.mark.parametrize("form", ["# Ada Novak\n{}", "Ada Novak colour {}", "Ada Novak: {}"])
def test_a_list_of_all_colours_tells_no_wish(form: str) -> None:
    shown = ("My sister is Ada Novak.", "Ada Novak's colour is grey.")
    reader = reader_for("retail", shown)
    key = next(k for k in reader._vocabulary.keys if k.code == "colour")
    gap = "\n" if form.startswith("#") else " was "
    found = reader.read(form.format(gap.join(key.choices)))
    assert StatementIndex(found).current("Ada Novak", "colour") is None
