"""An agent in one file: it keeps whole records of the groups that matter, and answers from them."""

from collections.abc import Sequence

from memorygym.agents.calls import END, calls, read, submit, write
from memorygym.core import Message, Policy, Task, Tool
from memorygym.episode import Episode, play
from memorygym.memory.markdown import Markdown
from memorygym.scoring import score
from memorygym.testing import check_policy
from memorygym.tracks.worlds import env
from memorygym.tracks.worlds.agents.honest import naive
from memorygym.tracks.worlds.dealing.brief import REFUSAL
from memorygym.tracks.worlds.dealing.deal import deal
from memorygym.tracks.worlds.dealing.notes import record_of
from memorygym.tracks.worlds.scene import scene


class MyAgent(Policy):
    """Everything that it knows in an event is in the view: nothing is kept on the object."""

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        now = scene(view)
        guide = now.reader.guide
        if now.title == "DOCUMENTS" and not now.said:
            records = [r for r in now.reader.read(now.text) if r.category in guide.key_categories]
            return calls(*[write(record_of(guide, record)) for record in records])
        if now.title == "QUESTION" and now.query:
            if not now.said:
                return calls(read())
            return calls(submit(now.reader.answer(now.query, now.known) or REFUSAL))
        return END


def make(_: Task) -> MyAgent:
    """The agent for a task, of which it needs nothing."""
    return MyAgent()


if __name__ == "__main__":
    assert check_policy(make) == []
    for name, policy in (("my agent", MyAgent()), ("naive", naive.make())):
        traces = [play(Episode(env(deal("city", seed)), Markdown), policy) for seed in range(5)]
        print(f"{name:10} {sum(score(trace).composite for trace in traces) / 5:.3f}")
