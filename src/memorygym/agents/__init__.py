"""The agents that every track has: a chat model, and the track's reasoners with memory tools.

`chat` (the LLM agent), `text_protocol` (calls written as text), `reasoner_agent` (scripted agents),
`calls` (their replies).
"""
