"""The committed documents of what services promise: their HTTP APIs, their events, and a page about these."""
