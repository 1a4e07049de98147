"""Question answering over texts that were shown and evicted: what research, codeqa and data share.

model (facts, questions, statements), marking (is an answer right), ablation and leakage (proofs on
final texts), schemas (what an instance is), files (a folder of them), checking (that folder)
"""
