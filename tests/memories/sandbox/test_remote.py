"""A memory in its own process acts the same, and each of its failures is a fault of that memory."""

import ctypes
import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from memorygym.core import registry
from memorygym.core.budget import BudgetTracker
from memorygym.core.episode import Episode, play
from memorygym.core.errors import BadKey, BadSettings, MemoryFault, ProviderFailure, Refused
from memorygym.core.types import Budget, Call, Entry, Message
from memorygym.memories.sandbox.placement import Remote
from memorygym.memories.sandbox.process import ProcessLimits
from memorygym.tracks.worlds.agents.note_taker import Strategist
from memorygym.tracks.worlds.env import WorldsEnv
from memorygym.tracks.worlds.generator.task import generate
from tests.slow import mostly_slow

HELLO = Message("user", "Hello Larkin Harbor")
PLUGINS = "tests.memories.sandbox.plugins"
FREE = Budget()
IMPORTS = """
from memorygym.core.budget import BudgetTracker
from memorygym.core.types import *
from memorygym.memories.sandbox.placement import Remote
"""
QUICK = ProcessLimits(seconds=300, memory=1024, processor=2)


def has_landlock() -> bool:
    """What the kernel says, not the code under test: whether a ruleset of no rights is refused for
    what it lacks (ENOMSG), rather than as a call that is unknown or switched off."""
    libc = ctypes.CDLL(None, use_errno=True)
    nothing = (ctypes.c_uint64 * 1)(0)
    return (
        sys.platform == "linux"
        and libc.syscall(444, nothing, ctypes.sizeof(nothing), 0) < 0
        and ctypes.get_errno() == errno.ENOMSG
    )


def opened(spec: str, budget: Budget = FREE) -> Remote:
    memory = Remote(f"{PLUGINS}:{spec}", QUICK)
    memory.open(BudgetTracker(budget).context())
    return memory


def limit(memory: Remote, seconds: float) -> None:
    """Limits the calls from now on: how long the process takes to start depends on the machine."""
    memory._process.limits = ProcessLimits(seconds)


@pytest.mark.parametrize("spec", ["memories.bm25:make:top_k=3", "memories.markdown:make"])
def test_an_honest_memory_leaves_the_same_trace_as_in_this_process(spec: str) -> None:
    task = generate("company", 0, "multi")
    traces = [
        play(Episode(WorldsEnv(task), make), Strategist())
        for make in (
            partial(registry.make, "memory", f"memorygym.{spec}"),
            partial(Remote, f"memorygym.{spec}"),
        )
    ]
    assert list(traces[0].lines()) == list(traces[1].lines())


@mostly_slow(
    ("spec", "sentence"),
    [
        ("Importer", "may not import memorygym.tracks"),
        ("Importer:room=memorygym.reports", "import only memorygym.{core, memories"),
        ("EarlyImporter", "may not import memorygym.tracks"),
        (
            "Observer:deed=spin",
            "observe() used more than its limit of 2 seconds of processor time before",
        ),
        ("Observer:deed=eat", "observe() used more than its limit of 1,024 MiB of memory"),
        (
            "Observer:deed=quit",
            "observe() ended its process with status 3 before the first event. Raise an error",
        ),
        ("Observer:deed=crash", "observe() ended its process by the signal SIGSEGV"),
        ("Observer:deed=leave", "observe() raised SystemExit: enough (plugins.py, line"),
        ("Observer:deed=fail", "observe() raised ValueError: a defect (plugins.py, line"),
        ("Garbage:kind=swarm", "() returned 100,001 items, more than the limit of 100,000 before"),
        ("Observer:deed=babble", "observe() broke the connection to its process"),
        (
            "Garbage:kind=flood",
            "compose() returned more than 64 MiB before the first event. Return less text.",
        ),
        (
            "Garbage",
            "compose() returned 'hello' before the first event. Return a list or tuple of Message",
        ),
        ("Garbage:kind=object", "Garbage object"),
        ("Garbage:kind=numbers", "compose() returned [3], where [0] is 3"),
    ],
    quick=5,
)
def test_every_error_in_the_process_of_a_memory_is_a_fault_of_that_memory(
    spec: str, sentence: str
) -> None:
    with pytest.raises(MemoryFault) as caught:
        memory = opened(spec)
        memory.observe([HELLO])
        memory.compose([HELLO], 100)
    assert f"memory {PLUGINS}:{spec}: " in str(caught.value)
    assert sentence in str(caught.value)


def test_a_byte_out_of_band_is_at_most_that_memorys_fault() -> None:
    with suppress(MemoryFault):  # Or nothing happens: it depends on which byte is read first.
        memory = opened("Observer:deed=send urgently")
        memory.observe([HELLO])
        assert memory.compose([HELLO], 100) == ()


def test_a_memory_that_never_answers_is_ended_at_its_limit() -> None:
    memory = opened("Observer:deed=sleep")
    limit(memory, 0.5)
    with pytest.raises(
        MemoryFault, match=r"observe\(\) took longer than its limit of 0\.5 seconds"
    ):
        memory.observe([HELLO])
    with pytest.raises(MemoryFault, match="was called after the memory's process had ended"):
        memory.dump()


def test_the_traceback_there_is_a_note_of_the_fault() -> None:
    with pytest.raises(MemoryFault) as caught:
        opened("Observer:deed=fail").observe([HELLO])
    assert "plugins.py" in caught.value.__notes__[0]


