"""The timers of a step: later start, reminders, escalations, each exactly once."""
