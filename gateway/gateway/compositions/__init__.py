"""Compositions: answers that the gateway puts together from several services."""
