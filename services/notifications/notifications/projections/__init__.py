"""Who can be told: this service's own small copies of staff, customers, contacts and cases."""
