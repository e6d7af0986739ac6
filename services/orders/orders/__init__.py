"""Orders: keeps the catalogue, the orders and the ledger of invoices and payments."""
