"""What is kept within a capacity, and how it is shown again."""

from memorygym.core.budget import BudgetTracker
from memorygym.core.types import Budget
from memorygym.memories.stores.passages import Passages


def kept(capacity: int | None = None) -> Passages:
    return Passages(BudgetTracker(Budget(capacity=capacity)).context())


def test_the_oldest_texts_make_room() -> None:
    passages = kept(4)
    assert [passages.add(f"{n}{n}{n}") for n in range(1, 7)] == [1, 2, 3, 4, 5, 6]
    assert passages.texts == {3: "333", 4: "444", 5: "555", 6: "666"}


def test_a_text_that_no_memory_of_this_capacity_holds_costs_nothing() -> None:
    passages = kept(3)
    passages.add("111")
    passages.add("222")
    assert passages.add("3 4 5 6") is None
    assert passages.add("  ") is None
    assert passages.texts == {1: "111", 2: "222"}
    assert passages.add("333") == 3
