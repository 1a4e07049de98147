"""Memories whose model extracts facts: its calls, the search results and the stored entries."""

from collections.abc import Callable

import pytest

from memorygym.core.budget import BudgetTracker
from memorygym.core.rng import named_rng
from memorygym.core.types import Budget, Memory, Message
from memorygym.memories.stores.reply_parser import facts, keywords, triples
from memorygym.models.extractive import write
from tests.memories.parts import opened

NAMES = ["simplemem-lite", "lightmem-lite", "amem-lite", "hipporag-lite"]
HARBOR = "[Note · Larkin Harbor · 3 May]\nLarkin Harbor has 40 lamps. It opened in 1999."
MEADOW = "[Note · Garnet Meadow · 4 May]\nGarnet Meadow supplies Larkin Harbor."
OTHERS = [f"[Note · Pier {n} · 5 May]\nPier {n} has {n}00 boats." for n in range(1, 8)]
GARBAGE = ["", "```", "---\n:::", "Sorry:", "| |\n,,,"]
each = pytest.mark.parametrize("name", NAMES)


class ModelCall:
    """A writer that counts its calls; it gives the replies of a function, or of `extractive`."""

    def __init__(self, reply: Callable[[str, str], str] | None = None) -> None:
        self.texts: list[str] = []
        self._reply = reply

    def __call__(self, task: str, text: str, most: int) -> str:
        self.texts.append(text)
        return self._reply(task, text) if self._reply else write(task, text, most)


def memory_with(spec: str, *texts: str, writer: ModelCall | None = None) -> Memory:
    memory = opened(spec, writer or ModelCall())
    for text in texts:
        memory.observe([Message("user", text)])
    return memory


def view(memory: Memory, question: str, budget: int | None = None) -> str:
    composed = memory.compose([Message("user", question)], budget)
    return "\n\n".join(message.content for message in composed)


@each
def test_the_requested_fact_is_shown_under_its_heading(name: str) -> None:
    memory = memory_with(name, *OTHERS, HARBOR)
    shown = view(memory, "How many lamps has Larkin Harbor?").split("\n\n")
    assert any(
        part.startswith("[Note · Larkin Harbor · 3 May]\nLarkin Harbor has 40 lamps.")
        for part in shown
    )


@each
@pytest.mark.parametrize("reply", GARBAGE)
def test_the_passage_stays_if_the_model_writes_nothing_usable(name: str, reply: str) -> None:
    memory = memory_with(name, HARBOR, *OTHERS, writer=ModelCall(lambda *_: reply))
    assert HARBOR in view(memory, "lamps Larkin Harbor")


@each
def test_metadata_counts_towards_the_capacity_and_is_not_shown(name: str) -> None:
    memory = memory_with(name, HARBOR, MEADOW, *OTHERS)
    lines = view(memory, "Larkin Harbor lamps boats").split("\n")
    stored = "\n".join(entry.stored for entry in memory.dump())
    assert not [line for line in lines if line.startswith(("keywords:", "links:", "~", "|"))]
    assert not [line for line in lines if " | " in line]
    assert name != "amem-lite" or "keywords: Larkin Harbor" in stored
    assert name != "hipporag-lite" or "Garnet Meadow | supplies | Larkin Harbor" in stored


@each
def test_a_restored_memory_shows_the_same_whatever_the_model_wrote(name: str) -> None:
    pieces = ["[A · B]", "a b | c | d", "links: 3", "~", "keywords:", "|", "1. x", "Ann ran", ""]
    rng = named_rng("test", name)

    def reply(*_: str) -> str:
        return "\n".join(rng.choice(pieces) for _ in range(rng.below(6)))

    memory, other = opened(name, ModelCall(reply), 150), opened(name, ModelCall())
    texts = [*OTHERS, HARBOR, "|\n~\nlinks: 2", "a b.\nkeywords:\nlinks:", MEADOW, *OTHERS]
    for text in texts:
        memory.observe([Message("user", text)])
        other.open(BudgetTracker(Budget()).context(ModelCall()))
        other.restore(memory.dump())
        assert other.dump() == memory.dump()
        for question in ("a b", "boats of Pier 3", "Ann", HARBOR):
            assert view(other, question) == view(memory, question)


@pytest.mark.parametrize(
    "spec", ["simplemem-lite:top_k=1", "lightmem-lite:top_k=1", "hipporag-lite:top_k=1",
             "amem-lite:top_k=1:retrieve_k=1:neighbours=0"],
)  # fmt: skip
def test_the_question_itself_takes_no_place_of_a_search_result(spec: str) -> None:
    question = "How many lamps has Larkin Harbor?"
    assert "40 lamps" in view(memory_with(spec, *OTHERS, HARBOR, question), question)


@pytest.mark.parametrize("name", ["simplemem-lite", "lightmem-lite", "amem-lite"])
def test_vectors_join_the_words_where_an_embedder_is_named(name: str) -> None:
    texts = ["[Note · Ann]\nAnn photographs lighthouses.", *OTHERS]
    plain, fused = (memory_with(f"{name}:embedder={how}", *texts) for how in ("none", "hashed"))
    assert "photographs" not in view(plain, "photography?")
    assert "photographs" in view(fused, "photography?")


def test_simplemem_keeps_a_repeated_fact_once_without_another_model_call() -> None:
    writer = ModelCall()
    memory = memory_with("simplemem-lite", "Ann has 3 cats.", "Bob has 4 dogs.", writer=writer)
    memory.observe([Message("user", "Ann has 3 cats.")])
    assert [entry.text for entry in memory.dump()] == ["Bob has 4 dogs.", "Ann has 3 cats."]
    assert len(writer.texts) == 2


