"""Orders: owns the catalogue, the orders and the ledger of invoices and payments."""
