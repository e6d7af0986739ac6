"""What staff write down about a customer, and the one page that shows everything."""
