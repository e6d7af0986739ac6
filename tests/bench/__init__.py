"""Measures the system and its limits in one run on one machine; ratios are what counts."""
