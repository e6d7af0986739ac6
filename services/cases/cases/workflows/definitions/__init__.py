"""Workflows as they are written, checked, published and retired."""
