"""The demo data: what it is, how it is loaded through the public API, and how it is put away."""
