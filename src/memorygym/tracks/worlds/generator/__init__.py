"""From a seed to a task: `task` resolves sizes and settings, `generator` makes it.

domain_schema, tiers                             a domain's file; the official sizes
fact_timeline, gold                              facts over time; the table that no agent sees
schedule, prose, notes, instructions             the stream, its documents, the system message
questions, question_sampler, question_placement  what is asked, of what, when
storage_cost                                     what a perfect choice would have to store
"""
