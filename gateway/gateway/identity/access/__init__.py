"""Access: permissions and record scopes, and the API keys with which programs call in the name of a user."""
