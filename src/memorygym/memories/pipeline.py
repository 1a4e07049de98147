"""pipeline: several condensers over one history, each working on what the one before left.

MemGym's composition, with its preset of masking, then summarising. Kept: the order of `stages` is
the order of work. Simplified: the stages share one history and edit it in turn before every view,
so nothing is stored or summarised twice and the dump is that of one memory; a stage must therefore
be one of the condensers of this package. By default a message is masked just before it is
summarised, so the row is nearly that of `llm_summarizing`; a smaller window tells them apart.
Parameters of a stage follow its name after a slash, as in
`pipeline:stages=observation_masking/attention_window=20+llm_summarizing/max_size=50`.
"""

from memorygym.core.errors import BadSettings
from memorygym.core.registry import make as make_part
from memorygym.memories.stores.history_edits import Condenser


def make(stages: str = "observation_masking+llm_summarizing") -> Condenser:
    condensers = [_stage(stage) for stage in stages.split("+")]
    rules = [rule for stage in condensers for rule in stage.rules]
    return Condenser(*rules, keep_first=condensers[-1].keep_first)


def _stage(spec: str) -> Condenser:
    stage = make_part("memory", spec.strip().replace("/", ":"))
    if not isinstance(stage, Condenser):
        raise BadSettings(
            f"pipeline: the stage {spec!r} edits no history; give condensers, such as"
            " observation_masking+llm_summarizing"
        )
    return stage
