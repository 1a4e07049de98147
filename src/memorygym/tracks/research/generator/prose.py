"""Documents: a heading with genre, subject and date, and sentences in the wording of the genre."""

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

from memorygym.core.rng import Stream
from memorygym.tracks.research.generator.graph import GraphClaim
from memorygym.tracks.research.relations import AUTHORITY, RELATIONS, YEAR, month_text

GENRES = MappingProxyType(
    {
        "person": ("Register", "Conference notes", "Profile", "Newsletter"),
        "laboratory": ("Register", "Conference notes", "Newsletter", "Travel log"),
        "instrument": ("Catalogue", "Field report", "Newsletter"),
        "method": ("Catalogue", "Conference notes", "Newsletter"),
        "survey": ("Register", "Field report", "Travel log"),
        "town": ("Register", "Field report", "Travel log"),
    }
)
"""By kind of entity: the genres of documents about it."""
FIRST_DAY, DAYS = 2031 * 12 * 28, 4 * 12 * 28
"""The first date of documents and the number of days; days count from the year 0, and every month
has 28."""

FRAMES = (
    "{}.",
    "In short, {}.",
    "Among other things, {}.",
    "As anyone in the trade will say, {}.",
    "As the papers on our desk confirm, {}.",
    "It is well known that {}.",
    "It bears repeating that {}.",
    "It took two letters to establish that {}.",
    "Both clerks agree that {}.",
    "Nobody doubts that {}.",
    "We can confirm that {}.",
    "Readers may like to hear that {}.",
    "Let the reader keep in mind that {}.",
    "{}, and the papers bear it out.",
    "{}, and both clerks agree.",
    "{}, as anyone in the trade will say.",
    "{}, as everybody there can confirm.",
    "{}, so much is certain.",
)
"""What may stand around a clause that states a fact."""
MENTIONS = (
    "It was never said {}.",
    "Our source never stated {}.",
    "In two hours of talk it was never stated {}.",
)
"""What may stand around a clause that tells what is not known."""
IDLE = {
    "Register": (
        "The entry on {s}|The page on {s}|The card for {s}|The file about {s}|This note on {s}"
        "|All we print of {s}|What is said here of {s}",
        "was checked against the ledger by two clerks|went out for comment without any reply"
        "|was bound and moved to the cellar|follows the usage of the archive"
        "|waits for the new ink|may be copied for a small fee|was read aloud before printing",
    ),
    "Catalogue": (
        "The plate of {s}|A drawing of {s}|The entry on {s}|The label for {s}|The print of {s}"
        "|Our notice of {s}|The photograph of {s}",
        "had to be printed twice for want of ink|may be ordered for a small fee"
        "|was compared with the card in the drawer|was checked twice with a lens"
        "|stands under the same heading as last season|was trimmed to fit the page"
        "|is kept between two sheets of tissue",
    ),
    "Field report": (
        "The sketch of {s}|Our page on {s}|What follows on {s}|The note on {s}|A verse on {s}"
        "|The diary page on {s}|Every line on {s}",
        "was made by lamplight|got wet and was dried over the stove"
        "|was dictated on the last evening|was copied out in the tents while it rained"
        "|made the party laugh over supper|was read out by the fire"
        "|had to be written twice, so cold was the pencil",
    ),
    "Conference notes": (
        "The session on {s}|A talk that touched on {s}|The discussion of {s}|A report on {s}"
        "|The lecture on {s}|Every remark on {s}|A short reply about {s}",
        "filled the room after lunch|was cut short by the bell|ended with a joke from the chair"
        "|was over before the last row sat down|made somebody at the back wake up"
        "|drew applause for its brevity|came after the coffee",
    ),
    "Newsletter": (
        "A letter about {s}|The puzzle with {s} in it|A photograph of {s}|Our line on {s}"
        "|The column on {s}|A cartoon of {s}|A limerick about {s}",
        "hangs in the stairwell these days|pleased more readers than the weather"
        "|returns in the next issue if space allows|was read over two cups of tea"
        "|fills half of the back page|was shortened by the printer|made our correspondent smile",
    ),
    "Profile": (
        "Friends say that {s}|On quiet mornings {s}|Neighbours report that {s}|In all weathers {s}"
        "|On most Sundays {s}|Out of habit {s}|Before breakfast {s}",
        "answers every letter|feeds the ducks|reads detective novels|offers callers strong coffee"
        "|hums in the stairwell|waters the neighbour's plants|takes the long way round the pond",
    ),
    "Travel log": (
        "A rhyme about {s}|The guide's story of {s}|The talk about {s}|Our chat about {s}"
        "|A song about {s}|The chapter on {s}|A whisper about {s}",
        "was over too soon|came mostly in verse|made a cold lunch lively"
        "|was cut short by a late coach|reached us on the ferry|passed the time on the bridge"
        "|was worth the blisters",
    ),
}
"""By genre: how sentences about an entity that state no fact begin, and how they end."""


