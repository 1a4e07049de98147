"""The agents that every track has: an LLM agent, and the track's reasoners with memory tools.

`chat` (the LLM agent), `text_protocol` (tool calls as text), `reasoner_agent` (scripted agents),
`calls` (the tool calls of scripted agents).
"""
