"""Streams of messages that no track generates: duplicates, empty and long texts, odd characters."""

from hypothesis import strategies as st

from memorygym.core.types import Budget
from memorygym.testing.fixed_episodes import Act

NAMES = ["Larkin Harbor", "Garnet Meadow", "Alder Bridge", "Häuser 家"]
WORDS = ["lamps", "boats", "keeps", "counted", "spring", "no", "the", "of", "1,204", "$3.5M", "a"]
ODD = [
    "",
    "  ",
    "?",
    "word " * 150,
    "x" * 700,
    "e\u0301 👩‍👩‍👧 \u2028 \x00",
    "one\n\n\n  two\n\nthree",
    "user\ntool 0.0.0\nassistant []",
    'tool ["a", {}]',
    "From memory, oldest first:",
    "subject | relation | object",
    "Summary so far:\nnothing\n\nNew:\nnothing",
    '"AND" OR (NEAR *',
]
sentences = st.builds(
    "{} {}.".format,
    st.sampled_from(NAMES),
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=9).map(" ".join),
)
bodies = st.lists(sentences, min_size=1, max_size=5).map(" ".join)
documents = st.builds("[Ledger · {} · {} May 2031]\n{}".format, st.sampled_from(NAMES),
                      st.integers(1, 28), bodies)  # fmt: skip
questions = st.builds("How many {} has {}?".format, st.sampled_from(WORDS), st.sampled_from(NAMES))
texts = st.one_of(documents, documents, questions, sentences, st.sampled_from(ODD))
acts = st.builds(
    Act,
    st.lists(texts, min_size=1, max_size=3).map(tuple),
    st.lists(st.lists(texts, min_size=1, max_size=3).map(tuple), max_size=2).map(tuple),
    texts,
    st.booleans(),
)
streams = st.lists(acts, min_size=1, max_size=7).map(tuple)
budgets = st.builds(
    Budget,
    capacity=st.sampled_from([None, 5, 60, 200, 600]),
    view=st.one_of(st.none(), st.integers(1, 60), st.integers(60, 400)),
)
