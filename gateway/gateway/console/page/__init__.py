"""The machinery of the console's pages: it knows no noun of the CRM."""
