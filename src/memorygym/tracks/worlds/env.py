"""The environment of worlds: it shows the events of a task and receives the answers."""

from memorygym.tracks._qa.stream import StreamingEnv, submit

SUBMIT = submit("Answer the question of this event. Free, once a question.")


class WorldsEnv(StreamingEnv):
    """An environment that shows documents, corrections, memos and questions in order."""

    tools = (SUBMIT,)
