"""Case types: kinds of cases, each with the workflow that its new cases start."""
