"""The episode: what a view shows, how events end, how episodes fork and sessions break."""

from collections.abc import Sequence

import pytest

from memorygym.agents.calls import END, calls, edit, read, search, submit, write
from memorygym.core.episode import Episode
from memorygym.core.trace import (
    KINDS,
    Action,
    Answer,
    Context,
    LimitHit,
    MemoryUpdate,
    Observation,
    Reward,
    ToolResult,
    Trace,
)
from memorygym.core.types import (
    Budget,
    Entry,
    Env,
    Event,
    Memory,
    MemoryContext,
    Message,
    Step,
    Task,
    tool,
)
from memorygym.memories.markdown import Markdown
from memorygym.memories.none import Nothing
from tests.episodes import WORDS, begin, recorded, say, stepped

QUESTION = Event("question", "Which?")


def kinds(trace: Trace) -> list[str]:
    return [KINDS[type(record)] for record in trace.records]


def test_a_view_is_the_system_message_the_status_and_the_event() -> None:
    roles = [(m.role, m.content.split()[0]) for m in begin().view()]
    assert roles == [("system", "You"), ("user", "[memory:"), ("user", "alpha")]


def test_calls_and_results_stay_in_view_within_their_event_and_no_longer() -> None:
    episode = begin("one", "two")
    episode.step(calls(write("one"), read()))
    assert [m.role for m in episode.view()[3:]] == ["assistant", "tool", "tool"]
    assert [m.call_id for m in episode.view()[4:]] == ["0", "1"]
    episode.step(Message("assistant", "thinking aloud"))
    assert [m.role for m in episode.view()] == ["system", "user", "user"]
    assert "one" not in " ".join(m.content for m in episode.view()[2:])


def test_a_reply_without_calls_ends_the_event_and_the_last_one_the_episode() -> None:
    episode = begin("one", QUESTION)
    episode.step(END)
    assert not episode.done
    episode.step(END)
    assert episode.done and not recorded(episode, Answer)


def test_calls_after_the_answer_in_one_reply_are_not_run() -> None:
    episode = begin(QUESTION, "two")
    episode.step(calls(write("Which"), submit("42"), write("Which"), submit("43")))
    late = "not run: the event was over"
    assert len(recorded(episode, Answer)) == 1
    assert [m.content for m in recorded(episode, ToolResult)[0].messages] == [
        "stored",
        "noted",
        late,
        late,
    ]
    assert say(episode, calls(read())) == "Which"


def test_a_second_answer_in_another_event_answers_nothing() -> None:
    episode = begin(QUESTION, "two")
    episode.step(calls(submit("42")))
    assert say(episode, calls(submit("43"))) == "no question is open in this event"
    assert recorded(episode, Answer) == [Answer(0, "42")]


def test_turns_are_counted_anew_in_each_event() -> None:
    episode = begin("one", "two", budget=Budget(12, 3, 8, turns=2))
    for reply in (calls(read()), END, calls(read()), calls(read()), END):
        episode.step(reply)
    assert episode.done and not recorded(episode, LimitHit)


def test_nothing_happens_after_the_end() -> None:
    episode = begin("one")
    episode.step(END)
    before = list(episode.trace.lines())
    episode.step(calls(write("one")))
    assert list(episode.trace.lines()) == before


def test_the_trace_records_the_whole_episode_in_order() -> None:
    episode = begin("one", QUESTION)
    for reply in (calls(write("one")), END, calls(submit("1"))):
        episode.step(reply)
    story = (
        "observation action tool_result memory_update action observation action tool_result answer"
    )
    assert kinds(episode.trace) == story.split()


def test_a_memory_without_tools_has_no_status_line() -> None:
    episode = begin("one", memory=Nothing)
    assert [m.content for m in episode.view()[1:]] == ["one"]
    assert [tool.name for tool in episode.tools] == ["submit_answer"]


class Diary(Memory):
    """Keeps one entry of all messages and puts it before every view."""

    def open(self, context: MemoryContext) -> None:
        self._text = ""

    def observe(self, new: Sequence[Message]) -> None:
        self._text += "".join(f"[{message.content}]" for message in new)

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        return [Message("user", f"so far: {self._text}")]

    def dump(self) -> list[Entry]:
        return [Entry("diary", self._text)]

    def restore(self, entries: Sequence[Entry]) -> None:
        self._text = entries[0].text if entries else ""


class Relabelled(Diary):
    """Marks its text as an index in every other dump."""

    dumps = 0

    def dump(self) -> list[Entry]:
        self.dumps += 1
        return [Entry("1", "", self._text) if self.dumps % 2 else Entry("1", self._text)]

    def observe(self, new: Sequence[Message]) -> None:
        self._text = "alpha"