@dataclass(frozen=True, slots=True)
class Document:
    """One document, and the claims in it."""

    genre: str
    day: int
    title: str
    sentences: tuple[str, ...]
    claims: tuple[GraphClaim, ...]

    @property
    def authority(self) -> int:
        """The authority of its genre."""
        return AUTHORITY[self.genre]

    @property
    def names(self) -> set[str]:
        """The entities, and the numbers, of its claims."""
        return {name for claim in self.claims for name in (claim.subject, claim.value)}

    @property
    def text(self) -> str:
        """The text that is shown."""
        return f"[{self.title}]\n{' '.join(self.sentences)}"


def genres_of(kind: str, least: int = 1, most: int = 3) -> list[str]:
    """The genres of documents about a kind of entity, with an authority within the bounds."""
    return [genre for genre in GENRES[kind] if least <= AUTHORITY[genre] <= most]


def write_document(
    stream: Stream, claims: Sequence[GraphClaim], genre: str = "", day: int = 0
) -> Document:
    """A document that states claims about one subject, among sentences that state no fact."""
    subject, kind = claims[0].subject, claims[0].kind
    genre = genre or stream.choice(GENRES[kind])
    day = day or FIRST_DAY + stream.between(1, DAYS - 1)
    sentences = [sentence(stream, claim) for claim in claims]
    stream.shuffle(sentences)
    idle_count = max(1, stream.between(3, 5) - len(sentences))
    openings, endings = (stream.sample(parts.split("|"), idle_count) for parts in IDLE[genre])
    for opening, ending in zip(openings, endings, strict=True):
        idle = f"{opening.format(s=subject)} {ending}."
        sentences.insert(stream.below(len(sentences) + 1), idle)
    title = f"{genre} · {subject} · {day_text(day)}"
    return Document(genre, day, title, tuple(sentences), tuple(claims))


def sentence(stream: Stream, claim: GraphClaim) -> str:
    """A sentence that states a claim, in one of its wordings."""
    relation = RELATIONS[claim.relation]
    value = claim.value
    if relation.numeric and relation.value != YEAR:
        value = f"{int(value):,}"
    clause = stream.choice(relation.clauses).format(
        s=claim.subject, v=value, a=month_text(claim.start), b=month_text(claim.end)
    )
    return framed(stream.choice(FRAMES), clause)


def framed(frame: str, clause: str) -> str:
    """A clause in a frame, as a sentence.

    >>> framed("It is well known that {}.", "the charter of Orm Hall is old")
    'It is well known that the charter of Orm Hall is old.'
    """
    text = frame.format(clause)
    return text[0].upper() + text[1:]


def day_text(day: int) -> str:
    """A day in words.

    >>> day_text(2031 * 12 * 28)
    '1 January 2031'
    """
    return f"{day % 28 + 1} {month_text(day // 28)}"
