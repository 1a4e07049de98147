"""The shared parts of the question-answering tracks: questions about texts shown and evicted.

questions, correctness       facts, questions, answers; whether an answer is right
stream, reasoners            the environment and the fixed reasoners
defaults, question_reader    the shared fields of these tracks; how their traces are read
ablation, leakage            checks of the final texts of an instance
"""
