"""The worlds environment: it walks through the events of a task and takes answers."""

from memorygym.tracks._qa.stream import StreamingEnv, submit

SUBMIT = submit("Answer the question of this event. Free, once a question.")


class WorldsEnv(StreamingEnv):
    """Documents, corrections and memos, and between and after them questions."""

    tools = (SUBMIT,)
