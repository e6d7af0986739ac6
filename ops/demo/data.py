"""What the demo shows: an invented dealer of coffee machines, its staff, customers and work; nobody in it exists."""

from dataclasses import dataclass
from random import Random
from typing import Any

Document = dict[str, Any]
COMPANIES = 20
ORDER_ENDS = ("placed", "confirmed", "confirmed", "paid", "paid", "paid", "paid", "cancelled")
INDIVIDUALS = 8

STAFF = (
    ("maya.okafor", "Maya Okafor", "manager"),
    ("jonas.lindqvist", "Jonas Lindqvist", "support"),
    ("priya.raman", "Priya Raman", "support"),
    ("tom.albrecht", "Tom Albrecht", "agent"),
    ("elena.costa", "Elena Costa", "finance"),
)
TEAMS = ("Service desk", "Sales north")
PRODUCTS = (
    ("BREW-100", "Brewster 100 filter machine", "merchandise", "389.00"),
    ("BREW-300", "Brewster 300 bean-to-cup machine", "merchandise", "1790.00"),
    ("BREW-900", "Brewster 900 counter machine", "merchandise", "4250.00"),
    ("BEAN-HOUSE", "House blend beans, 1 kg", "merchandise", "18.90"),
    ("BEAN-DECAF", "Decaf beans, 1 kg", "merchandise", "21.50"),
    ("CLEAN-KIT", "Cleaning kit", "merchandise", "34.00"),
    ("VISIT", "Technician visit", "service", "120.00"),
    ("CARE-YEAR", "Care plan, one year", "service", "480.00"),
)
WORKFLOWS: tuple[Document, ...] = (
    {
        "key": "repair",
        "name": "Repair request",
        "description": "Look at it, let a manager approve what it costs, do it.",
        "entity_type": "case",
        "steps": [
            {
                "key": "triage",
                "name": "Find out what is broken",
                "kind": "task",
                "instructions": "Call the customer. Is it covered by the care plan?",
                "assignees": ["role:support"],
                "distribution": "first_claim",
                "fallback": "role:administrator",
                "timing": {"due": "PT4H"},
                "reminders": [{"before_due": "PT1H"}],
                "escalations": [{"after_due": "PT0S", "to": ["role:manager"]}],
                "outcomes": ["repair", "solved_by_phone"],
                "transitions": {"repair": "approve", "solved_by_phone": "end"},
            },
            {
                "key": "approve",
                "name": "Approve the visit",
                "kind": "approval",
                "instructions": "Up to 300 EUR without asking the customer.",
                "assignees": ["role:manager"],
                "fallback": "role:administrator",
                "timing": {"due": "P1D"},
                "outcomes": ["approve", "reject"],
                "transitions": {"approve": "visit", "reject": "triage"},
            },
            {
                "key": "visit",
                "name": "Send a technician",
                "kind": "task",
                "assignees": ["field:case.owner", "role:support"],
                "fallback": "role:administrator",
                "timing": {"due": "P2D"},
                "reminders": [{"before_due": "PT4H"}],
                "outcomes": ["done"],
                "transitions": {"done": "end"},
            },
        ],
    },
    {
        "key": "complaint",
        "name": "Complaint",
        "description": "A manager calls back within a quarter of an hour, or somebody above is told.",
        "entity_type": "case",
        "steps": [
            {
                "key": "answer",
                "name": "Answer the complaint",
                "kind": "task",
                "instructions": "Call back. Apologise first, explain later.",
                "assignees": ["role:manager"],
                "fallback": "role:administrator",
                "timing": {"due": "PT15M"},
                "reminders": [{"before_due": "PT5M"}],
                "escalations": [{"after_due": "PT0S", "to": ["role:administrator"]}],
                "outcomes": ["done"],
                "transitions": {"done": "end"},
            },
        ],
    },
)
CASE_TYPES: tuple[Document, ...] = (
    {"key": "repair", "name": "Repair", "default_workflow": "repair"},
    {"key": "complaint", "name": "Complaint", "default_workflow": "complaint"},
    {"key": "question", "name": "Question", "default_workflow": None},
)
_PERSON: list[Document] = [
    {"key": "name", "label": "Your name", "type": "text", "required": True, "maps_to": "customer.name"},
    {"key": "email", "label": "Your e-mail", "type": "email", "required": True, "maps_to": "customer.email"},
    {"key": "company", "label": "Company", "type": "text", "required": False, "maps_to": "organization.name"},
]
FORMS: tuple[Document, ...] = (
    {
        "key": "repair",
        "name": "My machine is broken",
        "case_type": "repair",
        "workflow": "repair",
        "fields": [
            *_PERSON,
            {
                "key": "machine",
                "label": "Which machine?",
                "type": "choice",
                "required": True,
                "options": ["Brewster 100", "Brewster 300", "Brewster 900"],
            },
            {"key": "subject", "label": "What is wrong?", "type": "text", "required": True, "maps_to": "case.subject"},
            {
                "key": "more",
                "label": "Tell us more",
                "type": "textarea",
                "required": False,
                "maps_to": "case.description",
            },
        ],
        "autoresponder": {
            "subject": "Your repair request {case_number}",
            "text": "Thank you. We look at it within four hours. Your request has the number {case_number}.",
        },
        "is_active": True,
    },
    {
        "key": "complaint",
        "name": "I am not happy",
        "case_type": "complaint",
        "workflow": "complaint",
        "fields": [
            *_PERSON,
            {"key": "subject", "label": "What happened?", "type": "text", "required": True, "maps_to": "case.subject"},
        ],
        "autoresponder": {
            "subject": "We heard you ({case_number})",
            "text": "A manager calls you within a quarter of an hour.",
        },
        "is_active": True,
    },
    {
        "key": "contact",
        "name": "Ask us anything",
        "case_type": "question",
        "workflow": None,
        "fields": [
            *_PERSON,
            {"key": "subject", "label": "Your question", "type": "text", "required": True, "maps_to": "case.subject"},
        ],
        "autoresponder": None,
        "is_active": True,
    },
)
REPAIRS = (
    "Machine leaks under the grinder",
    "Error E14 after the morning rinse",
    "Milk does not foam",
    "Display stays dark",
    "Grinder is very loud",
    "Coffee comes out cold",
)
COMPLAINTS = ("Technician did not come", "Invoice is higher than the offer", "Third repair in a month")
QUESTION_ENDS = ("new", "working", "waiting", "resolved", "closed")
QUESTIONS = ("Which beans suit the 300?", "Can we rent a machine for a fair?", "Do you deliver on Saturdays?")
NOTES = (
    "Prefers calls **before ten**.",
    "Thinking about a second machine for the new floor.",
    "Wants one invoice a quarter.",
    "Asked for oat milk settings; sent the guide.",
)
ACTIVITIES = (
    ("call", "Called about the service contract", "positive"),
    ("meeting", "Visited the new office", "positive"),
    ("email", "Sent the offer for beans", "neutral"),
    ("call", "Could not reach anybody", "negative"),
)
_FIRST = ("Ana", "Ben", "Clara", "David", "Eva", "Felix", "Greta", "Hugo", "Iris", "Jan", "Kira", "Leo", "Mina", "Nils")
_LAST = ("Amsel", "Bauer", "Costa", "Dahl", "Engel", "Fuchs", "Graf", "Holm", "Ivers", "Janssen", "Keller", "Lund")
_HEADS = (
    "Northwind",
    "Alder",
    "Brightwater",
    "Cobalt",
    "Dovetail",
    "Elmfield",
    "Falcon",
    "Granite",
    "Harbour",
    "Ironbridge",
)
_TAILS = ("Studios", "Logistics", "Dental", "Architects", "Robotics", "Bakeries", "Legal", "Textiles")
_CITIES = (("Hamburg", "20095", "DE"), ("Porto", "4000-001", "PT"), ("Malmö", "211 20", "SE"), ("Gent", "9000", "BE"))
_INDUSTRIES = ("Design", "Transport", "Health", "Food", "Law", "Manufacturing")


