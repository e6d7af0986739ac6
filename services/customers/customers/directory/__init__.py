"""Who the customers are: organizations, individuals, and the contacts between them."""
