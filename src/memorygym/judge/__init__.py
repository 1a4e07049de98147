"""An optional LLM judge: it repairs what the typed grader may have misread, and nothing else."""

from memorygym.judge.agreement import agreement, difference
from memorygym.judge.judging import Case, Judge
from memorygym.judge.prompts import PROMPTS
from memorygym.judge.traces import judge_trace, misruled

__all__ = [
    "PROMPTS",
    "Case",
    "Judge",
    "agreement",
    "difference",
    "judge_trace",
    "misruled",
]
