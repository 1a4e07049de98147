"""The language models: one protocol, its providers, and the log that replays replies offline.

model, specs                    what every provider must do; a model by its spec
openai, hf, extractive          the providers: endpoints, local models, offline without a model
scripted, writer                a model that follows a script; any model as a memory's writer
recorded, reply_log             replies that are kept in a file and replayed
chat_completions                the wire format
provider_errors, salience       whose fault a refusal is; what `extractive` keeps of a text
"""
