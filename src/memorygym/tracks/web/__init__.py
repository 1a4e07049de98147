"""web: an agent runs errands on pages."""
