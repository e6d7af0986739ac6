"""The templates of e-mails: the content of each kind. How it looks is decided in `rendering` and the layouts."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote

import msgspec

from notifications.mail.rules import WhenUnknown, fill, one_line


class EmailContent(msgspec.Struct, frozen=True, kw_only=True, rename={"details": "facts"}):
    """The parts of an e-mail, without any markup; the HTML and the text part are made of the same content.

    `path` is where the button leads, below the public address of the installation; `details` are stored as `facts`.
    """

    subject: str
    preheader: str
    label: str
    number: str
    headline: str
    greeting: str = ""
    paragraphs: list[str] = []
    details: list[tuple[str, str]] = []
    due_at: datetime | None = None
    quote: str = ""
    button: str = ""
    path: str = ""
    tone: str = "calm"
    reason: str


class StepFields(msgspec.Struct, frozen=True, kw_only=True):
    """The fields of a step that the templates about it show."""

    name: str
    is_approval: bool
    case_number: str
    case_subject: str
    due_at: datetime | None
    instructions: str | None


@dataclass(frozen=True, kw_only=True)
class EmailKind:
    """One kind of e-mail: who gets it, and what happens when nobody knows whether it arrived."""

    key: str
    description: str
    when_unknown: WhenUnknown
    example: EmailContent
    is_automatic: bool = True

    @property
    def example_subject(self) -> str:
        return self.example.subject


_TO_STAFF = "You get this e-mail because you are among the people responsible for this step."
_TO_ESCALATED = "You get this e-mail because the workflow names you for when this step is late."
_TO_VISITOR = "You get this e-mail because this address was given in the form. It was sent automatically."
_TO_CUSTOMER = "You get this e-mail because an order was placed with this address."


def step_activated(step: StepFields) -> EmailContent:
    headline = (
        f"Your approval is asked for: {step.name}" if step.is_approval else f"A task is waiting for you: {step.name}"
    )
    paragraph = (
        "Please look at the case and approve or reject this step. The workflow waits for your decision."
        if step.is_approval
        else "Please do this task and mark it as done. The workflow goes on from there."
    )
    return _about_step(
        step,
        what="Approval" if step.is_approval else "Task",
        headline=headline,
        paragraph=paragraph,
        button="Review and decide" if step.is_approval else "Open the case",
        tone="calm",
    )


def step_reminder(step: StepFields, *, is_overdue: bool) -> EmailContent:
    noun = "approval" if step.is_approval else "task"
    if is_overdue:
        headline, paragraph = f"Overdue: {step.name}", f"This {noun} is past its due time and still open."
    else:
        headline, paragraph = f"Due soon: {step.name}", f"This {noun} is still open and will soon be due."
    return _about_step(
        step,
        what="Overdue" if is_overdue else "Reminder",
        headline=headline,
        paragraph=paragraph,
        button="Open the case",
        tone="late" if is_overdue else "soon",
    )


def step_escalated(step: StepFields, *, level: int) -> EmailContent:
    noun = "approval" if step.is_approval else "task"
    return _about_step(
        step,
        what="Escalation",
        headline=f"Escalated to you: {step.name}",
        paragraph=f"This {noun} was not finished in time. It has been passed up to you (level {level}).",
        button="Take a look",
        tone="late",
        reason=_TO_ESCALATED,
    )


def form_autoreply(*, number: str, name: str, form_name: str, subject: str = "", text: str = "") -> EmailContent:
    """The form's own words where it has some; the number is shown in any case (F060)."""
    plain_name = one_line(name)
    own = fill(text, number=number, name=plain_name).strip()
    title = one_line(fill(subject, number=number, name=plain_name)) or "We have received your message"
    return EmailContent(
        subject=title if number in title else f"{title} [{number}]",
        preheader=f"Your case number is {number}. Please keep it for your reference.",
        label="Your case number",
        number=number,
        headline=title.replace(f"[{number}]", "").strip(),
        greeting="" if own else (f"Hello {plain_name}," if plain_name else "Hello,"),
        paragraphs=_split(own)
        or [
            f"Thank you for your message. We have received your form “{form_name}” and have opened a case for it.",
            f"Please mention the number {number} whenever you write or call about it.",
        ],
        reason=_TO_VISITOR,
    )


