"""The parts that memories are built from.

passages, notebook           texts under keys; entries that an agent writes through tools
history_edits                the rules and the history of condensers
splitter, message_entries    texts as passages and sentences, messages as texts
prompts, reply_parser        the prompts for a memory's model, and the parsing of its replies
foreign_object               the base of shims
search                       the indexes: by words, by vectors, by both
"""
