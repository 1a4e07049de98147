"""The conformance check finds every defect of a memory, and says which it is."""

from memorygym.core.types import Memory
from memorygym.memories.recency import Recency
from memorygym.testing import check_memory
from tests.memories import attackers, broken
from tests.slow import mostly_slow


@mostly_slow(
    ("memory", "sentence"),
    [
        (broken.Forgetful, "it forgets everything: without any budget not one fact"),
        (broken.Scrap, "it forgets everything: nothing that was written is ever read"),
        (broken.Gossip, "it shows text of another episode: 1"),
        (broken.Doubler, "composed messages were beyond the view's"),
        (broken.Unpriced, "composed messages were beyond the view's"),
        (broken.Understating, "which its dump does not hold"),
        (broken.Understating, "restored from its dump it composes another view of event"),
        (broken.Counting, "restored from its dump it composes another view of event"),
        (broken.Splitting, "it splits a tool call from its result in the view of event"),
        (broken.Echo, "it shows again what stands in event 1: [Harbor ledger"),
        (broken.Meddling, "it alters the messages of the event"),
        (broken.Batching, "it matters to it how many messages it observes at a time"),
        (broken.Fickle, "the same task played twice gives two traces"),
        (broken.Resummarising, "its model is told the same message again and again: in"),
        (broken.Amnesiac, "restored from its dump it answers Read otherwise"),
        (broken.Shared, "the same task played twice gives two traces"),
        (broken.Shared, "an episode beside another differs from the same episode alone"),
        (attackers.OnTheMeter, "the memory OnTheMeter: open or restore raised"),
        (attackers.InAModule, "restored in a fresh process it acts otherwise"),
        (attackers.InIds, "memory beyond its capacity was undone"),
        (attackers.InBlanks, "rebuilt from its dump before every event it acts otherwise"),
        (attackers.InEntries, "InEntries: dump returned [Fat("),
        (broken.Trusting, "when its model writes nothing: the memory Trusting: compose raised"),
    ],
    quick=2,
)
def test_the_check_tells_what_is_broken(memory: type[Memory], sentence: str) -> None:
    assert any(sentence in found for found in check_memory(memory))


def test_the_memory_that_they_break_is_whole() -> None:
    assert check_memory(Recency) == []
