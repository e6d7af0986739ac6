"""What services cannot promise at once."""


class ContractError(Exception):
    """Two services promise what cannot both be; the text says what."""
