"""Computes from a trace: grades, scores, the causes of missed questions, and the cost.

`episode_scores` (outcomes and score), `attribution` (the cause of a miss), `provenance`
(the history of a fact), `usage` (calls, tokens, money), `grading` (rules by type of answer, without
a model), `judge` (an optional LLM judge), `agreement` (its measure).
"""
