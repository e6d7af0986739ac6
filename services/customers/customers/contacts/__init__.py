"""The people of an organization: who they are there, and which of them is the primary contact."""
