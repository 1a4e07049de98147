"""The track dialogue: conversations in which an agent acts on state."""
