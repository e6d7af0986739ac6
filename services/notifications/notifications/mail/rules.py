"""The life of an e-mail: its states, what a reply of the mail server means, when to try again, what an address is."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.headerregistry import Address
from enum import StrEnum
from typing import Final

from servicekit.errors import Conflict


class EmailState(StrEnum):
    """`unknown`: the server may or may not have it (RFC 1047). `held`: not sent on purpose until a person decides."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    HELD = "held"


class WhenUnknown(StrEnum):
    """What to do with an e-mail whose fate is unknown: risk a second copy, or leave it to a person."""

    RETRY = "retry_unknown"
    HOLD = "hold_unknown"


class Verdict(StrEnum):
    """What an attempt has come to."""

    ACCEPTED = "accepted"
    LATER = "later"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class SmtpReply:
    """What came back for an attempt; `is_host_down`: the server itself could not be used, so no other need try now."""

    verdict: Verdict
    detail: str
    is_host_down: bool = False


@dataclass(frozen=True, kw_only=True)
class AttemptResult:
    """What an e-mail becomes after an attempt."""

    state: EmailState
    next_try_at: datetime | None
    detail: str | None


class EmailCannotBeRetried(Conflict):
    """Only one that failed, was held, or whose fate is unknown."""


class BadAddress(Exception):
    """No mailbox has this address; the text gives the reason."""


GIVE_UP_AFTER: Final = timedelta(days=3)
HOST_PAUSE: Final = timedelta(seconds=10)
AUTOREPLIES_AN_HOUR: Final = 5
RETRYABLE: Final = frozenset({EmailState.FAILED, EmailState.UNKNOWN, EmailState.HELD})
_SHORTEST, _LONGEST = timedelta(seconds=10), timedelta(hours=1)
_REPLY = range(200, 300)
_NOT_NOW = range(400, 500)
_HOST_CODES = frozenset({421, 530, 534, 535, 538})  # shutting down, or our login is not accepted: no mail's fault


def interpret_reply(code: int, text: str) -> SmtpReply:
    """What a reply code means (RFC 5321, 4.2.1), given that the connection stood."""
    detail = f"{code} {text}".strip()
    if code in _REPLY:
        return SmtpReply(verdict=Verdict.ACCEPTED, detail=detail)
    if code in _HOST_CODES:
        return SmtpReply(verdict=Verdict.LATER, detail=detail, is_host_down=True)
    if code in _NOT_NOW:
        return SmtpReply(verdict=Verdict.LATER, detail=detail)
    return SmtpReply(verdict=Verdict.REFUSED, detail=detail)


def pause_after(attempts: int) -> timedelta:
    """10 s, 20 s, 40 s … up to an hour."""
    return min(_LONGEST, _SHORTEST * float(2 ** min(max(0, attempts - 1), 20)))


def attempt_result(
    reply: SmtpReply,
    *,
    attempts: int,
    when_unknown: WhenUnknown,
    queued_at: datetime,
    now: datetime,
    spread: Callable[[], float],
) -> AttemptResult:
    """The next state after an attempt; `spread` gives a factor around 1, so that a queue does not try all at once.

    A server that is down never fails an e-mail, however long it lasts; a server that keeps saying "later" does after
    three days.
    """
    if reply.verdict is Verdict.ACCEPTED:
        return AttemptResult(state=EmailState.SENT, next_try_at=None, detail=None)
    if reply.verdict is Verdict.REFUSED:
        return AttemptResult(state=EmailState.FAILED, next_try_at=None, detail=reply.detail)
    pause = (HOST_PAUSE if reply.is_host_down else pause_after(attempts)) * spread()
    if reply.verdict is Verdict.UNKNOWN:
        again = now + pause if when_unknown is WhenUnknown.RETRY else None
        return AttemptResult(state=EmailState.UNKNOWN, next_try_at=again, detail=reply.detail)
    if not reply.is_host_down and now - queued_at > GIVE_UP_AFTER:
        detail = f"Given up after {GIVE_UP_AFTER.days} days: {reply.detail}"
        return AttemptResult(state=EmailState.FAILED, next_try_at=None, detail=detail)
    return AttemptResult(state=EmailState.QUEUED, next_try_at=now + pause, detail=reply.detail)


def check_retry(state: str) -> None:
    if state not in RETRYABLE:
        raise EmailCannotBeRetried(f"This e-mail is {state}: only a failed, unknown or held one can be tried again.")


def one_line(text: str) -> str:
    """Text that is safe in a header: control characters, line ends and Unicode line separators become one space."""
    return re.sub(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+", " ", text).strip()


def check_address(address: str) -> str:
    """The mailbox as it goes on the wire, an international domain in its ASCII form; raises BadAddress."""
    candidate = address.strip()
    local, at, domain = candidate.rpartition("@")
    if not at or not local or not domain or len(candidate) > 254:  # noqa: PLR2004 - RFC 5321's longest path
        raise BadAddress("This is not an e-mail address.")
    if not local.isascii() or re.search(r"[\s\x00-\x1f\x7f<>(),;:\\\"\[\]@]", local):
        raise BadAddress("The part before the @ holds a character that mail servers do not take.")
    try:
        ascii_domain = domain.encode("idna").decode("ascii").lower()
        plain = Address(addr_spec=f"{local}@{ascii_domain}").addr_spec
    except (ValueError, IndexError) as error:
        raise BadAddress("The part after the @ is not a domain.") from error
    if not re.fullmatch(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?", ascii_domain) or ".." in ascii_domain:
        raise BadAddress("The part after the @ is not a domain.")
    return plain


def fill(text: str, *, number: str, name: str) -> str:
    """Put {number} (also written {case_number}) and {name} into a form's own words; no other braces mean anything."""
    values = {"{number}": number, "{case_number}": number, "{name}": name}
    return re.sub(r"\{(?:number|case_number|name)\}", lambda found: values[found.group()], text)