def test_what_is_marked_as_an_index_is_recorded_as_it_changes() -> None:
    episode = stepped(begin("one", "two", "three", memory=Relabelled), [END, END, END])
    shown = [(e.text, e.index) for u in recorded(episode, MemoryUpdate) for e in u.entries]
    assert shown[-2:] in ([("alpha", ""), ("", "alpha")], [("", "alpha"), ("alpha", "")])


class Turning(Diary):
    """Marks its one word as an index while the last text says "two"."""

    _turned = False

    def observe(self, new: Sequence[Message]) -> None:
        self._text = "alpha"
        if new[0].content:
            self._turned = "two" in new[0].content

    def dump(self) -> list[Entry]:
        text = ("", self._text) if self._turned else (self._text, "")
        return [Entry("1", *text)]

    def restore(self, entries: Sequence[Entry]) -> None:
        self._text, self._turned = "alpha", any(entry.index for entry in entries)


def test_a_fork_of_an_earlier_snapshot_records_the_index_marks_again() -> None:
    episode = stepped(begin("one", "two", memory=Turning), [END])
    earlier = episode.snapshot()
    stepped(episode, [END])
    again = stepped(episode.fork(earlier), [END])
    assert [e.index for u in recorded(again, MemoryUpdate) for e in u.entries] == ["", "", "alpha"]
    assert list(again.trace.lines()) == list(episode.trace.lines())


PLENTY = Budget(capacity=500, writes=20, slot=20)
MOVES = (
    calls(write("alpha bravo")),
    calls(search("alpha")),
    END,
    calls(write("delta"), edit("bravo", "echo")),
    calls(read()),
    END,
    calls(submit("alpha")),
)


@pytest.mark.parametrize("memory", [Markdown, Diary])
@pytest.mark.parametrize("moment", range(len(MOVES)))
def test_forks_do_not_disturb_each_other(memory: type[Memory], moment: int) -> None:
    episode = stepped(begin(WORDS, WORDS, QUESTION, budget=PLENTY, memory=memory), MOVES[:moment])
    forks = [episode.fork() for _ in range(3)]
    before = list(episode.trace.lines())
    stepped(forks[0], [calls(write("golf")), END, calls(write("lima")), END, calls(submit("x"))])
    forks[0].trace.labels["agent"] = "other"
    assert list(episode.trace.lines()) == list(forks[1].trace.lines()) == before
    assert list(stepped(forks[2], MOVES[moment:]).trace.lines()) == list(
        stepped(episode, MOVES[moment:]).trace.lines()
    )


BREAK = Event("documents", WORDS, session=True)


def test_a_session_break_makes_a_new_memory_of_the_dump() -> None:
    memories: list[Memory] = []
    episode = begin(WORDS, WORDS, BREAK, memory=lambda: memories.append(Markdown()) or memories[-1])
    episode.step(calls(write("alpha")))
    episode.step(END)
    assert len(memories) == 1
    episode.step(END)
    say(episode, calls(edit("alpha", "bravo")))
    assert [memory.dump() for memory in memories] == [[Entry("1", "alpha")], [Entry("1", "bravo")]]
    assert [record.session for record in recorded(episode, Observation)] == [False, False, True]


def test_a_session_break_gives_no_budget_back() -> None:
    episode = begin(WORDS, BREAK)
    say(episode, calls(write("alpha"), write("bravo"), write("delta")))
    episode.step(END)
    assert say(episode, calls(write("echo"))).startswith("refused: 4 writes asked")


def test_what_was_composed_is_recorded_when_it_changes() -> None:
    episode = begin("one", "two", budget=PLENTY, memory=Diary)
    for _ in range(3):
        episode.view()
    stepped(episode, [END])
    episode.view()
    assert [record.event for record in recorded(episode, Context)] == [0, 1]
    assert len(recorded(episode, Action)) == 1


class Paying(Env):
    """Pays for every look, and goes on."""

    tools = (tool("look", "Look.", at="string"),)

    def __init__(self, task: Task) -> None:
        self.task = task

    def reset(self) -> Step:
        return Step((Message("user", "one"),), evict=True)

    def step(self, reply: Message) -> Step:
        if reply.calls:
            return Step((Message("user", "seen"),), reward=0.25)
        return Step(done=True, evict=True, reward=0.5)


def test_a_reward_is_recorded_whether_or_not_it_ends_the_event() -> None:
    task = Task("0" * 16, "worlds", {}, "You look.", (), Budget(), None)
    episode = Episode(Paying(task), Markdown)
    episode.step(calls(("look", {"at": "left"}), ("look", {"at": "right"})))
    episode.step(END)
    assert recorded(episode, Reward) == [Reward(0, 0.25), Reward(0, 0.25), Reward(0, 0.5)]
