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

IDLE_SENTENCES = {
    "Register": (
        "The entry on {s} was checked against the ledger by two clerks.",
        "Page proofs of what is said here of {s} went out for comment without any reply.",
        "The clerk asks readers to report misprints concerning {s} by letter.",
        "Older cards about {s} were bound and moved to the cellar.",
        "The spelling {s} follows the usage of the archive.",
    ),
    "Catalogue": (
        "The plate that shows {s} had to be printed twice for want of ink.",
        "Dealers list {s} under the same heading as last season.",
        "A drawing of {s} may be ordered from the printer for a small fee.",
        "The editors have compared this entry on {s} with the card in the drawer.",
        "Requests to see {s} should reach the desk well in advance.",
    ),
    "Field report": (
        "Rain kept the party in its tents while notes about {s} were copied out.",
        "The sketch of {s} in the margin was made by lamplight.",
        "Two pages on {s} got wet and were dried over the stove.",
        "The party talked of {s} over supper and left it at that.",
        "What follows on {s} was dictated on the last evening.",
    ),
    "Conference notes": (
        "A full room heard the session that touched on {s} after lunch.",
        "Slides about {s} were shown in a hurry because the bell had rung.",
        "Somebody at the back asked about {s} and got a short reply.",
        "The chair closed the discussion of {s} with a joke.",
        "A handout on {s} ran out before the second row was served.",
    ),
    "Newsletter": (
        "Readers have written in about {s} more often than about the weather.",
        "The back page carries a puzzle with {s} as one of its answers.",
        "Our correspondent mentions {s} in passing, between two cups of tea.",
        "A photograph of {s} hangs in the stairwell these days.",
        "The next issue returns to {s} if space allows.",
    ),
    "Profile": (
        "Friends say that {s} never leaves a letter unanswered.",
        "On quiet mornings {s} can be found feeding the ducks.",
        "A shelf of detective novels is what {s} calls a holiday.",
        "The portrait of {s} on the cover is the work of a neighbour.",
        "Whoever calls on {s} is offered strong coffee.",
    ),
    "Travel log": (
        "Our coach was late, so little more than an hour was left for {s} that day.",
        "A postcard with {s} on it cost less than the stamp.",
        "The guide had much to say of {s}, most of it in verse.",
        "We heard of {s} from a fellow traveller on the ferry.",
        "Lunch was cold, but the talk was of {s} and therefore lively.",
    ),
}


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
    idle_count = min(len(IDLE_SENTENCES[genre]), max(1, stream.between(4, 6) - len(sentences)))
    for template in stream.sample(IDLE_SENTENCES[genre], idle_count):
        sentences.insert(stream.below(len(sentences) + 1), template.format(s=subject))
    title = f"{genre} · {subject} · {day_text(day)}"
    return Document(genre, day, title, tuple(sentences), tuple(claims))


def sentence(stream: Stream, claim: GraphClaim) -> str:
    """A sentence that states a claim, in one of its wordings."""
    relation = RELATIONS[claim.relation]
    value = claim.value
    if relation.numeric and relation.value != YEAR:
        value = f"{int(value):,}"
    return stream.choice(relation.sentences).format(
        s=claim.subject, v=value, a=month_text(claim.start), b=month_text(claim.end)
    )


def day_text(day: int) -> str:
    """A day in words.

    >>> day_text(2031 * 12 * 28)
    '1 January 2031'
    """
    return f"{day % 28 + 1} {month_text(day // 28)}"