def test_simplemem_shows_thirty_facts_unless_told_otherwise() -> None:
    facts = [f"Pier {n} has {n}00 boats." for n in range(1, 60)]
    assert view(memory_with("simplemem-lite", *facts), "boats?").count("boats") == 30


def test_lightmem_calls_its_model_once_per_buffer_and_simplemem_once_per_passage() -> None:
    buffered, single = ModelCall(), ModelCall()
    memory_with("lightmem-lite:buffer_size=100", *OTHERS * 2, HARBOR, writer=buffered)
    memory_with("simplemem-lite", *OTHERS, HARBOR, writer=single)
    assert 1 < len(buffered.texts) < len(single.texts) == 8


def test_lightmem_shows_waiting_passages_unchanged() -> None:
    memory = memory_with("lightmem-lite", HARBOR, writer=(writer := ModelCall()))
    assert HARBOR in view(memory, "lamps?")
    assert not writer.texts


def test_lightmem_keeps_a_topic_in_its_own_words_if_the_model_wrote_nothing_of_it() -> None:
    writer = ModelCall(lambda *_: "[Note · Garnet Meadow · 4 May]\nIt supplies Larkin Harbor")
    memory = memory_with("lightmem-lite:buffer_size=1", HARBOR, writer=writer)
    memory = memory_with(
        "lightmem-lite:buffer_size=60", HARBOR, "Bye.", MEADOW, *OTHERS, writer=writer
    )
    stored = [entry.text for entry in memory.dump()]
    assert stored[:2] == [HARBOR, "Bye."]
    assert "[Note · Garnet Meadow · 4 May]\nIt supplies Larkin Harbor." in stored


def test_lightmem_does_not_put_a_passage_under_the_heading_before_it() -> None:
    memory = memory_with("lightmem-lite:buffer_size=30", HARBOR, "Bob has 4 dogs.", *OTHERS)
    assert "Bob has 4 dogs." in [entry.text for entry in memory.dump()]


def named(task: str, text: str) -> str:
    """The names that stand in the heading and in the text, as a model would list them."""
    known = ("Larkin Harbor", "Garnet Meadow", "Alder Bridge", *(f"Pier {n}" for n in range(8)))
    return ", ".join(name for name in known if name in text)


def test_amem_brings_the_notes_that_a_found_note_links_to() -> None:
    texts = [*OTHERS, "[Note · Larkin Harbor]\nIt has 40 lamps.", MEADOW]
    linked = memory_with("amem-lite:retrieve_k=1", *texts, writer=ModelCall(named))
    alone = memory_with("amem-lite:retrieve_k=1:neighbours=0", *texts, writer=ModelCall(named))
    question = "Whom does Garnet Meadow supply?"
    assert "40 lamps" in view(linked, question)
    assert "40 lamps" not in view(alone, question)


def test_amem_follows_links_both_ways() -> None:
    texts = ["[Note · Larkin Harbor]\nIt has 40 lamps.", *OTHERS, MEADOW]
    memory = memory_with("amem-lite:retrieve_k=1", *texts, writer=ModelCall(named))
    assert "Garnet Meadow supplies" in view(memory, "lamps")


def test_amem_lets_the_most_linked_notes_evolve_in_batches() -> None:
    writer = ModelCall(lambda task, text: f"Larkin Harbor, name{len(writer.texts)}")
    memory = memory_with(
        "amem-lite:evo_threshold=4:neighbours=2", HARBOR, MEADOW, *OTHERS[:3], writer=writer
    )
    assert len(writer.texts) == 5 + 2
    assert "keywords: Larkin Harbor, name5" in memory.dump()[0].index
    assert "name2" in writer.texts[4]


def stating(task: str, text: str) -> str:
    """The triple that a sentence of three names states."""
    body = text.rpartition("\n")[2].rstrip(".")
    return body.replace(" supplies ", " | supplies | ").replace(" has ", " | has | ")


def test_hipporag_reaches_a_passage_over_two_hops_that_words_miss() -> None:
    texts = [*OTHERS, "Garnet Meadow supplies Larkin Harbor.", "The Larkin-Harbor has 40 lamps."]
    question = "What has the one that Garnet Meadow supplies?"
    assert "40 lamps" in view(
        memory_with("hipporag-lite", *texts, writer=ModelCall(stating)), question
    )
    assert "40 lamps" not in view(memory_with("bm25", *texts), question)


def test_hipporag_forgets_the_ties_of_what_it_forgets() -> None:
    memory = opened("hipporag-lite", ModelCall(stating), capacity=60)
    for text in ("Garnet Meadow supplies Larkin Harbor.", *OTHERS, "Larkin Harbor has 40 lamps."):
        memory.observe([Message("user", text)])
    assert not any("Garnet" in entry.text for entry in memory.dump())
    assert not view(memory, "Garnet Meadow")


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("1. Ann ran.\n* Bob sat.", [("", "Ann ran."), ("", "Bob sat.")]),
        ("# Ann\nShe ran.", [("# Ann", "She ran.")]),
        ("=== 5 May ===\n[Ann]\nShe ran.", [("=== 5 May ===\n[Ann]", "She ran.")]),
        ("Facts:\n…\n[Ann]", []),
    ],
)
def test_facts_are_read_leniently(reply: str, expected: list[tuple[str, str]]) -> None:
    assert facts(reply) == expected


def test_sentences_are_neither_keywords_nor_parts_of_triples() -> None:
    long = "so " * 40
    assert keywords(f"Ann, {long}, Bob", 9) == ["Ann", "Bob"]
    assert triples(f"Ann | {long} | Bob\nAnn | is | tall | here\nAnn | is | tall") == [
        ("Ann", "is", "tall")
    ]
