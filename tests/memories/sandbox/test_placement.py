"""Built-in memories run in this process, others in their own; nothing is imported to decide."""

import sys
from pathlib import Path

import pytest

from memorygym.core import registry
from memorygym.core.budget import BudgetTracker
from memorygym.core.errors import BadSettings, MemoryGymError, UnknownPart
from memorygym.core.types import Budget, Message
from memorygym.memories.sandbox.placement import Remote, check, memory_factory

STAND_INS = "tests.memories.shims.stand_ins"


def test_a_built_in_memory_runs_in_this_process_with_its_parameters() -> None:
    assert vars(memory_factory("bm25:top_k=3")())["top_k"] == 3


def test_a_memory_of_another_package_runs_in_its_own_process_and_is_not_imported_here() -> None:
    spec = "tests.memories.sandbox.plugins:Printer"
    sys.modules.pop("tests.memories.sandbox.plugins", None)
    assert isinstance(memory_factory(spec)(), Remote)
    assert registry.file_of("memory", spec) == str(Path(__file__).with_name("plugins.py"))
    assert "tests.memories.sandbox.plugins" not in sys.modules


@pytest.mark.parametrize(
    "spec",
    [
        f"manage_context:{STAND_INS}:Window",
        f"add_search:{STAND_INS}:Words:top_k=1:chunk_size=40",
        f"condenser:{STAND_INS}:Rolling",
    ],
)
def test_a_shim_before_the_module_wraps_what_it_makes(spec: str) -> None:
    memory = memory_factory(spec)()
    memory.open(BudgetTracker(Budget()).context())
    memory.observe([Message("user", "Larkin is a harbor.")])
    assert "Larkin" in memory.compose([Message("user", "Where is Larkin?")], 100)[0].content


@pytest.mark.parametrize(
    ("spec", "kind", "sentence"),
    [
        ("bm52", UnknownPart, "did you mean bm25"),
        ("bm25:topk=3", UnknownPart, "did you mean top_k"),
        ("add_serch:my.mod:make", UnknownPart, "no shim named 'add_serch'; did you mean add_sear"),
        (f"add_search:{STAND_INS}:Words:size=3", BadSettings, "has no parameters"),
        (f"condenser:{STAND_INS}:Words", BadSettings, "has no method `condense`"),
        (f"{STAND_INS}:Words", BadSettings, f"no `observe`; name it add_search:{STAND_INS}:Words"),
    ],
)
def test_a_spec_that_names_no_memory_is_bad_usage(
    spec: str, kind: type[MemoryGymError], sentence: str
) -> None:
    with pytest.raises(kind, match=sentence):
        check(spec)
