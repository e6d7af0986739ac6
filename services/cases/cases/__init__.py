"""Cases: takes web forms in, opens cases and leads each through its workflow."""
