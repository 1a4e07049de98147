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
    r"|(?:19|20)\d\d(?=:? *$)|hoped|noise|wrong|not"
    r"|forget|disregard(?:ed)?|reject(?:ed|s)?|overruled?|claim(?:s|ed)"
    r"|(?<!no )conflict(?=: ))\b"
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
UNREAL = re.compile(
    r"\W*(?:if|suppose|supposing|imagine|assuming|in case|unless)\b|[^:;]*\bwhether\b"
    r"|.*\bwould\b.*\bif\b"
)
"""A sentence that only supposes something."""
ASIDE = re.compile(
    r"(?<!\bthe )\b(?:plan(?:s|ned)?|intend(?:s|ed)?|aim(?:s|ed)?|hop(?:es|ed)|want(?:s|ed)?) to\b"
    r"|\b(?:aims|hopes) for\b|\b[\d.,]+ of (?:them|these|those|which)\b"
)
"""What stands behind it in a sentence is not so yet, or only a part of what was said."""
FORMER = re.compile(
    r"\b(?:previously|formerly|former|previous|prev|prior|old|older|earlier|originally|initially|before"
    r"|superseded|outdated|until (?:release|version)|replac(?:es|ed|ing)|no longer|used to"
    r"|had (?:been|said|read|shown|given)|once|stale|obsolete|up from|down from"
    r"|instead of|(?:until|up to) now|first (?:said|noted|stated|reported|given|put))\b"
)
"""Marks a value that another has replaced."""
QUALIFIED = re.compile(
    r"[^\w\ue000\ue001]{0,9}(?:(?:qualifier|note)[^\w\ue000\ue001]{1,4})?"
    r"(?:superseded|outdated|obsolete|stale|replaced)(?: since| now)?"
    r"(?:\s*[)\]]|(?=\W?\W?\s*(?:[.;,)\]]|$)))",
    re.IGNORECASE,
)
"""Stands behind a label or a value that holds no longer."""
GONE = re.compile(
    r"~~|\W*until \w*\.?\d|,? (?:is|are|was|being) (?:now )?(?:old|outdated|obsolete|stale|wrong)\b"
)
"""The same, of a value."""
BEFORE = re.compile(r"\W*(?:\w+ )?(?:before|previously|earlier|until)\b(?! than)")
"""The same, in the clause of a value."""
WAS = re.compile(r"\b(?:was|were)\b")
"""Marks such a value, too, if the statement gives a current one beside it."""
NOW = re.compile(
    r"\b(?:now|currently|current|today|updated|corrected|amended|revised|latest|new|to)\b|→"
)
IS_NOW = re.compile(
    r"(?:\b(?:(?<!until )(?<!up to )now|currently|current|corrected to|updated to"
    r"|amended to|revised to|should read|(?:replaced|superseded) (?:by|with)"
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
_CUES = (OTHER, BEHIND, DIFFERENCE, UNREAL, ASIDE, FORMER, GONE, BEFORE, WAS, NOW)
_BESIDE = frozenset(
    "are for given noted put read recorded reported said set shown stated the wrote written".split()
)
"""Words of these patterns that mean nothing alone."""
_MORE_CUES = (
    r"actual anything case correct dummy already evidence example exact false far fiction"
    r" hypothetical if\b last latest neither never no\b nor\b or\b placeholder real right should"
    r" them these those to\b true untrue up\b vs".split()
)
_WORDS = {word for cue in _CUES for word in re.findall(r"[a-z]{3,}(?!\?)", cue.pattern)} - _BESIDE
ANY = re.compile(
    any_of(sorted({*_WORDS, *_MORE_CUES}), r"(?<![a-z].)")
    + r"|n't|[→?≠↑↓▲▼]|~~|as of (?=.*\b(?:it|they)\b)|in (?:19|20)\d\d"
    r"|(?<!\d)(?:19|20)\d\d(?!\d|[-/.]\d\d?[-/.]\d)"
)
"""Finds whether a text has anything that may make a figure another than the current entry."""
SOFT = re.compile(
    r"[;·]|,(?=\s*[^\s\d$€£~≈+.-])|[()\[\]{}]|\s[—–/-]\s|—|\b(?:while|whilst|whereas|with|but|though"
    r"|although|where|which)\b"
)
"""The border of a clause."""
CONTRAST = re.compile(
    r"\b(?:while|whereas|although|though|versus|vs|compared|against|unlike)\b[^;.]*$"
)
"""Opens a clause about others."""
CHANGE = re.compile(
    r"(?: [a-z]{1,8}(?= ))?[\s\])*\"']*(?:→|to|became|now(?! ?\())\s*(?:now\s)?[\s*(\"]*",
    re.IGNORECASE,
)
"""Stands between a value and the one that replaces it; "to" only after a word of `MOVED`."""
MOVED = re.compile(
    r"\b(?:from|was|were|went|changed|updated|revised|corrected|amended|raised|rose|fell|cut"
    r"|moved)\b"
)
STAMP = re.compile(
    r"(?:\bas (?:of|at|on)|\bdated|\bupdated|\brecorded|\bstated|\bnoted|\beffective"
    r"|\bvalid from|\bvalid since|\b(?:stated|noted) by (?:the )?[a-z ]{3,30} of"
    r"|\brank \d+|^\W*(?:date\W*)?|[\[(](?:\w+[: ,;·]+){0,4})\W{0,3}$"
)
"""Stands before a date that tells when something was stated."""
WEAK_STAMP = re.compile(r"(?:\bon|\bsince|\bcorrect(?:ed|ion)|\bper|@)\W{0,3}$")
"""The same, unless the text is about a date."""
PRONOUN = re.compile(
    r"\W*(?:(?:and|also|but) )?"
    r"(?:it|its|they|their|he|his|she|her|(?:the|(?P<nearest>this|that)) (?P<noun>\w+))\b",
    re.IGNORECASE,
)
HE = re.compile(r"\W*(?:and |also |but )?(?:he|his|she|her)\b", re.IGNORECASE)
"""Opens a sentence about the person that was named before."""
JOINED = re.compile(r"[\s,&+;/\"'“”|→—:=\[\]()*`-]*(?:\b(?:and|or)\b(?: also\b)?)?[\s\"'“`*\[(]*")
"""Stands between the entities of a list."""
LEVEL = re.compile(
    r"[\s:=|→—–*_\"'`~≈-]*(?:is|are|was|of|at|stands at|approx\.?|about|ca\.?"
    r"|(?:now|corrected|updated|revised|fixed)(?: to)?)?"
    r"[\s:=|→—–*_\"'`~≈-]*"
)
"""Stands between a label and a value beside it."""
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
