"""The retrieval memories: what they find, what fits, what fades; all of it is in their dumps."""

import pytest

from memorygym.core.tokens import count, shown_tokens
from memorygym.core.types import Memory, Message
from memorygym.memories.stores.passages import HEADING
from tests.memories import parts as memories

SEARCHED = ("bm25", "naive_rag", "hybrid", "memorybank-lite")
FACTS = (
    "[Desk · Acme Harbor]\nAcme Harbor runs 40 beds.",
    "[Desk · Cedar Quay]\nCedar Quay runs 12 beds.",
    "[Desk · Oak Pier]\nOak Pier opened in 1999.",
    "[Desk · Cedar Quay]\nCedar Quay now runs 15 beds.",
)
QUESTION = "How many beds does Cedar Quay run?"
STORIES = (*FACTS, "noted", "Oak Pier?", "\n\n".join(FACTS))


def user_messages(*texts: str) -> tuple[Message, ...]:
    return tuple(Message("user", text) for text in texts)


def opened(spec: str, *texts: str, capacity: int | None = None) -> Memory:
    """A memory that observed the texts; all their words are known."""
    known = [HEADING, QUESTION, *STORIES, *texts]
    memory = memories.opened(spec, capacity=capacity, known=known)
    memory.observe(user_messages(*texts))
    return memory


def parts(memory: Memory, question: str = QUESTION, budget: int | None = None) -> list[str]:
    """What is shown before a question, passage by passage."""
    shown = memory.compose(user_messages(question), budget)
    return [part for message in shown for part in message.content.split("\n\n")[1:]]


@pytest.mark.parametrize("spec", SEARCHED)
def test_the_best_matches_are_shown_in_the_order_of_observation(spec: str) -> None:
    memory = opened(f"{spec}:top_k=2", *FACTS, QUESTION)
    assert parts(memory) == [FACTS[1], FACTS[3]]


@pytest.mark.parametrize("spec", SEARCHED)
def test_a_live_text_takes_no_place_from_other_texts(spec: str) -> None:
    memory = opened(f"{spec}:top_k=1", FACTS[1], QUESTION)
    assert parts(memory) == [FACTS[1]]


@pytest.mark.parametrize("spec", ["naive_rag:chunk_size=20", "memorybank-lite:chunk_chars=60"])
def test_no_part_of_a_split_live_paragraph_is_shown_again(spec: str) -> None:
    long = "\n".join(["[Desk · Cedar Quay]", *(f"Ward {n} has {n}0 beds." for n in range(1, 9))])
    memory = opened(spec, long)
    assert len(memory.dump()) > 1 and parts(memory, long) == []


def test_the_same_sentence_under_another_heading_is_shown() -> None:
    memory = opened("bm25", "[Desk · Cedar Quay]\nIt runs 12 beds.")
    live = "[Desk · Oak Pier]\nIt runs 12 beds."
    assert parts(memory, live) == ["[Desk · Cedar Quay]\nIt runs 12 beds."]


@pytest.mark.parametrize("spec", SEARCHED)
def test_a_budget_that_one_passage_fits_exactly_holds_it(spec: str) -> None:
    exact = shown_tokens(Message("user", f"{HEADING}\n\n{FACTS[1]}"), count)
    memory = opened(spec, FACTS[1], QUESTION)
    assert parts(memory, budget=exact) == [FACTS[1]]
    assert parts(memory, budget=exact - 1) == []


def test_vectors_match_letters_where_no_word_matches() -> None:
    assert parts(opened("naive_rag:top_k=1", *FACTS), "Cedars?") == [FACTS[1]]
    assert parts(opened("bm25:top_k=1", *FACTS), "Cedars?") == []


def test_a_passage_that_is_not_recalled_ranks_below_newer_ones() -> None:
    story = (FACTS[1], *["lamps"] * 200, "A quay of cedar.", QUESTION)
    assert parts(opened("memorybank-lite:top_k=1", *story)) == ["A quay of cedar."]
    assert parts(opened("memorybank-lite:top_k=1:hours_per_message=0", *story)) == [FACTS[1]]


def test_a_recall_makes_a_passage_stronger_and_new() -> None:
    memory = opened("memorybank-lite:top_k=1", FACTS[1], *["lamps"] * 3, QUESTION)
    assert memory.dump()[0].index == "1 0"
    assert parts(memory) == [FACTS[1]]
    assert memory.dump()[0].index == "5 1"


def test_a_view_that_is_composed_again_is_the_same_and_strengthens_nothing() -> None:
    memory = opened("memorybank-lite", *FACTS, QUESTION)
    shown = parts(memory, budget=45)
    held = memory.dump()
    assert parts(memory, budget=45) == shown and memory.dump() == held


def test_only_messages_of_the_user_move_the_clock() -> None:
    memory = opened("memorybank-lite", FACTS[0])
    memory.observe(
        [Message("assistant", "noted"), Message("tool", "done"), *user_messages(FACTS[1])]
    )
    assert [entry.index for entry in memory.dump()] == ["1 0", "1 0", "1 0", "2 0"]


def test_beyond_the_capacity_the_passage_of_least_retention_makes_room() -> None:
    memory = opened("memorybank-lite", FACTS[1], FACTS[2], QUESTION, capacity=60)
    assert FACTS[1] in parts(memory, budget=30)
    memory.observe(user_messages("Elm Dock opened in 2004.", "Fir Wharf opened in 2005."))
    kept = [entry.text for entry in memory.dump()]
    assert FACTS[1] in kept and FACTS[2] not in kept


def test_a_passage_that_no_memory_of_the_capacity_could_hold_takes_no_place() -> None:
    memory = opened("memorybank-lite:top_k=1", *FACTS[:3], QUESTION, capacity=70)
    assert parts(memory) == [FACTS[1]]
    held = memory.dump()
    memory.observe(user_messages("lamps " * 80))
    assert memory.dump() == held
    memory.observe(user_messages("noted"))
    assert memory.dump()[:-1] == held and memory.dump()[-1].text.endswith("noted")
