"""2wiki: questions over two to four of ten Wikipedia paragraphs (2WikiMultihopQA)."""

from memorygym.core.json_types import SchemaMismatch
from memorygym.datasets._fields import Row
from memorygym.datasets._samples import Format, Sample
from memorygym.datasets.hotpotqa import titled_sample


def make() -> Format:
    return Format(
        source="https://github.com/Alab-NII/2wikimultihop (README, Dataset Contents): HotpotQA's"
        " fields, evidences (triples) and entity_ids.",
        licence="Apache 2.0 (the repository's; the paragraphs are Wikipedia's)",
        evidence="published: supporting_facts, by paragraph",
        units=("paragraph",),
        sample=sample,
    )


def sample(row: Row, index: int) -> Sample:
    """One question and its paragraphs; the test set has entity_ids in place of evidences."""
    if not row.keys() & {"evidences", "entity_ids"}:
        raise SchemaMismatch("is missing", "evidences")
    return titled_sample(row, index)
