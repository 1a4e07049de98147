"""A bad parameter is refused by name, with the reason, before anything is played."""

import pytest

from memorygym.core import registry
from memorygym.core.errors import BadSettings, UnknownPart


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ("llm_summarizing:keep_first=75", "keep_first 75: max_size 100 by condensation_ratio 0.75"),
        ("structured_summary:condensation_ratio=1.5", "condensation_ratio 1.5: give more than 0"),
        ("llm_summarizing:max_token_size=0", "max_token_size 0: give at least 1"),
        ("naive:keep_recent=0", "keep_recent 0: give at least 1"),
        ("sliding_window:keep_first=9", "keep_first 9: half a window of 20 leaves 10 places"),
        ("adaptive_token_budget:keep_first=-1", "keep_first -1: give at least 0"),
        ("observation_masking:attention_window=-1", "attention_window -1: give at least 0"),
        ("bm25:top_k=0", "top_k 0: give at least 1"),
        ("naive_rag:chunk_size=-5", "chunk_size -5: give at least 1"),
        ("hybrid:rrf_k=0", "rrf_k 0: give at least 1"),
        ("memorybank-lite:chunk_chars=0", "chunk_chars 0: give at least 1"),
        ("memorybank-lite:hours_per_message=-1", "hours_per_message -1: give 0 or more"),
        ("memorybank-lite:hours_per_message=nan", "hours_per_message nan: give 0 or more"),
        ("simplemem-lite:top_k=0", "top_k 0: give at least 1"),
        (
            "lightmem-lite:buffer_size=0:entry_size=-1",
            "buffer_size 0, entry_size -1: give at least 1",
        ),
        ("amem-lite:retrieve_k=20", "retrieve_k 20: give at most top_k, 10"),
        ("amem-lite:neighbours=-1", "neighbours -1: give at least 0"),
        ("hipporag-lite:damping=100", "damping 100: give a percentage from 0 to 99"),
    ],
)
def test_the_message_for_an_impossible_parameter_names_value_and_reason(
    spec: str, reason: str
) -> None:
    with pytest.raises(BadSettings, match=reason):
        registry.make("memory", spec)


@pytest.mark.parametrize(
    ("spec", "hint"),
    [
        ("naive_rag:chunk_sise=5", "did you mean chunk_size"),
        ("llm_summarising", "did you mean llm_summarizing"),
        ("llm_summarizing:max_sise=9", "did you mean max_size"),
        ("naive_rag:embedder=hash", "did you mean hashed"),
        ("hybrid:embedder=bert", "no embedder named 'bert'; choose from hashed, minilm$"),
        (
            "simplemem-lite:embedder=bert",
            "no embedder named 'bert'; choose from hashed, minilm, none",
        ),
    ],
)
def test_what_does_not_exist_suggests_the_nearest(spec: str, hint: str) -> None:
    with pytest.raises(UnknownPart, match=hint):
        registry.make("memory", spec)
