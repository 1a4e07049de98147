"""What memories are built from; no memory itself.

passages, notebook           texts under keys; entries that an agent writes through tools
history_edits                what condensers share
splitter, message_entries    text as passages and sentences, messages as text
prompts, reply_parser        what memories ask their model, and how its reply is read
foreign_object               what an object of somebody else needs to be a memory
search                       the indexes: by words, by vectors, by both
"""
