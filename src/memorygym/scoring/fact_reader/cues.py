"""Words and marks that tell what a figure is, and where a clause or a sentence ends.

Patterns without a flag are for texts in lower case.
"""

import re

from memorygym.scoring.fact_reader.words import any_of

OTHER = re.compile(
    r"\b(?:forecasts?|forecasted|guidance|targets?|goals?|preliminary|provisional|estimates?"
    r"|estimated|projections?|projected|planned|plans|expected|expects|expectations?|median"
    r"|average|averages|avg|mean|typical|rivals?|sector|industry|benchmarks?|reference"
    r"|rumou?r(?:s|ed)?|gossip|smudged|hearsay|outlook|next (?:year|quarter|month|season)"
    r"|last (?:year|season)|(?:a|one|the) year (?:ago|before|earlier)|earlier years?|elsewhere"
    r"|abroad|neighbou?r\w*|peers?|comparables?|unconfirmed|unverified|misread|distractors?"
    r"|competitors?|alleged(?:ly)?|ignored?|prior years?|misprints?|set aside|in (?:19|20)\d\d"
    r"|(?:19|20)\d\d(?=:? *$)|hoped|noise|wrong|not)\b"
)
"""Marks a figure that is not the entry: of another time, of others, or uncertain."""
BEHIND = re.compile(
    r"\b(?:after|against|versus|vs|compared|instead of|rather than|not|from|(?<!no more )than"
    r"|excluding|unlike|(?<!wrote )(?<!put )(?<!set )(?<!noted )(?<!written )(?:up|down)"
    r"(?=\s+(?:by|from|on|about|[\d$€£~+-]))|no(?= \d))\b|[≠↑↓▲▼]"
)
"""What stands behind such a word in its clause is not the entry."""
DIFFERENCE = re.compile(r"\s(?:more|fewer|less)\b")
"""Stands behind a figure that is a difference."""
NOTHING = re.compile(r"\b(?:none|null|nil|unknown|withdrawn|retracted|removed|deleted)\b")
"""Stands between a label and a former value if the label has no value now."""
UNREAL = re.compile(
    r"\W*(?:if|suppose|supposing|imagine|assuming|in case|unless)\b|[^:]*\bwhether\b"
    r"|.*\bwould\b.*\bif\b"
)
"""A sentence that only supposes something."""
MAYBE_UNREAL = re.compile("if|suppos|imagin|assuming|in case|unless|whether")
MAYBE_ASIDE = re.compile(" to|s for| of (?:th|wh)")
ASIDE = re.compile(
    r"(?<!\bthe )\b(?:plan(?:s|ned)?|intend(?:s|ed)?|aim(?:s|ed)?|hop(?:es|ed)|want(?:s|ed)?) to\b"
    r"|\b(?:aims|hopes) for\b|\b[\d.,]+ of (?:them|these|those|which)\b"
)
"""What stands behind it in a sentence is not so yet, or only a part of what was said."""
PAGE = re.compile(r"\b(?:page \d+(?: ?(?:of|/) ?\d+)?|pages \d+ ?(?:of|/) ?\d+)\b", re.IGNORECASE)
"""A place in a list of results, never a value."""
FORMER = re.compile(
    r"\b(?:previously|formerly|former|previous|prev|prior|old|earlier|originally|initially|before"
    r"|superseded|outdated|until (?:release|version)|replac(?:es|ed|ing)|no longer|used to be"
    r"|had been|once|stale|obsolete|up from|down from"
    r"|instead of)\b"
)
"""Marks a value that another has replaced."""
QUALIFIED = re.compile(
    r"[^\w\ue000\ue001]{0,9}(?:(?:qualifier|note)[^\w\ue000\ue001]{1,4})?"
    r"(?:superseded|outdated|obsolete|stale|replaced)(?: since| now)?"
    r"(?:\s*[)\]]|(?=\W?\W?\s*(?:[.;)\]]|$)))",
    re.IGNORECASE,
)
"""Stands behind a label or a value that holds no longer."""
NOUN = re.compile(r"\b(?:an?|the|per|each)\s+$")
"""Stands before a noun that looks like a verb: "a call"."""
WAS = re.compile(r"\b(?:was|were)\b")
"""Marks such a value, too, if the statement gives a current one beside it."""
NOW = re.compile(
    r"\b(?:now|currently|current|today|updated|corrected|amended|revised|latest|new|to)\b|→"
)
IS_NOW = re.compile(
    r"(?:\b(?:now|currently|current|corrected to|updated to|amended to|revised to|should read"
    r"|latest|exact(?:ly)?|(?:right|correct|true|actual) (?:number|figure|value|count)(?: being)?"
    r")\b|→)"
    r"(?:\W+(?:at|is|as|it|stands|reads|put|value|down|up|to))*\W*$"
    r"|\bas of \w+ \w+,? (?:\d{4},? )?(?:it|they)\W(?:is|s|are|re)\W*$"
)
"""Stands directly before the current value."""
_BEFORE = (
    r"(?:stated|before|previous(?:ly)?|earlier|recorded|reported|first|noted|the prior|it was)"
)
MORE = re.compile(
    rf"\b(higher|more|greater|above|lower|less|fewer|below)\b(?: than)?(?: \w+)? {_BEFORE}\b"
)
BY = re.compile(
    r"\b(raised|increased|lifted|higher|up|upwards?|grew|rose|lowered|reduced|cut|decreased|down"
    r"|downwards?|lower|dropped|fell)(?: it| them|(?: its| their| the)? \ue001+)?\s+by\b"
)
RISING = frozenset(
    "higher more greater above raised increased lifted up upward upwards grew rose".split()
)
SOFT = re.compile(
    r"[;·]|,(?=\s*[^\s\d$€£~≈+.-])|[()\[\]{}]|\s[—–/-]\s|—|\b(?:while|whilst|whereas|with|but|though"
    r"|although|where|which)\b"
)
"""The border of a clause."""
CUT = re.compile(
    r";\s|·|,\s|[()\[\]{}]|\s—\s(?:oh |ah )?(?:and|also|plus)\b|\s[—–|/-]\s|—|\|\|"
    r"|\s(?:and|[&+]|while|whereas|but|plus)\s|\t"
)
"""Where a statement with several labels may be cut."""
_FOR_LABEL = re.compile(r"\b(?:as|for) (?:the |its |their )?$", re.IGNORECASE)
"""Stands between a value and the label behind it: "put 300 down as the revenue"."""
SEGMENT = re.compile(
    r"[;|·()\[\]{}\t]|,\s+(?!\d[\d.]*(?:\s?\w{1,2})?(?:,|$))|\s(?:and|but|while|with|—|/|-)\s"
)
"""The border of what a short label may be said of."""
CONTRAST = re.compile(
    r"\b(?:while|whereas|although|though|versus|vs|compared|against|unlike)\b[^;.]*$"
)
"""Opens a clause about others."""
CHANGE = re.compile(r"[\s\])*\"']*(?:→|to|became|now(?! ?\())\s*(?:now\s)?[\s*(\"]*", re.IGNORECASE)
"""Stands between a value and the one that replaces it; "to" only after a word of `MOVED`."""
MOVED = re.compile(
    r"\b(?:from|was|were|went|changed|updated|revised|corrected|amended|raised|rose|fell|cut"
    r"|moved)\b"
)
RANGE = re.compile(r"\s*(?:or|to|-|–|—|/)\s*")
STAMP = re.compile(
    r"(?:\bas (?:of|at|on)|\bdated|\bupdated|\brecorded|\bstated|\bnoted|\beffective"
    r"|\bvalid from|\bvalid since|\b(?:stated|noted) by (?:the )?[a-z ]{3,30} of"
    r"|\brank \d+|^\W*(?:date\W*)?|[\[(](?:\w+[: ,;·]+){0,4})\W{0,3}$"
)
"""Stands before a date that tells when something was stated."""
WEAK_STAMP = re.compile(r"(?:\bon|\bsince|\bcorrect(?:ed|ion)|\bper|@)\W{0,3}$")
"""The same, unless the text is about a date."""
AS_OF = re.compile(r"\bas (?:of|at)\W{0,3}$|[\[(](?:as of|date:?|dated|updated|stated)\W{0,3}$")
APART_LEFT = re.compile(r"[|—·,(\[]\s*$")
BRACKET_LEFT = re.compile(r"[\[(][^\])]*$")
APART_RIGHT = re.compile(r"\s*(?:$|[|—·,)\]:])")
"""Stand around a date that is a segment of its own."""
PREFIX = re.compile(r"^\s*\[[^\[\]:]*\](?=\s*\S)")
"""A date and what goes with it, in brackets before a line."""
PRONOUN = re.compile(
    r"\W*(?:(?:and|also|but) )?"
    r"(?:it|its|they|their|he|his|she|her|(?:the|(?P<nearest>this|that)) (?P<noun>\w+))\b",
    re.IGNORECASE,
)
OTHERS = re.compile(r"\b(?:who|what|which|(?:an?|the|every|each|no) \w+(?: \w+)*) $")
"""Stands before a verb whose subject is no entity."""
WHOSE = re.compile(r"\bwhose (?:\w+ )?$")
NEGATED = re.compile(r"(?:\bno longer|\bnot|\bnever|n't|\bstopped)\s*$|\bneither\b[^;.]*$")
OWNED = re.compile(
    r"\W{0,3}(?:(?:values?|entry|figure|count|number|total) )?(?:of|at|for|in|on|by|from|with|to)"
    r"\W{1,3}(?:the )?(?:\w+ )?\W{0,3}",
    re.IGNORECASE,
)
"""Stands between a label and the name of its owner."""
VALUE_IS = re.compile(
    r"(?:\W|_|\b(?:is|are|was|were|be|the|reads|now|entity|name|node|target|object|to|(?:that|it)['’]s|put|enter"
    r"|note|write|would be|both)\b)*",
    re.IGNORECASE,
)
"""Stands between a relation's label and its value."""
KEYWORDS = re.compile(r"\W*(?:key ?words|tags)\W*:", re.IGNORECASE)
"""Opens a line of words that say what a text is about, and state nothing."""
_FILLER = (
    r"(?:which|who|that|that['’]?s|it['’]?s|is|sits|lies|belongs|works|operates|active|to|in|from|of"
    r"|among|the|an?|our|one|part|as|also|still)"
)
APPOSED = re.compile(
    rf"[\]*_\"']*(?:\s*[,:([—–-]+\s*{_FILLER}?|\s+(?:is|sits|lies|belongs|works))(?:\s+{_FILLER})*\s*",
    re.IGNORECASE,
)
"""Stands between a name and what the entity is: "Ann Lee, which is a", "Ann Lee (that's the"."""
IS_IN = re.compile(rf"(?:['’]s| is| was| are| belongs)(?:\s+{_FILLER})*\s+", re.IGNORECASE)
"""The same behind a pronoun."""
OPENS_LIST = re.compile(r"[\"'`*\])]*\s*[:→—]")
IS_BARE = re.compile(r"(?: itself)?(?:['’]s| is)(?: (?:now|currently|still))? ")
ENDS = re.compile(r"\s*(?:[.;)]|$)|,? (?:with|(?:and )?(?:has|its?|is|\d))\b|, \d")
"""Stand around what an entity is said to be: "Ann Lee is idle"."""
IS_A = re.compile(r"[\ue000]\s+(?:is|was)\s+(?:an?|the)\s+$")
IS_A_KIND = re.compile(r"[\ue000]\W+(?:is|was)\s+(?:an?|the)\s")
PAIR = re.compile(r"\W*[\ue000]+(?:,| and| &|, and) [\ue000]+ (?!both)[\w\ue001]")
"""Two entities of which a pronoun in the next sentence could mean either."""
AS_A = re.compile(
    r"(?:\s*\([^()]*\))?\W*(?:(?:down )?(?P<as>as)|for|is|was|=)\W+"
    r"(?:an? |the |its |his |her |their )?",
    re.IGNORECASE,
)
"""Stands between a value and the label behind it: "has Ann Lee as mentor"."""
JOINED = re.compile(r"[\s,&+;/\"'“”|→—:=\[\]()*`-]*(?:\b(?:and|or)\b(?: also\b)?)?[\s\"'“`*\[(]*")
"""Stands between the entities of a list."""
LEVEL = re.compile(
    r"[\s:=|→—–*_\"'`~≈-]*(?:is|are|was|of|at|stands at|approx\.?|about|ca\.?"
    r"|(?:now|corrected|updated|revised|fixed)(?: to)?)?"
    r"[\s:=|→—–*_\"'`~≈-]*"
)
"""Stands between a label and a value beside it."""
QUALIFIER = re.compile(
    r"[\s_]*\((?:\w+: ?)?(?:from|since|until|between|by)[^()]*\)(?=\s*[:=]|\s+(?:of|at)\s)"
)
EXPLICIT = re.compile(r"[\"'`*\s)]*[:=|→—–]|\s+(?:is|are|was)\s")
"""Stands behind a label whose value follows."""
SENTENCE = re.compile(
    r"[.!?](?<=[^\s.].)[\"'”*)]*\s+(?=\S)"
    r"(?!(?<=\? )(?:[Tt]hat|[Ii]t)(?:['’]s| is| was| would be)\b)"
)
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
MONTH = re.compile(
    rf"(?<![^\W_])(?:({_MONTHS})[a-z]*\.?,?[ _]((?:19|20)\d\d)|((?:19|20)\d\d)-(\d\d)(?!-?\d))",
    re.I,
)
"""A month of a year."""
MONTH_NUMBERS = {month: number for number, month in enumerate(_MONTHS.split("|"), 1)}
ABBREVIATION = re.compile(
    r"\b(?:approx|ca|vs|est|avg|no|st|b|e\.g|i\.e|incl|prev|rev|emp|cf|resp|mr|dr|"
    r"jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\.$|^\W*\d{1,2}\.$"
)
ANY = re.compile(
    "|".join(f"(?:{cue.pattern})" for cue in (OTHER, BEHIND, FORMER, WAS, DIFFERENCE, NOTHING))
)
"""Any cue that makes a figure another than the current entry."""
_WORDS = frozenset(
    word
    for cue in (OTHER, BEHIND, FORMER, WAS, DIFFERENCE, NOTHING, MORE, BY)
    for word in re.findall(r"[a-z]{2,}(?!\?)", cue.pattern)
) - frozenset("about be by had in it no of on the to".split())
MAYBE = re.compile(rf"{any_of(sorted(_WORDS), '(?<![a-z].)')}|≠|↑|↓|▲|▼|19\d\d|20\d\d")
"""What every text has that holds such a cue, or a change by an amount."""


def is_border(gap: str, start: int, end: int, *, values_first: bool) -> bool:
    """Whether a match of `CUT` between two labels parts them: no value of the first is behind it,
    or one that the text says is of the second.
    """
    behind = gap[end:]
    if not re.search(r"[\d\"]", behind):
        return True
    if not _FOR_LABEL.search(behind):
        return values_first
    is_in_series = re.search(r"\d ?[a-z%]{0,2}$", gap[:start], re.I)
    return not (is_in_series and re.match(r"[$€£]?\d", behind))
