"""E-mail addresses and phone numbers in one comparable form, and names folded for search: once for every service."""

import re
import unicodedata

import email_validator
import phonenumbers

# Letters that Unicode does not take apart into a letter and an accent.
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "\u0131": "i"})
_POSSIBLE = {phonenumbers.ValidationResult.IS_POSSIBLE, phonenumbers.ValidationResult.IS_POSSIBLE_LOCAL_ONLY}
_PHONE_QUERY = re.compile(r"^[+(]?[\d\s()./+-]{4,}$")


class UnreadableAddress(ValueError):
    """An e-mail, a phone number or a web address that cannot be one; the text says how to write it."""


def fold(text: str) -> str:
    """In lower case, without accents and double spaces: how names are compared and searched."""
    folded = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return " ".join("".join(c for c in folded if not unicodedata.combining(c)).split())


def normal_email(text: str) -> str:
    """The form in which two e-mails are the same; raises UnreadableAddress."""
    try:
        checked = email_validator.validate_email(text.strip(), check_deliverability=False, test_environment=True)
    except email_validator.EmailNotValidError as error:
        raise UnreadableAddress(
            f"{text.strip()!r} is not an e-mail address: write it like name@example.com."
        ) from error
    return checked.normalized.casefold()


def shown_email(text: str) -> str:
    """As it was written, if it is one; raises UnreadableAddress."""
    normal_email(text)
    return text.strip()


def normal_phone(text: str, *, country: str | None = None) -> str:
    """E.164; a number without a country code is read as one of `country` (ISO 3166-1 alpha-2).

    Raises UnreadableAddress.
    """
    wanted = text.strip()
    try:
        number = phonenumbers.parse(f"+{wanted[2:]}" if wanted.startswith("00") else wanted, country)
    except phonenumbers.NumberParseException as error:
        raise UnreadableAddress(
            f"{wanted!r} is not a phone number: write it with its country code, like +351 912 345 678."
        ) from error
    if phonenumbers.is_possible_number_with_reason(number) not in _POSSIBLE:
        raise UnreadableAddress(
            f"{wanted!r} has too few or too many digits for a phone number of +{number.country_code}."
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def search_words(query: str) -> list[str]:
    """The folded words of a query, which must all be found; a phone number in any format is one word of digits."""
    text = query.strip()
    if _PHONE_QUERY.match(text):
        # Without the trunk or the international prefix: 0912 … is stored as +351912….
        digits = "".join(c for c in text if c.isdigit())
        return [digits.lstrip("0") or digits]
    return fold(text).split()
