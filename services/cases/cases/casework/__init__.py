"""Cases: opened, changed, moved, linked to their customer, led by a workflow, each with its history."""
