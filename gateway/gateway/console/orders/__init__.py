"""Orders: the list, the record, taking one by hand."""
