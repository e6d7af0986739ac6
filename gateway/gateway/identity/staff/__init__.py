"""Staff: users, roles and teams, which every service learns of by events."""
