"""The offline model copies what matters, under the limit, and always the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memorygym.core.errors import UnknownPart
from memorygym.core.tokens import count, normalize
from memorygym.core.types import Message
from memorygym.memories.stores import prompts
from memorygym.models.extractive import write
from memorygym.models.scripted import Scripted
from memorygym.models.specs import find
from memorygym.models.writer import writer_of

KINDS = {
    "summary": prompts.summary(),
    "facts": prompts.facts(),
    "keywords": prompts.keywords(),
    "triples": prompts.triples(),
}
NOTE = """\
=== DOCUMENTS · event 1 of 34 · 9 January 2031 ===
[Desk bulletin · Larkin Harbor · 9 January 2031]
Larkin Harbor serves 792,761 customers. Reminder: the doors close early. It runs 227 offices.

[Memo · Ann Lee]
Ann Lee plays "The Tempest" at noon.

To end an event that asks nothing, reply without calling a tool."""
SENTENCES = st.sampled_from(
    [
        "Larkin Harbor serves 792,761 customers.",
        "Ann Lee moved to Paris in 2031.",
        "It is 23.5% lower than stated before.",
        'They call it "The Tempest".',
        "Nothing else happened.",
        "Acme Optics staff: 40",
        "\n[Note · Ann Lee · 9 May 2031]\n",
        "\n\n=== DAY 2 ===\n",
        "\n",
    ]
)
TEXTS = st.lists(SENTENCES, max_size=25).map(" ".join) | st.text(max_size=200)
LIMITS = st.integers(0, 90)


@given(st.sampled_from(sorted(KINDS)), TEXTS, LIMITS)
def test_no_reply_exceeds_its_limit(kind: str, text: str, most: int) -> None:
    written = write(KINDS[kind], text, most)
    assert count(written) <= most
    assert normalize(written) == written


@given(TEXTS, LIMITS)
def test_facts_keep_the_order_of_the_text(text: str, most: int) -> None:
    rest, at = normalize(text), 0
    for line in write(KINDS["facts"], text, most).split("\n"):
        at = rest.index(line, at) + len(line)


@given(TEXTS)
def test_a_text_that_fits_is_kept_whole(text: str) -> None:
    kept = write(KINDS["facts"], text, 10_000)
    said = {"Larkin Harbor serves 792,761 customers.", "Ann Lee moved to Paris in 2031."}
    assert all(sentence in kept for sentence in said if sentence in text)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", ["", " \n\n ", f"{prompts.SO_FAR}\n\n{prompts.NEW}\n"])
def test_an_empty_text_gives_nothing(kind: str, text: str) -> None:
    assert write(KINDS[kind], text, 100) == ""


FACTS = [
    "[Desk bulletin · Larkin Harbor · 9 January 2031]",
    "Larkin Harbor serves 792,761 customers.",
    "It runs 227 offices.",
    "[Memo · Ann Lee]",
    'Ann Lee plays "The Tempest" at noon.',
]
TRIPLES = [
    "Larkin Harbor | serves customers | 792,761",
    "Larkin Harbor | runs offices | 227",
    "Ann Lee | plays noon | The Tempest",
]


@pytest.mark.parametrize(("kind", "lines"), [("facts", FACTS), ("triples", TRIPLES)])
def test_a_fact_is_kept_with_its_heading_and_idle_talk_is_dropped(
    kind: str, lines: list[str]
) -> None:
    assert write(KINDS[kind], NOTE, 200).split("\n") == lines


def test_a_docstring_is_code_so_that_a_memory_keeps_what_it_heads() -> None:
    module = '[harbor/limits.py]\n"""Limits of the harbor, in rows."""\n\nMAX_ROWS = 12'
    assert not write(KINDS["facts"], module, 200)


CHANGES = "Ann Lee has 2 more cups than before. Ann Lee has 3 more cups than before."


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Has Ann Lee 3 cups? Bob Ray has 5.", "Bob Ray has 5."),
        (CHANGES, CHANGES.replace(". ", ".\n")),
    ],
    ids=["no question", "a change and the value that it changes"],
)
def test_a_summary_keeps_what_is_known(text: str, kept: str) -> None:
    assert write(KINDS["summary"], text, 50) == kept


def test_the_subjects_of_the_task_come_first() -> None:
    task = prompts.summary("They ask about boats: how many boats each has.")
    text = "Ann Lee has 3 cups.\nBob Ray has 5 boats."
    assert write(task, text, 8) == "Bob Ray has 5 boats."


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("My limit is $160.\nI thought again: my limit is now $145, no longer $160.",
         "my limit is now $145."),
        ("Customer: My dentist is Bob Ray.\nCustomer: My dentist is Eve Hart.",
         "Customer: My dentist is Eve Hart."),
        ("[Note · Ann Lee · 9 May]\nIt has 5 cups, up 9% on the year.",
         "[Note · 9 May]\nAnn Lee has 5 cups."),
        ("[List · Ann Lee]\nBob Ray beat her.", "[List]\nAnn Lee: Bob Ray beat her."),
    ],
    ids=["a new value", "a new name", "pronoun and remark", "subject"],
)  # fmt: skip
def test_notes_are_clauses_that_name_their_subject_and_the_later_one_holds(
    text: str, kept: str
) -> None:
    assert write(KINDS["summary"], text, 60) == kept


def test_notes_follow_the_names_from_the_question_on() -> None:
    links = ["Oak Pier is based in Ford Hill.", "Ford Hill is governed by Ann Lee as mayor."]
    others = [f"Pier{n} Hall is based in Town{n} Hill. Ann{n} Lee sails a boat." for n in range(9)]
    told = ["One question serves all: Who is mayor of the home of Oak Pier?"]
    text = "\n".join([links[1], *others, links[0]])
    written = write(prompts.summary("Answer a question.", told=told), text, 40)
    assert all(link in written for link in links)


def test_notes_on_code_follow_the_calls_from_the_question_on() -> None:
    code = """\
