"""Question answering over texts that were shown and evicted: what research, codeqa and data share.

model (facts, questions, statements), files (instances on disk), ablation (proofs on final bytes)
"""
