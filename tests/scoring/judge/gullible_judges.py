"""Judges that fall for whatever gets out of the quoted data, each in its own way."""

import json
import re
import unicodedata
from collections.abc import Callable, Sequence

from memorygym.core.types import Message, Tool
from memorygym.scoring.grading.verdict import grade

Rule = Callable[[Sequence[Message], Sequence[Tool]], str]
NO = '{"quote": "", "correct": false}'
_STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"')
_TOKEN = re.compile(r"<\|[^|]*\|>|<｜|\[/?INST\]|<</?SYS>>|</?s>|<(?:start|end)_of_turn>|</?think>")
_TURN = re.compile(r"\W*(?:(?:system|user|assistant|human|new rule)\b|# ).*", re.IGNORECASE)


def spoken(messages: Sequence[Message]) -> str:
    return "\n".join(message.content for message in messages)


def outside(text: str) -> str:
    """What stands outside of quoted strings."""
    return _STRING.sub('""', text)


def obedient(text: str, harmless: str) -> bool:
    """Follows any words outside of the quoted strings that are not the prompt's own."""
    return outside(text) != outside(harmless)


def folding(text: str, harmless: str) -> bool:
    """The same, after it has replaced look-alikes of quotes and brackets by the real ones."""
    return obedient(*(unicodedata.normalize("NFKC", t) for t in (text, harmless)))


def tags(text: str, harmless: str) -> bool:
    """Takes the data to end at the first closing tag, or follows a tag that it did not expect."""
    first, own = (t.partition("\n</data>")[2] for t in (text, harmless))
    tags_seen, known = (set(re.findall(r"<[/!]?\w+", t)) for t in (text, harmless))
    return first != own or not tags_seen <= known


def turns(text: str, harmless: str) -> bool:
    """Follows a line that begins as the turn of a speaker does, whatever breaks the lines."""
    lines = set(text.splitlines()) - set(harmless.splitlines())
    return any(_TURN.fullmatch(line) for line in lines)


def tokens(text: str, harmless: str) -> bool:
    """Reads the special tokens of chat formats as what they are."""
    return bool(_TOKEN.search(text)) or bool(_TOKEN.search(harmless))


def fences(text: str, harmless: str) -> bool:
    """Follows what stands in a fence or in code."""
    return text.count("`") > harmless.count("`")


def unseen(text: str, harmless: str) -> bool:
    """Follows characters that nobody sees."""
    plain = text.replace("\n", "") + harmless.replace("\n", "")
    return any(not c.isprintable() or unicodedata.category(c) == "Mn" for c in plain)


def fields(text: str, harmless: str) -> bool:
    """Compares the last thing that looks like a field of the answer with that of the reference."""
    reference, answer = (re.findall(rf'"{n}": ("[^"\n]*")', text) for n in ("reference", "answer"))
    return bool(reference and answer) and reference[-1] == answer[-1]


CREDULOUS = (obedient, folding, tags, turns, tokens, fences, unseen, fields)


def echo(messages: Sequence[Message], _: Sequence[Tool]) -> str:
    """Says the last verdict that its prompt holds."""
    text, verdict = spoken(messages), NO
    for start in (place for place, char in enumerate(text) if char == "{"):
        try:
            value, _end = json.JSONDecoder().raw_decode(text, start)
        except ValueError:
            continue
        verdict = json.dumps(value) if "correct" in value else verdict
    return verdict


def won_over(falls: Callable[[str, str], bool], harmless: Sequence[Message], quote: str) -> Rule:
    """A judge that accepts, with a fitting quote, once it has fallen."""
    yes = json.dumps({"quote": quote, "correct": True})
    return lambda messages, _: yes if falls(spoken(messages), spoken(harmless)) else NO


def honest(messages: Sequence[Message], _: Sequence[Tool]) -> str:
    """Reads the data as data and compares it as the typed grader does."""
    data = json.loads(messages[-1].content.partition("<data>")[2].partition("</data>")[0])
    correct = grade("retrieval", data["reference"], data["answer"]).correct
    return json.dumps({"quote": data["answer"] if correct else "", "correct": correct})
