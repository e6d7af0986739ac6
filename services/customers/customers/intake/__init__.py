"""From a submitted form to a customer: match or create, and tell who it was."""
