"""The reader of facts that is blind to layout: prose, notes, tables and data alike."""
