"""Recognises a refusal: an answer that only says that the right answer cannot be known."""

import re

from memorygym.scoring.grading.claims import CLAIM, clauses, rank
from memorygym.scoring.grading.lexicon import MONTHS, VOCABULARY
from memorygym.scoring.grading.parsed_text import ParsedText
from memorygym.scoring.grading.quantities import quantities

_UNKNOWN = (
    "unknown|unavailable|unanswerable|unrecorded|undetermined|unspecified|undisclosed|missing"
    "|unsure|uncertain|impossible"
)
_RECORD = (
    "records?|information|info|data|memory|memories|entry|entries|knowledge|mentions?|answers?"
    "|evidence|details?|traces?|notes?|idea|match|matches|results?|clue|way|recollection|figure"
    "|value|documentation|context|references?"
)
_ENTITY = (
    "company|researcher|city|hospital|team|movie|film|university|module|project|agent|entity"
    "|person|one|thing|name|organi[sz]ation"
)
_KNOWN = (
    "found|known|available|recorded|stored|sure|certain|mentioned|listed|present|provided|given"
    "|specified|stated|disclosed|aware|documented|there|enough|determinable|applicable|noted"
    "|included|answerable|discussed|said|in|on|part|shown|seen|able|possible|told|exist|reported|covered|something"
)
_VERB = (
    "know|have|recall|remember|contain|include|mention|appear|exist|see|find|hold|possess|say|discuss"
    "|specify|answer|determine|tell|provide|locate|confirm|give|verify|identify|retrieve|access|be"
    "|store|save|keep|receive|learn|state|list|record|note"
)
_REFUSAL = re.compile(
    rf"(?:abstain(?:ed|ing)?|abstention|idk|n/a)$"
    rf"|(?:^|(?:.* )?(?:is|are|was|were|remains|currently|i'm|it's|am|status"
    rf"|{_RECORD}) )"
    rf"(?:{_UNKNOWN})(?: (?:to|in|from|at|based|given|for|as (?:of|no|i|it|there|the|my)|per|within"
    rf"|about|of|whether)\b.*)?$"
    rf"|.*\b(?:not|never|isn't|wasn't|aren't|hasn't|haven't)(?: (?:been|yet|currently|any|ever|a))*"
    rf" (?:{_KNOWN})\b"
    rf"|.*\b(?:don't|doesn't|didn't|can't|couldn't|cannot|unable to|can not|do not|does not|did not"
    rf"|could not|not able to|impossible to)(?: (?:actually|currently|really|reliably))?"
    rf" (?:{_VERB}|recall)\b"
    rf"|(?:i )?(?:can't|cannot)$"
    rf"|.*\bnever (?:saw|see|heard|received|read|stored|learned|came|mentions?|says?|states?)\b"
    rf"|.*\bno (?!other\b)(?:[a-z]+ ){{0,2}}(?:{_RECORD})\b"
    rf"|.*\bno (?:such|known|recorded|stored|stated|listed) [a-z]+"
    rf"|.*\bno (?!other\b)(?:(?!(?:is|are|was|were|it|that|than) )[a-z]+ ){{1,4}}"
    rf"(?:recorded|stored|stated|listed|noted|given|found|available)(?:$| (?:for|at|in|about|on)\b)"
    rf"|.*\bno (?:{_ENTITY})(?: (?:called|named|by|with|of|in|matches|found)\b.*)?$"
    rf"|(?:no )?there (?:isn't|aren't|wasn't|weren't|(?:is|are|was|were) not)"
    rf"(?: (?:any|an?|one))?(?:$| (?:[a-z]+ ){{0,2}}(?:{_RECORD})\b)"
    rf"|.*\b(?:none|nothing) (?:(?:is|was|were|has been) )?(?:{_KNOWN}|about|for)\b"
    rf"|.*\b(?:found|gives?|gave|holds?|contains?|says?|states?|have) nothing\b"
    rf"|nobody (?:ever )?(?:told|said|stated|mentioned)\b"
    rf"|.*\b(?:insufficient|lacks?|lacking) (?:[a-z]+ ){{0,2}}(?:{_RECORD})\b"
    rf"|(?:i )?(?:i'll |must |have to |will |would )?(?:refused?|declined?|withheld|abstain)\b"
    rf"(?: to [a-z]+.*| from .*)?$"
)

_GUESS = frozenset(
    "maybe perhaps probably guess guessing likely estimate estimated approximately possibly think "
    "suspect presumably assume suppose roughly around except besides".split()
)
_EXCUSES = frozenset(
    "sorry unfortunately apologies apologize apologise afraid regret searched searching checked "
    "checking looked looking available provided this entity information enough memory anything "
    "any none so therefore".split()
)


def refuses(reading: ParsedText) -> bool:
    """Whether the whole answer is a refusal.

    >>> from memorygym.scoring.grading.parsed_text import read
    >>> refuses(read("I don't know.")), refuses(read("Unknown, maybe 60"))
    (True, False)
    """
    if not _GUESS.isdisjoint(reading.words):
        return False
    if any(rank(reading, item) <= CLAIM for item in quantities(reading)):
        return False
    refused = bare = False
    for clause, mark in clauses(reading.words):
        bare = bare or clause == ["no"]
        leads = not refused and mark in (":", ",", "-") and _leads(reading, clause, mark)
        if _declining(clause):
            refused = True
        elif not leads and clause != ["no"] and not all(_idle(word) for word in clause):
            return False
    return refused or bare


def declines(reading: ParsedText) -> bool:
    """Whether any clause of an answer refuses."""
    return any(_declining(clause) for clause, _ in clauses(reading.words))


def _declining(clause: list[str]) -> bool:
    return bool(_REFUSAL.match(" ".join(word for word in clause if not word[0].isdigit())))


def _idle(word: str) -> bool:
    return word in VOCABULARY or word in _EXCUSES or word[0] in "<'%"


def _leads(reading: ParsedText, clause: list[str], mark: str) -> bool:
    """Whether a clause before the refusal only names the subject: "For Ann Lee", "Ann Lee".

    A label, which ends in a colon, may also name the attribute: "business line at Ann Lee:".
    """
    if clause[0] in MONTHS:
        return False
    strange = {word for word in clause if not _idle(word) and not word.isdigit()}
    pairs = zip(reading.raws, reading.words, strict=True)
    capital = [raw[:1].isupper() for raw, word in pairs if word in strange]
    return all(capital) or (mark == ":" and any(capital))
