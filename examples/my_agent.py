"""An agent in one file: it stores whole records of the key groups, and answers from them.

memorygym bench --agent my_agent:MyAgent
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
from memorygym.tracks.worlds.facts import category_in
from memorygym.tracks.worlds.generator.instructions import REFUSAL
from memorygym.tracks.worlds.generator.notes import record_of
from memorygym.tracks.worlds.generator.task import generate
from memorygym.tracks.worlds.parsed_view import parse_view


class MyAgent(Policy):
    """A policy without state: everything that it knows in an event is in the view."""

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        context = parse_view(view)
        guide = context.reader.guide
        if context.title == "DOCUMENTS" and not context.replies:
            records = [r for r in context.records if category_in(r) in guide.key_categories]
            return calls(*[write(record_of(guide, record)) for record in records])
        if context.title == "QUESTION" and context.query:
            if not context.replies:
                return calls(read())
            answer = context.reader.answer(context.query, context.knowledge).answer
            return calls(submit(answer or REFUSAL))
        return END


if __name__ == "__main__":
    assert check_policy(MyAgent) == []
    for name, policy in (("my agent", MyAgent()), ("naive", naive())):
        environments = [WorldsEnv(generate("city", seed)) for seed in range(5)]
        traces = [play(Episode(environment, Markdown), policy) for environment in environments]
        print(f"{name:10} {sum(score(trace).composite for trace in traces) / 5:.3f}")
