"""The rows of the timeline, and the sentences that they are told in."""
