"""E-mail: queued with the event that asks for it, sent after the commit, and honest about what became of it."""
