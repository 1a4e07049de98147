"""The fact reader parses shown code, in any part and without indentation."""

from time import process_time

import pytest

from memorygym.core.statements import Statement, StatementIndex
from memorygym.core.tokens import normalize
from memorygym.tracks._qa.questions import Found, Missing
from memorygym.tracks.codeqa.questions import CodeReader
from tests.slow import mostly_slow
from tests.tracks.codeqa.instances import generated, texts_of

READER = CodeReader()
CODE = """[a/quay.py]
@metered(pause=31, window=42)
def sift_quay(crates, margin=37, *, quota=-5):
    if crates > 9:
        raise QuayClosed(crates)
    tallied = weigh_jetty(crates) + QUAY_LIMIT
    return tallied"""


STREAM = (
    CODE,
    """[a/b.py · class AmberQuay]
class AmberQuay(CoralQuay):
    share = 41

[a/c.py]
QUAY_LIMIT = 417
JETTY_LIMIT = 9

[CHANGELOG.md]
Until release 2.1 the value of `JETTY_LIMIT` was `8`; superseded since.
Until release 2.1 the preset for margin of `sift_quay` was `12`; superseded since.

[shell · 2031-03-04 10:41]
The amber dusk import of quay records may hold 31 MB at most.
The amber dusk import of quay records shows 31 rows per page.
The coral ebb audit of mast records fails only when QUAY_LIMIT is overridden.

[shell · 2031-03-04 10:59]
The amber dusk import of quay records may hold 77 MB at most.""",
)
NOTES = READER.against(STREAM)


def facts(text: str, reader: CodeReader = READER) -> set[tuple[str, str, object]]:
    return {fact[:3] for fact in reader.read(text) if fact.key != "source"}


@pytest.mark.parametrize(
    "text", [CODE, normalize(CODE), f"From memory:\n\n{normalize(CODE)}\n\nBye."]
)
def test_a_function_is_read_with_and_without_its_indentation(text: str) -> None:
    assert facts(text) == {
        ("sift_quay", "file", "a.quay"),
        ("sift_quay", "default:margin", "37"),
        ("sift_quay", "default:quota", "-5"),
        ("sift_quay", "argument:metered.pause", "31"),
        ("sift_quay", "argument:metered.window", "42"),
        ("sift_quay", "raises", "QuayClosed"),
        ("sift_quay", "calls:weigh_jetty", "yes"),
        ("sift_quay", "reads:QUAY_LIMIT", "yes"),
    }


@pytest.mark.parametrize("behind", ["keywords: sift, quay", "|\nQuayClosed | return tallied | 7"])
def test_code_that_was_shown_ends_where_it_ended_there(behind: str) -> None:
    code = normalize(CODE).rstrip()
    source = next(f.value for f in NOTES.read(code) if f.key == "source")
    assert [f.value for f in NOTES.read(f"{code}\n{behind}") if f.key == "source"] == [source]


def test_settings_below_a_function_in_json_are_read() -> None:
    text = '{"sift_quay": {"metered": {"pause": 31, "window": 42}, "defaults": {"margin": 37}}}'
    assert facts(text, NOTES) == {
        ("sift_quay", "argument:metered.pause", "31"),
        ("sift_quay", "argument:metered.window", "42"),
        ("sift_quay", "default:margin", "37"),
    }


def test_classes_constants_imports_and_logs_are_read() -> None:
    text = """[a/b.py · class AmberQuay]
class AmberQuay(CoralQuay):
    share = 41

[a/c.py]
QUAY_LIMIT = 417
TABLE_LIMIT = {"dawn": 3}
OTHER_LIMIT = compute(3)

[a/d.py]
from a.quay import sift_quay, weigh_jetty

[CHANGELOG.md]
Until release 2.1 the value of `QUAY_LIMIT` was `512`; superseded since."""
    assert facts(normalize(text)) == {
        ("AmberQuay", "file", "a.b"), ("AmberQuay", "base", "CoralQuay"),
        ("AmberQuay.share", "value", "41"), ("QUAY_LIMIT", "value", "417"),
        ("QUAY_LIMIT", "file", "a.c"), ("TABLE_LIMIT", "value", '{"dawn": 3}'),
        ("TABLE_LIMIT", "file", "a.c"), ("sift_quay", "file", "a.quay"),
        ("weigh_jetty", "file", "a.quay"), ("QUAY_LIMIT", "value", "512"),
    }  # fmt: skip
    statement = StatementIndex(READER.read(text)).get("QUAY_LIMIT", "value")
    assert statement and statement.value == "417"


