"""Messaging: events, transactional outbox, relay, inbox, dispatch to consumers, dead letters, and the bus."""
