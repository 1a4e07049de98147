"""An agent in one file: it keeps whole records of the groups that matter, and answers from them.

memorygym bench --strategy my_agent:MyAgent
"""

from collections.abc import Sequence

from memorygym.agents.calls import END, calls, read, submit, write
from memorygym.core.episode import Episode, play
from memorygym.core.types import Message, Policy, Tool
from memorygym.memories.markdown import Markdown
from memorygym.scoring.episode_scores import score
from memorygym.testing import check_policy
from memorygym.tracks.worlds.agents.honest import naive
from memorygym.tracks.worlds.env import WorldsEnv
from memorygym.tracks.worlds.generator.instructions import REFUSAL
from memorygym.tracks.worlds.generator.notes import record_of
from memorygym.tracks.worlds.generator.task import generate
from memorygym.tracks.worlds.parsed_view import scene


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


if __name__ == "__main__":
    assert check_policy(MyAgent) == []
    for name, policy in (("my agent", MyAgent()), ("naive", naive())):
        worlds = [WorldsEnv(generate("city", seed)) for seed in range(5)]
        traces = [play(Episode(world, Markdown), policy) for world in worlds]
        print(f"{name:10} {sum(score(trace).composite for trace in traces) / 5:.3f}")
