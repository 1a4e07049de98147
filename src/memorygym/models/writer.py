"""Makes the writer that memories call from any model."""

from memorygym.core.types import Message, Writer
from memorygym.memories.stores.prompts import limit
from memorygym.models.chat_completions import split_reasoning
from memorygym.models.model import Model, check_reply


def writer_of(model: Model) -> Writer:
    """A writer that sends instruction and limit as system message, the text as user message.

    It removes the model's reasoning. The caller truncates what is too long.

    >>> from memorygym.models.scripted import Scripted
    >>> writer_of(Scripted(["<think>hm</think>Ann won."]))("Task: summary", "Ann won!", 9)
    'Ann won.'
    """

    def write(task: str, text: str, most: int) -> str:
        asked = [Message("system", f"{task}\n\n{limit(most)}"), Message("user", text)]
        return split_reasoning(check_reply(model.complete(asked, ())).message.content)[1]

    return write
