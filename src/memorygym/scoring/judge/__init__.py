"""An optional LLM judge, which may accept answers that the typed grader rejected, and no more."""

from memorygym.scoring.judge.judge_prompts import PROMPTS as PROMPTS
from memorygym.scoring.judge.panel import Judge as Judge
from memorygym.scoring.judge.panel import JudgeCase as JudgeCase
from memorygym.scoring.judge.trace_judge import judge_trace as judge_trace
from memorygym.scoring.judge.trace_judge import judgement_mismatch as judgement_mismatch
