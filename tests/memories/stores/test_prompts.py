"""What a memory's model reads, word for word."""

from collections.abc import Callable

import pytest

from memorygym.memories.stores import prompts

HINT = "You keep the memory of a fund.\n\nThey ask about revenue."
TASKS = {
    "summary": prompts.summary(),
    "summary_full": prompts.summary(HINT, ["Goals", "Open questions"], ["Which fund grew?"]),
    "facts": prompts.facts(),
    "keywords": prompts.keywords(),
    "triples": prompts.triples(),
}


@pytest.mark.parametrize("name", TASKS)
def test_a_prompt_is_the_recorded_one(name: str, snapshot: Callable[[str, str], None]) -> None:
    snapshot(f"memory_{name}", f"{TASKS[name]}\n\n{prompts.limit(500)}")
