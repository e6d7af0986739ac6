"""Who may come in: staff users, roles, teams, and what they show at the door (sessions, tokens, keys, links)."""
