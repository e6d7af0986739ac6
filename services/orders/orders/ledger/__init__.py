"""The ledger: invoices, payments, and what a customer owes."""
