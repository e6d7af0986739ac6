"""What stands between a caller and the services: authentication, routing, proxy, rate limit, headers, API documents."""
