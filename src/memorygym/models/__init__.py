"""The language models: one protocol, its providers, and the log that replays replies offline.

model, specs                    the protocol of a model; a model by its spec
openai, hf, extractive          the providers: endpoints, local models, an offline stand-in
scripted, writer                a model that follows a script; any model as a memory's writer
reply_log                       replies that are recorded in a file and replayed
chat_completions                the OpenAI chat-completions format, and the meaning of errors
"""
