"""What a command cannot do without the person who gave it."""


class OperatorError(Exception):
    """Something the person at the keyboard has to do; the text says what."""