def order_confirmation(*, number: str, name: str, total: str, line_count: int) -> EmailContent:
    return EmailContent(
        subject=f"Your order {number} is confirmed",
        preheader=f"Order {number}, {total} in total.",
        label="Your order",
        number=number,
        headline="Thank you for your order",
        greeting=f"Hello {one_line(name)}," if one_line(name) else "Hello,",
        paragraphs=["We have confirmed your order and are getting it ready."],
        details=[("Lines", str(line_count)), ("Total", total)],
        reason=_TO_CUSTOMER,
    )


def personal_message(*, subject: str, text: str, sender: str, case_number: str | None) -> EmailContent:
    """Somebody of the staff writes to a customer in their own words (F032)."""
    title = one_line(subject)
    return EmailContent(
        subject=f"{title} [{case_number}]" if case_number and case_number not in title else title,
        preheader=one_line(text)[:120],
        label="Case" if case_number else "",
        number=case_number or "",
        headline=title,
        paragraphs=_split(text),
        reason=f"This message was written by {one_line(sender)}.",
    )


def _about_step(
    step: StepFields, *, what: str, headline: str, paragraph: str, button: str, tone: str, reason: str = _TO_STAFF
) -> EmailContent:
    subject = one_line(step.case_subject)
    return EmailContent(
        subject=one_line(f"[{step.case_number}] {what}: {step.name} – {subject}")[:200],
        preheader=f"{paragraph} Case {step.case_number}: {subject}",
        label="Case",
        number=step.case_number,
        headline=headline,
        paragraphs=[paragraph],
        details=[("Subject", subject), ("Step", one_line(step.name))],
        due_at=step.due_at,
        quote=(step.instructions or "").strip(),
        button=button,
        path=f"/cases/{quote(step.case_number, safe='')}",
        tone=tone,
        reason=reason,
    )


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.replace("\r\n", "\n").split("\n\n") if part.strip()]


_STEP = StepFields(
    name="Approve refund",
    is_approval=True,
    case_number="C-000123",
    case_subject="Damaged delivery",
    due_at=datetime(2026, 3, 2, 15, 0, tzinfo=UTC),
    instructions="Check the photos before you decide.",
)

KINDS: Final = {
    kind.key: kind
    for kind in (
        EmailKind(
            key="step_activated",
            description="A step of a workflow waits for its people: a task to do, or an approval to give.",
            when_unknown=WhenUnknown.RETRY,
            example=step_activated(_STEP),
        ),
        EmailKind(
            key="step_reminder",
            description="A step is due soon, or is overdue.",
            when_unknown=WhenUnknown.RETRY,
            example=step_reminder(_STEP, is_overdue=False),
        ),
        EmailKind(
            key="step_escalated",
            description="A step was not finished in time and is passed up.",
            when_unknown=WhenUnknown.RETRY,
            example=step_escalated(_STEP, level=1),
        ),
        EmailKind(
            key="form_autoreply",
            description="The automatic reply to a visitor who has sent a web form, with the case number.",
            when_unknown=WhenUnknown.HOLD,
            example=form_autoreply(number="C-000123", name="Ada Example", form_name="Contact us"),
        ),
        EmailKind(
            key="order_confirmation",
            description="The confirmation of an order to the customer.",
            when_unknown=WhenUnknown.HOLD,
            example=order_confirmation(number="O-000123", name="Ada Example", total="119.00 EUR", line_count=2),
        ),
        EmailKind(
            key="personal_message",
            description="A message that somebody of the staff has written to a customer.",
            when_unknown=WhenUnknown.HOLD,
            example=personal_message(
                subject="Your delivery", text="It arrives on Monday.", sender="Sam Support", case_number="C-000123"
            ),
            is_automatic=False,
        ),
        EmailKind(
            key="case_reply",
            description="What staff write to the customer on a case.",
            when_unknown=WhenUnknown.HOLD,
            example=personal_message(
                subject="Re: Damaged delivery", text="We send a new one.", sender="Sam Support", case_number="C-000123"
            ),
            is_automatic=False,
        ),
    )
}
