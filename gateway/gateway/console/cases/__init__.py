"""Cases: the list, the record with its conversation and workflow, opening one by hand."""
