"""Work items: what a person has to do or decide in a step."""
