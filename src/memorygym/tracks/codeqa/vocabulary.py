"""The vocabulary of the fact reader: keys of code and observed topics, and how texts name both."""

from memorygym.scoring.fact_reader.vocabulary import Vocabulary
from memorygym.tracks.codeqa.keys import IMPORT, KEYS
from memorygym.tracks.codeqa.names import CodeNames, type_of
from memorygym.tracks.codeqa.shorthand import spelled_out

VOCABULARY = Vocabulary(
    KEYS,
    CodeNames(KEYS),
    frozenset("function class constant method test decorator topic job identifier symbol".split()),
    type_of,
    (IMPORT,),
    spell_out_text=spelled_out,
)
