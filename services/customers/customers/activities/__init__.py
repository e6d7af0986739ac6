"""Activities: what staff write down about a customer, notes and logged interactions."""
