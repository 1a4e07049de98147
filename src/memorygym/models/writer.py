"""Any model as the writer that memories ask."""

from memorygym.core.types import Message, Writer
from memorygym.memories.stores.prompts import limit
from memorygym.models.chat_completions import spoken
from memorygym.models.model import Model, sound


def writer_of(model: Model) -> Writer:
    """Asks the model: the task and the limit are its system message, the text is the user's.

    What it thinks before it writes is left out. Whoever asked cuts what is too long.

    >>> from memorygym.models.scripted import Scripted
    >>> writer_of(Scripted(["<think>hm</think>Ann won."]))("Task: summary", "Ann won!", 9)
    'Ann won.'
    """

    def write(task: str, text: str, most: int) -> str:
        asked = [Message("system", f"{task}\n\n{limit(most)}"), Message("user", text)]
        return spoken(sound(model.complete(asked, ())).message.content)[1]

    return write
