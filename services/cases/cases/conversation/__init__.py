"""The conversation of a case: replies to and from the customer, and notes among colleagues."""
