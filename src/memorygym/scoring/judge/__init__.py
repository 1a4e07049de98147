"""An optional LLM judge: it repairs what the typed grader may have misread, and nothing else."""

from memorygym.scoring.judge.agreement import agreement as agreement
from memorygym.scoring.judge.agreement import difference as difference
from memorygym.scoring.judge.judge_prompts import PROMPTS as PROMPTS
from memorygym.scoring.judge.panel import Judge as Judge
from memorygym.scoring.judge.panel import JudgeCase as JudgeCase
from memorygym.scoring.judge.trace_judge import judge_trace as judge_trace
from memorygym.scoring.judge.trace_judge import misruled as misruled