@dataclass(frozen=True, kw_only=True)
class Customer:
    """One customer, the people who work there, and what happened with it."""

    key: str
    body: Document
    contacts: tuple[Document, ...]
    orders: tuple[Document, ...]
    cases: tuple[Document, ...]
    notes: tuple[str, ...]
    activities: tuple[Document, ...]


@dataclass(frozen=True, kw_only=True)
class Demo:
    """Everything that is drawn by lot; the same on every machine."""

    customers: tuple[Customer, ...]
    submissions: tuple[tuple[str, Document], ...]


def draw() -> Demo:
    lot = Random(20_26)  # noqa: S311 - the same demo every time, nothing secret
    companies = tuple(_company(lot, number) for number in range(COMPANIES))
    individuals = tuple(_individual(lot, number) for number in range(INDIVIDUALS))
    return Demo(customers=companies + individuals, submissions=tuple(_submission(lot, number) for number in range(9)))


def _company(lot: Random, number: int) -> Customer:
    name = f"{_HEADS[number % len(_HEADS)]} {_TAILS[number % len(_TAILS)]}"
    domain = f"{name.lower().replace(' ', '-')}-{number}.example"
    city, postcode, country = lot.choice(_CITIES)
    body = {
        "kind": "organization",
        "name": name,
        "email": f"office@{domain}",
        "website": f"https://{domain}",
        "industry": lot.choice(_INDUSTRIES),
        "address": {
            "street": f"Main Street {lot.randint(1, 90)}",
            "city": city,
            "postcode": postcode,
            "country": country,
        },
        "status": lot.choice(("prospect", "active", "active", "active")),
    }
    contacts = tuple(_contact(lot, domain, index) for index in range(2))
    return _with_history(lot, f"company-{number}", body, contacts)


