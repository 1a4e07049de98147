"""check_memory finds every defect of a memory, and says what it is and what to do."""

from memorygym.core.types import Memory
from memorygym.memories.recency import Recency
from memorygym.testing import check_memory
from tests.memories import attackers, broken
from tests.slow import mostly_slow

RESTORED, NOTHING = "After restore(dump())", "When its model writes nothing"


@mostly_slow(
    ("memory", "sentence"),
    [
        (broken.Scrap, "The memory forgets everything: no text given to call('Write') came back"),
        (broken.Gossip, "compose() returned text of another episode (1"),
        (broken.Unpriced, "tokens. Let compose(live, budget) return at most `budget` tokens"),
        (broken.Understating, "but dump() does not hold it. Keep all state in dump()"),
        (broken.Counting, f"{RESTORED}, compose() returned another context: message "),
        (broken.Splitting, "compose() separated a tool call from its result at event"),
        (broken.Echo, "compose() repeated a message of the running event 1: '[Harbor ledger"),
        (broken.Meddling, "The memory altered a message that it was given"),
        (broken.Batching, "observe() with several messages leaves another state than"),
        (broken.Resummarising, "The memory's model read the same message in"),
        (broken.Amnesiac, f"{RESTORED}, call('Read') returned"),
        (broken.Shared, "The same task played twice differs from event"),
        (broken.Shared, "Two episodes played in turns differ from the same episodes played alone"),
        (attackers.OnTheMeter, "memory OnTheMeter: open() raised"),
        (attackers.InAModule, f"{RESTORED} in a fresh process, the memory differs at event"),
        (attackers.InIds, "memory beyond its capacity was undone. Keep only what store() returns"),
        (attackers.InBlanks, f"{RESTORED} before every event, the episode differs from event"),
        (attackers.InEntries, "InEntries: dump() returned [Fat("),
        (broken.Trusting, f"{NOTHING}: memory Trusting: compose() raised IndexError"),
    ],
    quick=2,
)
def test_the_check_says_what_is_broken(memory: type[Memory], sentence: str) -> None:
    assert any(sentence in broken for broken in check_memory(memory))


def test_the_memory_that_the_others_break_keeps_every_rule() -> None:
    assert check_memory(Recency) == []