[a/b.py]
def sow_dim_quay(bales, slack=37):
return reap_old_quay(bales)
[a/b.py]
def knead_odd_weir(bales, slack=52):
return bales
[a/c.py · class QuayLog]
def weigh(self, bales, slack=41):
return bales
[a/c.py]
@audited(window=12)
def reap_old_quay(bales, slack=64):
raise SlagJadeClosed(bales)
[a/c.py]
QUAY_OLD_PACE = 91"""
    told = "What is the default of the parameter `slack` of the function called in `sow_dim_quay`?"
    task = prompts.summary("Work.", told=[f"Asked at the end:\n{told}"])
    few = write(task, f"New:\n{code}", 90)
    assert "`sow_dim_quay` calls `reap_old_quay`." in few and "knead_odd_weir" not in few
    assert "The default of `slack` of `reap_old_quay` is 64." in few
    every = write(task, f"New:\n{code}", 500)
    assert "The decorator `audited` of `reap_old_quay` sets `window` to 12." in every
    assert "The default of `slack` of `QuayLog.weigh` is 41." in every
    assert "The value of `QUAY_OLD_PACE` is 91." in every


def test_a_heading_keeps_the_kind_of_source_only_if_the_instruction_speaks_of_it() -> None:
    text = "[Register · Ann Lee · 9 May]\nAnn Lee has 5 cups."
    kept = "[Register · 9 May]\nAnn Lee has 5 cups."
    assert write(prompts.summary("Registers outrank letters."), text, 60) == kept
    assert write(prompts.summary("Count the cups."), text, 60) == kept.replace("Register · ", "")


def test_notes_say_how_many_facts_they_left_out_also_before() -> None:
    halls = [f"{first}{second}ton Hall" for first in "BDFGHKLM" for second in "aeiou"]
    text = "\n".join(f"{hall} has {n} boats in the harbour." for n, hall in enumerate(halls))
    first = write(KINDS["summary"], text, 120)
    assert count(first) <= 120
    kept = first.count("boats")
    assert first.split("\n")[-1].startswith(f"Left out: {40 - kept} facts about ")
    again = write(KINDS["summary"], f"{prompts.SO_FAR}\n{first}\n\n{prompts.NEW}\n{text}", 120)
    assert f"Left out: {40 - kept + 40 - again.count('boats')} facts" in again


def test_keywords_are_names_and_long_words_but_no_numbers() -> None:
    written = write(KINDS["keywords"], NOTE.partition("\n")[2], 100)
    assert written.startswith("Larkin Harbor, Ann Lee, Tempest, customers, ")


@pytest.mark.parametrize("task", ["Task: poem", "Summarise this"])
def test_an_unknown_task_is_named(task: str) -> None:
    with pytest.raises(UnknownPart, match="no task of the model extractive named"):
        write(task, NOTE, 100)


@pytest.mark.parametrize(("asked", "max_tokens"), [(10, None), (2000, 10), (10, 2000)])
def test_the_model_reads_task_and_the_smaller_limit(asked: int, max_tokens: int | None) -> None:
    task = [Message("system", f"{KINDS['facts']}\n\n{prompts.limit(asked)}"), Message("user", NOTE)]
    reply = find("extractive", max_tokens=max_tokens).complete(task, ())
    assert reply.message == Message("assistant", "Larkin Harbor serves 792,761 customers.")
    assert reply.completion_tokens == 9


def test_a_writer_gives_the_model_the_task_and_the_limit() -> None:
    model = Scripted(["<think>well</think>\n\nAnn won."])
    assert writer_of(model)("Task: summary", "Ann won!", 40) == "Ann won."
    system, user = model.seen[0]
    assert system.content.startswith("Task: summary\n\nReply with at most 40 tokens")
    assert user == Message("user", "Ann won!")