def test_what_it_prints_and_reads_does_not_reach_the_protocol(
    capfd: pytest.CaptureFixture[str],
) -> None:
    memory = opened("Printer")
    memory.observe([HELLO])
    assert memory.dump() == [Entry("1", "Hello Larkin Harbor", "printed")]
    printed = capfd.readouterr()
    assert printed.out == ""
    assert printed.err.count("forged") == 2


def test_a_thread_cannot_use_the_memory_context_between_the_calls() -> None:
    memory = opened("Gatecrasher")
    memory.observe([HELLO])
    time.sleep(0.3)
    assert "outside a call" in memory.compose([HELLO], 100)[0].content


def test_nothing_that_it_started_is_left_behind() -> None:
    memory = opened("Threader")
    memory.observe([HELLO])
    started = [int(pid) for pid in memory.dump()[0].text.split()]
    assert all(map(_runs, started))
    del memory
    assert _until(lambda: not any(map(_runs, started)))


@pytest.mark.parametrize("memory", ["Threader", "Observer:deed=spin"])
def test_it_ends_when_its_parent_is_killed(memory: str) -> None:
    script = f"""{IMPORTS}memory = Remote("{PLUGINS}:{memory}")
memory.open(BudgetTracker(Budget()).context())
print(memory._process._popen.pid, flush=True)
memory.observe([Message("user", "Hello")])
input()
"""
    entry = [sys.executable, "-c", script]
    with subprocess.Popen(entry, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        child = int(parent.stdout.readline())
        time.sleep(0.3)
        parent.send_signal(signal.SIGKILL)
    assert _until(lambda: not _runs(child))


def test_refusals_and_failures_arrive_as_themselves() -> None:
    def failing(task: str, text: str, most: int) -> str:
        raise BadKey("the key is refused")

    asker = opened("Asker")
    asker.open(BudgetTracker(Budget()).context(failing))
    with pytest.raises(BadKey, match="the key is refused"):
        asker.compose([HELLO], 9)
    with pytest.raises(Refused, match="tokens in memory asked, 8 allowed"):
        opened("Crowder", budget=Budget(capacity=8)).compose([HELLO], 9)
    with pytest.raises(ProviderFailure, match="my own endpoint"):
        opened("Observer:deed=fail provider").observe([HELLO])


def test_a_memory_that_is_open_can_stop_nothing_but_itself() -> None:
    with pytest.raises(MemoryFault, match=r"observe\(\) raised BadSettings: size 0"):
        opened("Observer:deed=fail settings").observe([HELLO])
    with pytest.raises(ProviderFailure, match="my own key") as caught:
        opened("Observer:deed=fail key").observe([HELLO])
    assert not isinstance(caught.value, BadKey)


def test_the_clock_stands_still_while_its_model_writes() -> None:
    def slow(task: str, text: str, most: int) -> str:
        time.sleep(1.5)
        return task

    memory = opened("Asker")
    tracker = BudgetTracker(Budget(), "be brief")
    memory.open(tracker.context(slow))
    limit(memory, 1)
    assert memory.compose([HELLO], 9) == (Message("user", "be brief"),)
    assert len(tracker.model_calls) == 1


@pytest.mark.parametrize(
    ("spec", "sentence"),
    [
        ("nowhere.at_all:make", "nowhere.at_all cannot be imported"),
        (f"{PLUGINS}:Nobody", "has no attribute 'Nobody'"),
        (f"{PLUGINS}:Importer:rom=x", "did you mean room"),
    ],
)
def test_a_memory_that_cannot_be_made_is_bad_usage(spec: str, sentence: str) -> None:
    with pytest.raises(BadSettings, match=sentence):
        Remote(spec)


@pytest.mark.parametrize(
    "memory",
    [
        "Searcher",
        pytest.param(
            "Spy",
            marks=pytest.mark.skipif(not has_landlock(), reason="needs Landlock, as Linux has it"),
        ),
    ],
)
def test_neither_the_answers_nor_the_secret_can_be_found(memory: str) -> None:
    script = f"""{IMPORTS}from memorygym.tracks.worlds.generator.task import generate
task = generate("company", 0, salt="oyster-velvet-quartz")
memory = Remote("{PLUGINS}:{memory}")
memory.open(BudgetTracker(Budget()).context())
print(memory.compose([], None)[0].content)
"""
    entry = [sys.executable, "-c", script, "--salt", "oyster-velvet-quartz"]
    done = subprocess.run(entry, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "found:"


def test_calls_travel_whole() -> None:
    calls = (Call("Write", {"content": "a\nb", "n": [1, None, {"x": 1.5}]}, "c1"),)
    message = Message("assistant", "\u00e9\u2028\ud83d\ude00", calls)
    memory = Remote("memorygym.memories.full:make")
    memory.open(BudgetTracker(Budget()).context())
    memory.observe([message, Message("tool", "ok", (), "c1")])
    assert memory.compose([], None)[0].calls == calls


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2][:3]
    except (ProcessLookupError, FileNotFoundError):
        return False


def _until(done: Callable[[], bool]) -> bool:
    """Whether it comes true soon; the kernel ends a group in its own time."""
    for _ in range(200):
        if done():
            return True
        time.sleep(0.05)
    return False
