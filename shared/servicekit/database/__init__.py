"""The database: engine and transactions, column types, versions, upserts, locks, migrations."""
