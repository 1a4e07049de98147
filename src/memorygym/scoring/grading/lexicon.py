"""The words that the grader knows: they may stand around a claim without being a claim.

The values of attributes ("high", "active", "go") must never be listed here as frame or noun.
"""

from memorygym.core import tokens


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


FRAME = _words("""
    a an the this that these those it its it's that's he she they their his her i i'm i've my me we
    our you your is are was were be been being am has have had having does do did will would can
    could should may might must of in on at by for from to with as per via into within across after
    before during since until about regarding concerning among over under than and also too then so
    thus hence therefore because which who whose where when while what there here there's here's
    only just exactly precisely currently current now latest recent recently still overall most
    answer answers value values result figure number name named called final correct right actual
    actually stored recorded listed given stated noted shown reported known according based record
    records memory memories note notes data database entry entries information file files document
    documents filing filings report reports source sources context conversation question asked
    statement update updated correction corrected revised notice think believe recall remember see
    find found say says said states show shows indicate indicates read reads described classified
    categorized categorised rated ranked ranks rank set considered labelled labeled marked
    designated equals equal remains remained became become becomes stands stood comes came sits
    leads led leading tops topped wins won holds gets scores scored yes ok okay sure certainly
    please roughly approximately around nearly almost all up out my it'd highest lowest largest
    smallest greatest least biggest longest shortest oldest newest earliest top bottom maximum
    minimum max min best first last second third leader winner confidence confident same
    boxed text json true give gives gave explanation looking checking
    searching inc ltd corp llc co
""")

NOUNS = _words("""
    risk level climate zone type types status setting tier language stage category protocol studio
    rating class division company companies researcher researchers city cities hospital hospitals
    team teams movie movies film films university universities module modules project projects agent
    agents organization organisation entity entities firm firms school department attribute campus
    profile communication programming primary content institution accreditation market sector
    industry region field score rate revenue profit debt margin budget price count amount average
    mean sum total difference ratio gap deviation change percentage percent points year years date
    month months day days week weeks quarter quarters period periods size area summary description
    mission focus plot history issue issues group kind sort partner partners supplier customer
    competitor competitors list match matches minutes hours seconds million billion thousand
    trillion dollars usd audit backend calendar career channel character condition delivery format
    funding governance grade legal lifecycle main maturity message model operating opinion ownership
    pattern quality release role scheme seal standing state style surface term town urgency verdict
    priority
""")

VOCABULARY = FRAME | NOUNS

NEGATORS = _words("""
    not no never neither nor without isn't wasn't aren't weren't doesn't don't didn't hasn't
    haven't hadn't can't cannot couldn't won't wouldn't wrong incorrect false untrue instead rather
    except excluding anything unlike hardly
""")

HEDGES = _words("or either alternatively")

BREAKS = _words(
    ", ; . : ! ? ( ) [ ] { } | / - but and so though although however because while"
) | {"\n"}
"""Words and marks that separate clauses."""

TITLES = _words("dr mr mrs ms miss prof professor sir dame doctor mayor captain")

CLIPPED = TITLES | _words("st mt no inc corp ltd jr sr vs co approx")
"""Words whose full stop does not end a sentence."""

PERIODS = _words("period quarter week month season day hour step round phase session point version")
"""Nouns whose number is a time, not an amount."""

CHANGED = _words("""
    up down changed increased decreased rose fell risen fallen grew dropped raised reduced revised
    corrected updated adjusted lowered moved went
""")
"""Words before "from 5 to 6", which states the 6."""

MONTHS = {
    spelling: number
    for number, name in enumerate(map(str.lower, tokens.MONTHS), start=1)
    for spelling in (name, name[:3])
} | {"sept": 9}

COUNTS = _words("""
    hundred thousand million billion trillion dozen grand pair couple both trio half third thirds
    quarter quarters once twice thrice double triple none thirteenth fourteenth fifteenth sixteenth
    seventeenth eighteenth nineteenth twentieth thirtieth
""")
"""Words for a count or a position, beside CARDINALS and ORDINALS."""

FILED = _words("entry note record memory document source report file item slot line id")
"""Nouns whose number says where something is written: "note 3", "annual report 2021"."""

CARDINALS = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen".split()
    )
} | {
    word: 10 * value
    for value, word in enumerate(
        "twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2
    )
}

ORDINALS = {
    word: value
    for value, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(),
        start=1,
    )
}
