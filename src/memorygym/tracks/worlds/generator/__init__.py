"""Turns a seed into a task: `task` resolves the sizes and settings, `generator` builds the task.

template_schema, tiers                  the file of a template; the official sizes
fact_timeline, gold                     facts over time; the gold table, hidden from agents
schedule, prose, notes, instructions    the event stream, its texts, the system message
question_sampler, question_placement    what questions are about, their events
storage_cost                            what an agent that knows all questions would store
"""
