"""My work: what workflows ask of me."""
