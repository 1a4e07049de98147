"""Deals instances of the research track: names, relations, programs, documents, turns, records."""
