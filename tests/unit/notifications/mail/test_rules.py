"""What a reply of a mail server means, and when the next attempt is."""

from datetime import UTC, datetime, timedelta

import pytest

from notifications.mail.rules import (
    AttemptResult,
    BadAddress,
    EmailState,
    SmtpReply,
    Verdict,
    WhenUnknown,
    attempt_result,
    check_address,
    fill,
    interpret_reply,
    one_line,
    pause_after,
)

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


def after_attempt(
    reply: SmtpReply, *, attempts: int = 1, age: timedelta = timedelta(), hold: bool = False
) -> AttemptResult:
    policy = WhenUnknown.HOLD if hold else WhenUnknown.RETRY
    return attempt_result(
        reply, attempts=attempts, when_unknown=policy, queued_at=NOON - age, now=NOON, spread=lambda: 1.0
    )


@pytest.mark.parametrize(
    ("code", "verdict", "is_host_down"),
    [
        (250, Verdict.ACCEPTED, False),
        (421, Verdict.LATER, True),
        (450, Verdict.LATER, False),
        (452, Verdict.LATER, False),
        (535, Verdict.LATER, True),
        (550, Verdict.REFUSED, False),
        (554, Verdict.REFUSED, False),
    ],
)
def test_a_reply_code_says_whether_to_come_back(code: int, verdict: Verdict, *, is_host_down: bool) -> None:
    reply = interpret_reply(code, "because")
    assert (reply.verdict, reply.is_host_down) == (verdict, is_host_down)
    assert reply.detail == f"{code} because"


def test_the_pause_doubles_up_to_an_hour() -> None:
    assert [pause_after(n).total_seconds() for n in (1, 2, 3, 4, 20, 4000)] == [10, 20, 40, 80, 3600, 3600]


def test_later_queues_it_again_with_the_reason() -> None:
    after = after_attempt(interpret_reply(451, "greylisted"), attempts=3)
    assert after == AttemptResult(
        state=EmailState.QUEUED, next_try_at=NOON + timedelta(seconds=40), detail="451 greylisted"
    )


def test_a_server_that_says_later_for_three_days_fails_the_email() -> None:
    after = after_attempt(interpret_reply(451, "greylisted"), attempts=80, age=timedelta(days=3, minutes=1))
    assert after.state is EmailState.FAILED
    assert after.detail == "Given up after 3 days: 451 greylisted"


def test_a_server_that_is_down_never_fails_an_email() -> None:
    down = SmtpReply(verdict=Verdict.LATER, detail="refused", is_host_down=True)
    after = after_attempt(down, attempts=900, age=timedelta(days=30))
    assert after.state is EmailState.QUEUED
    assert after.next_try_at == NOON + timedelta(seconds=10)


def test_an_unknown_fate_is_tried_again_or_left_to_a_person() -> None:
    unknown = SmtpReply(verdict=Verdict.UNKNOWN, detail="lost")
    assert after_attempt(unknown).next_try_at is not None
    assert after_attempt(unknown, hold=True).next_try_at is None
    assert after_attempt(unknown).state is after_attempt(unknown, hold=True).state is EmailState.UNKNOWN


@pytest.mark.parametrize(
    ("given", "plain"),
    [(" Ada@Example.COM ", "Ada@example.com"), ("a+b@bücher.example", "a+b@xn--bcher-kva.example")],
)
def test_an_address_is_written_as_mail_servers_take_it(given: str, plain: str) -> None:
    assert check_address(given) == plain


@pytest.mark.parametrize("given", ["", "@", "a@", "@b.example", "a b@c.example", "a@b..c", "a@b c", f"{'a' * 250}@b.example", "ä@b.example", "a,b@c.example"])  # fmt: skip
def test_what_is_no_address_is_refused(given: str) -> None:
    with pytest.raises(BadAddress):
        check_address(given)


def test_only_the_two_placeholders_mean_anything() -> None:
    filled = fill("{number} {name} {secret} {name.__class__} {}", number="C-1", name="{number}")
    assert filled == "C-1 {number} {secret} {name.__class__} {}"


def test_a_header_value_is_one_line() -> None:
    assert one_line(" a\r\nb\x00c\u2028d\x85e\t ") == "a b c d e"