def test_a_decorator_inside_a_function_is_a_call_and_a_raised_class_is_none() -> None:
    code = """[a/b.py]
def test_quay():
    @memoize(key=None)
    def inner(crates):
        raise URLQuayClosed(crates)
    return inner(_AMBER_LIMIT)"""
    assert {fact for fact in facts(code) if fact[1] != "file"} == {
        ("test_quay", "calls:memoize", "yes"), ("test_quay", "calls:inner", "yes"),
        ("test_quay", "raises", "URLQuayClosed"), ("test_quay", "reads:_AMBER_LIMIT", "yes"),
    }  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "def f(a=37):\nreturn a",
        "",
        "[a/b.py]",
        "[a/b.py]\ndef f(:",
        "][",
        "[a/b.py]\n@a\nx = 'def '",
    ],
)
def test_a_text_without_heading_or_code_has_no_statements(text: str) -> None:
    assert READER.read(text) == ()


def test_the_later_observation_holds_in_any_order() -> None:
    early = (
        "[shell · 2031-03-04 10:41]\nThe amber dusk import of quay records may hold 31 MB at most."
    )
    late = (
        "[ticket · 2031-03-04 10:59]\n"
        "No more than 77 MB are allowed for the amber dusk import of quay records."
    )
    for texts in ([early, late], [late, early]):
        known = StatementIndex(statement for text in texts for statement in READER.read(text))
        result = READER.answer(
            READER.ask("How many MB may the amber dusk import of quay records hold?"), known
        )
        assert isinstance(result, Found) and result.answer == "77"


@mostly_slow("form", ["files", "session", "mixed"], quick=1)
def test_the_reader_parses_its_own_sentences(form: str) -> None:
    statements = [
        statement for text in texts_of(generated(form=form)) for statement in READER.read(text)
    ]
    assert len(statements) > 400
    for statement in statements:
        assert READER.read(READER.render(statement)) == (statement,)
        assert READER.read(
            normalize(f"Kept.\n{READER.render(statement)} {READER.render(statement)}")
        ) == (
            statement,
            statement,
        )


SIFT = {
    ("sift_quay", "default:margin", "37"), ("sift_quay", "argument:metered.pause", "31"),
    ("sift_quay", "raises", "QuayClosed"), ("sift_quay", "calls:weigh_jetty", "yes"),
    ("sift_quay", "reads:QUAY_LIMIT", "yes"), ("sift_quay", "file", "a.quay"),
}  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "# a/quay.py\nsift_quay(crates, margin=37)  @metered(pause=31)  raises QuayClosed, calls"
        " weigh_jetty, uses QUAY_LIMIT",
        "`sift_quay` lives in a.quay; margin default 37; argument metered.pause is 31. It raises"
        " QuayClosed.\nIt calls weigh_jetty and reads QUAY_LIMIT.",
        "## sift_quay\n- module: a/quay.py\n- default of margin = 37\n"
        "- argument metered.pause = 31\n- exception raised: QuayClosed\n"
        "- calls: weigh_jetty\n- reads: `QUAY_LIMIT`",
        '{"sift_quay": {"module": "a.quay", "default_of_margin": 37, "argument_metered_pause": 31,'
        ' "exception_raised": "QuayClosed", "calls": "weigh_jetty", "reads": "QUAY_LIMIT"}}',
        "a/quay.py:\n```python\n@metered(pause=31)\ndef sift_quay(crates, margin=37):\n"
        "    raise QuayClosed(weigh_jetty(QUAY_LIMIT))\n```",
    ],
)
def test_notes_of_a_function_are_read(text: str) -> None:
    assert facts(text, NOTES) == SIFT


