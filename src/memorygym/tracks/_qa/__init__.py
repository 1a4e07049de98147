"""The shared parts of the question-answering tracks: questions about texts shown and evicted.

questions, correctness       facts, questions, answers; whether an answer is right
stream, reasoners            the environment and the fixed reasoners
defaults, question_reader    the shared fields of these tracks; how their traces are read
generated                    a track whose tasks are generated from parameters
ablation, leakage            checks of the final texts of an instance
verification                 drafts until one passes its checks; the checks of many tasks
"""
