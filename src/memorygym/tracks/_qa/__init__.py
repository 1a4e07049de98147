"""What tracks share that ask about texts which were shown and evicted; no track itself.

questions, correctness       facts, questions, statements; whether an answer is right
stream, reasoners            the environment and the locked reasoners
defaults, question_reader    how such a track is played, how its traces are read
ablation, leakage            proofs on the final texts of an instance
"""
