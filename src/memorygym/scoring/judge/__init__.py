"""An optional LLM judge: it repairs what the typed grader may have misread, and nothing else."""

from memorygym.scoring.judge.agreement import agreement, difference
from memorygym.scoring.judge.panel import Judge, JudgeCase
from memorygym.scoring.judge.prompts import PROMPTS
from memorygym.scoring.judge.trace_judge import judge_trace, misruled

__all__ = [
    "PROMPTS",
    "Judge",
    "JudgeCase",
    "agreement",
    "difference",
    "judge_trace",
    "misruled",
]
