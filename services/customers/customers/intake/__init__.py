"""Intake: a submitted form is matched to a customer, or creates one, and who sent it is published."""