def test_notes_of_constants_classes_and_topics_are_read() -> None:
    text = """Limits: QUAY_LIMIT 417, JETTY_LIMIT = 9 (8 was before 1.2, obsolete).
AmberQuay inherits from CoralQuay.
* amber dusk import of quay records: user wants max. 31 rows per page
* the coral ebb audit of mast records fails only when QUAY_LIMIT is overridden (earlier note said
  JETTY_LIMIT, superseded)"""
    assert facts(text, NOTES) == {
        ("QUAY_LIMIT", "value", "417"), ("JETTY_LIMIT", "value", "9"),
        ("JETTY_LIMIT", "value", "8"), ("AmberQuay", "base", "CoralQuay"),
        ("the amber dusk import of quay records", "rows", "31"),
        ("the coral ebb audit of mast records", "setting", "QUAY_LIMIT"),
    }  # fmt: skip
    statement = StatementIndex(NOTES.read(text)).get("JETTY_LIMIT", "value")
    assert statement and statement.value == "9"


def test_the_later_row_holds_and_a_superseded_one_does_not() -> None:
    table = """| entity | attribute | value | qualifier | date |
| --- | --- | --- | --- | --- |
| the amber dusk import of quay records | memory cap | 77 MB | | 2031-03-04 10:59 |
| the amber dusk import of quay records | memory cap | 31 MB | | 2031-03-04 10:41 |
| sift_quay | default of margin | 37 | | |
| sift_quay | default of margin | 12 | superseded | |"""
    known = StatementIndex(NOTES.read(table))
    memory = known.get("the amber dusk import of quay records", "memory")
    margin = known.get("sift_quay", "default:margin")
    assert memory and margin and (memory.value, margin.value) == ("77", "37")


@pytest.mark.parametrize(
    "text",
    [
        "DEBUG sift_quay called 17 times in this run.", "QUAY_LIMIT is mentioned in 12 tickets.",
        "Review: sift_quay needs a line in the manual.", "Job 37 waits for the amber audit of mast"
        " records.", "17 objects of AmberQuay alive at the end of the run.",
        "default of margin: 37",
    ],
)  # fmt: skip
def test_a_text_that_names_no_owner_or_no_key_states_nothing(text: str) -> None:
    assert READER.read(text) == ()


def test_statements_without_an_owner_are_counted() -> None:
    assert NOTES.coverage("default of margin: 37") == (0, 1)
    assert NOTES.coverage(f"{CODE}\n\nsift_quay: default of quota 5") == (10, 0)


@pytest.mark.slow
@pytest.mark.parametrize("unit", ["a_b: default of c 3, ", "The entry for value at A_B reads 3 "])
def test_time_is_linear_in_the_length_of_a_line(unit: str) -> None:
    def seconds(length: int) -> float:
        start = process_time()
        READER.read((unit * length)[:length])
        return process_time() - start

    seconds(1_000)
    # A quadratic time is 400 times as long.
    assert seconds(80_000) < 100 * max(0.01, seconds(4_000))


def test_missing_facts_are_named_step_by_step() -> None:
    query = READER.ask(
        "What is the value of the constant read by the function called by name in `sift`?"
    )
    steps = [("sift", "calls:weigh_jetty", "yes"), ("weigh_jetty", "reads:QUAY_LIMIT", "yes"),
             ("QUAY_LIMIT", "value", "417")]  # fmt: skip
    known: list[Statement] = []
    for subject, key, value in steps:
        result = READER.answer(query, StatementIndex(known))
        assert isinstance(result, Missing) and result.query == subject
        known.append(Statement(subject, key, value))
    assert READER.answer(query, StatementIndex(known)) == Found("417", tuple(known))


@pytest.mark.parametrize(
    "text", ["", "Hello.", "What is the value of it?", "=== FILE ===\n[a.py]\nx = 1"]
)
def test_a_text_without_a_question_has_no_query(text: str) -> None:
    assert READER.ask(text) is None
