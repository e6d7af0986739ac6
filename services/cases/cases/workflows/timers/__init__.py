"""The clock of a step: later start, reminders, escalations, each exactly once."""