def _individual(lot: Random, number: int) -> Customer:
    first, last = _name(lot)
    body = {
        "kind": "individual",
        "first_name": first,
        "last_name": last,
        "email": f"{first}.{last}.{number}@home.example".lower(),
        "language": lot.choice(("en", "de")),
        "status": "active",
    }
    return _with_history(lot, f"individual-{number}", body, ())


def _with_history(lot: Random, key: str, body: Document, contacts: tuple[Document, ...]) -> Customer:
    return Customer(
        key=key,
        body={**body, "source": "demo"},
        contacts=contacts,
        orders=tuple(_order(lot) for _ in range(lot.choice((0, 1, 1, 2, 1, 0)))),
        cases=tuple(_case(lot) for _ in range(lot.choice((0, 1, 1)))),
        notes=tuple(lot.sample(NOTES, lot.choice((0, 0, 1)))),
        activities=tuple(_activity(lot) for _ in range(lot.choice((0, 1, 1)))),
    )


def _contact(lot: Random, domain: str, index: int) -> Document:
    first, last = _name(lot)
    return {
        "name": f"{first} {last}",
        "email": f"{first}.{last}.{index}@{domain}".lower(),
        "job_title": ("Office manager", "Head of facilities")[index],
        "is_primary": index == 0,
    }


def _order(lot: Random) -> Document:
    lines = [
        {"sku": sku, "quantity": 1 if float(price) > 300 else lot.randint(1, 12)}  # noqa: PLR2004 - a machine, not beans
        for sku, _, _, price in lot.sample(PRODUCTS, lot.randint(1, 3))
    ]
    return {
        "currency": "EUR",
        "lines": lines,
        "until": lot.choice(ORDER_ENDS),
    }


def _case(lot: Random) -> Document:
    kind, subjects = lot.choice(
        (("repair", REPAIRS), ("repair", REPAIRS), ("complaint", COMPLAINTS), ("question", QUESTIONS))
    )
    return {
        "type": kind,
        "subject": lot.choice(subjects),
        "origin": lot.choice(("phone", "email", "in_person")),
        "priority": lot.choice(("low", "normal", "normal", "high", "urgent")),
        # Questions have no workflow and are moved by hand; of the others so many steps are decided.
        "until": lot.choice(QUESTION_ENDS) if kind == "question" else lot.randrange(4),
    }


def _activity(lot: Random) -> Document:
    kind, title, outcome = lot.choice(ACTIVITIES)
    return {"kind": kind, "title": title, "outcome": outcome, "days_ago": lot.randint(1, 60)}


def _submission(lot: Random, number: int) -> tuple[str, Document]:
    form, subjects = (("repair", REPAIRS), ("complaint", COMPLAINTS), ("contact", QUESTIONS))[number % 3]
    first, last = _name(lot)
    answers = {
        "name": f"{first} {last}",
        "email": f"{first}.{last}.{number}@visitor.example".lower(),
        "subject": lot.choice(subjects),
    }
    if form == "repair":
        answers |= {"machine": "Brewster 300", "more": "It happened this morning."}
    return form, answers


def _name(lot: Random) -> tuple[str, str]:
    return lot.choice(_FIRST), lot.choice(_LAST)
