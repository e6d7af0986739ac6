"""A seeded directory of customers and contacts of any size, as the customers service would have written it."""

from __future__ import annotations

import datetime as dt
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate
from random import Random
from typing import Final

from servicekit.addresses import fold
from tests.bench import words

SEED: Final = 20_261_001
# Not today: the same seed gives the same rows on any day.
FIRST_DAY: Final = dt.datetime(2021, 10, 1, tzinfo=dt.UTC)
LAST_DAY: Final = dt.datetime(2026, 10, 1, tzinfo=dt.UTC)
SPAN_MS: Final = int((LAST_DAY - FIRST_DAY).total_seconds() * 1000)
FIRST_MS: Final = int(FIRST_DAY.timestamp() * 1000)
NULL: Final = r"\N"
NEAR: Final = 400

CUSTOMER_COLUMNS: Final = (
    "number", "kind", "status", "name", "first_name", "last_name", "email", "phone", "website", "industry",
    "description", "language", "street", "city", "postcode", "country", "source", "customer_since", "owner_id",
    "team_id", "is_archived", "archived_at", "is_blocked", "blocked_at", "blocked_by", "blocked_reason", "name_search",
    "email_norm", "email_key", "domain", "search_text", "id", "version", "created_at", "updated_at",
)  # fmt: skip
CONTACT_COLUMNS: Final = (
    "organization_id", "person_id", "job_title", "department", "is_primary", "id", "version", "created_at",
    "updated_at",
)  # fmt: skip
FACT_COLUMNS: Final = ("customer_id", "orders", "open_cases")

_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_PAIRS: Final = [a + b for a in _ALPHABET for b in _ALPHABET]
_STATUSES: Final = ("active",) * 9 + ("prospect",) * 6 + ("inactive",) * 3 + ("churned",) * 2
_SOURCES: Final = ("manual",) * 9 + ("import",) * 7 + ("form:contact",) * 3 + ("api",)


def typed_id(prefix: str, milliseconds: int, random: int) -> str:
    """As `servicekit.ids.new_id` makes them, of a given moment and 74 given random bits."""
    value = milliseconds << 80 | 0x7 << 76 | (random >> 62) << 64 | 0b10 << 62 | random & (1 << 62) - 1
    pairs = [_PAIRS[value >> shift & 1023] for shift in range(120, -1, -10)]
    return f"{prefix}_{''.join(pairs)}"


@dataclass(frozen=True, kw_only=True)
class Someone:
    """Name and e-mail of one customer, as written and as compared."""

    name: str
    name_search: str
    first_name: str = NULL
    last_name: str = NULL
    email: str = NULL
    domain: str = NULL


@dataclass
class Directory:
    """`customers` in the order in which they were added, about a third of them organizations; `contacts` in all."""

    customers: int
    contacts: int
    seed: int = SEED
    owners: list[tuple[str, str]] = field(init=False)
    ids: list[str] = field(init=False)
    created_ms: array[int] = field(init=False)

    def __post_init__(self) -> None:
        """Everything that rows refer to each other by."""
        random = Random(f"{self.seed} {self.customers} {self.contacts}")
        self._random = random
        self.owners = self._make_owners(random)
        self.created_ms = array("q", (self._moment(random, index) for index in range(self.customers)))
        self.ids = [typed_id("cus", at, random.getrandbits(74)) for at in self.created_ms]
        is_organization = [random.random() < 0.35 for _ in range(self.customers)]
        self._is_organization = bytearray(is_organization)
        self.organizations = array("I", (i for i in range(self.customers) if is_organization[i]))
        self.people = array("I", (i for i in range(self.customers) if not is_organization[i]))
        self._faces = array("I", (random.getrandbits(30) for _ in range(self.customers)))
        self._affiliations = dict(zip(self.organizations, self._affiliate(random), strict=True))

    def customer_lines(self) -> Iterator[str]:
        """In COPY's text form, in the order of `CUSTOMER_COLUMNS`."""
        random = Random(self.seed + 1)
        for index, at in enumerate(self.created_ms):
            yield self._customer_line(random, index, at)

    def contact_lines(self) -> Iterator[str]:
        """In the order of `CONTACT_COLUMNS`; the first contact of an organization is its primary one."""
        random = Random(self.seed + 2)
        for organization, people in self._affiliations.items():
            for position, person in enumerate(people):
                at = max(self.created_ms[organization], self.created_ms[person]) + position
                stamp = _stamp(at)
                job = words.JOB_TITLES[random.getrandbits(3)]
                department = words.DEPARTMENTS[random.getrandbits(2)]
                id = typed_id("con", at, random.getrandbits(74))
                yield (
                    f"{self.ids[organization]}\t{self.ids[person]}\t{job}\t{department}\t"
                    f"{'f' if position else 't'}\t{id}\t1\t{stamp}\t{stamp}\n"
                )

    def fact_lines(self) -> Iterator[str]:
        """The row of figures that every customer has; nothing was sold to them yet."""
        return (f"{id}\t0\t0\n" for id in self.ids)

    def someone(self, index: int) -> Someone:
        """Who that customer is."""
        face = self._faces[index]
        return _company(face, index) if self._is_organization[index] else _person(face, index)

    def _customer_line(self, random: Random, index: int, at: int) -> str:
        someone = self.someone(index)
        is_organization = self._is_organization[index]
        draw = random.getrandbits(160)  # one call a row; each decision takes bits of its own
        version = 1 + max(0, (draw & 15) - 10)
        room = FIRST_MS + SPAN_MS - at
        stamp, updated = _stamp(at), _stamp(at + (version - 1) * (draw >> 4 & 0xFFFFFFF) % room)
        state = self._state_cells(draw >> 32, updated)
        phone = _phone(draw >> 48) if someone.email == NULL or draw >> 76 & 7 else NULL
        owner, team = self.owners[(draw >> 80) % len(self.owners)]
        city, postcode, country = words.PLACES[(draw >> 96) % len(words.PLACES)]
        number = f"CU-{index + 1:06d}"
        return "\t".join(
            (
                number,
                "organization" if is_organization else "individual",
                _STATUSES[(draw >> 104) % 20],
                someone.name,
                someone.first_name,
                someone.last_name,
                someone.email,
                phone,
                f"https://{someone.domain}" if is_organization and draw >> 79 & 1 else NULL,
                words.INDUSTRIES[draw >> 112 & 15] if is_organization else NULL,
                words.DESCRIPTIONS[(draw >> 120) % 3] if draw >> 116 & 7 == 7 else NULL,
                words.LANGUAGES[draw >> 124 & 7],
                f"{words.STREETS[(draw >> 128) % 7]} {1 + (draw >> 136 & 127)}",
                city,
                postcode,
                country,
                _SOURCES[(draw >> 144) % 20],
                stamp[:10],
                owner,
                team,
                *state,
                someone.name_search,
                someone.email,
                NULL if state[0] == "t" else someone.email,
                someone.domain,
                self._search_text(index, number, someone, phone),
                self.ids[index],
                str(version),
                stamp,
                f"{updated}\n",
            )
        )

    def _state_cells(self, draw: int, at: str) -> tuple[str, ...]:
        """Archived or not and when, blocked or not, when, by whom and why."""
        archived = ("t", at) if draw % 100 < 3 else ("f", NULL)
        is_blocked = (draw >> 8) % 250 == 0
        blocked = ("t", at, self.owners[0][0], "Does not pay") if is_blocked else ("f", NULL, NULL, NULL)
        return (*archived, *blocked)

    def _search_text(self, index: int, number: str, someone: Someone, phone: str) -> str:
        parts = [number.lower(), someone.name_search]
        parts += [part for part in (someone.email, phone.removeprefix("+")) if part != NULL]
        for other in map(self.someone, self._affiliations.get(index, ())):
            parts.append(other.name_search)
            if other.email != NULL:
                parts.append(other.email)
        return r"\n".join(parts)

    def _moment(self, random: Random, index: int) -> int:
        """Every year more are added than in the year before."""
        return FIRST_MS + int(SPAN_MS * ((index + random.random()) / self.customers) ** 0.7)

    def _make_owners(self, random: Random) -> list[tuple[str, str]]:
        """Sixty people in six teams, some of whom have ten times as many customers as others; some customers have none."""
        teams = [typed_id("tea", FIRST_MS, random.getrandbits(74)) for _ in range(6)]
        users = [(typed_id("usr", FIRST_MS, random.getrandbits(74)), teams[n % 6]) for n in range(60)]
        return [*[user for n, user in enumerate(users) for _ in range(1 + n % 10)], *[(NULL, NULL)] * 30]

    def _affiliate(self, random: Random) -> Iterator[Sequence[int]]:
        """For each organization its people, who were added at about the same time as it was."""
        weights = [1 + (random.getrandbits(3) ** 2 >> 1) for _ in self.organizations]
        share = self.contacts / sum(weights)
        ends = [round(share * end) for end in accumulate(weights)]
        for rank, (begin, end) in enumerate(zip([0, *ends], ends, strict=False)):
            middle = rank * len(self.people) // len(self.organizations)
            first = max(0, min(middle - NEAR // 2, len(self.people) - NEAR))
            near = range(first, min(first + NEAR, len(self.people)))
            yield [self.people[position] for position in random.sample(near, end - begin)]


@cache
def _comparable(text: str) -> str:
    return fold(text)


def _person(face: int, index: int) -> Someone:
    first = words.FIRST_NAMES[face % len(words.FIRST_NAMES)]
    last = words.LAST_NAMES[face // 64 % len(words.LAST_NAMES)]
    has_email = face >> 20 & 15
    host = words.MAIL_HOSTS[face // 4096 % len(words.MAIL_HOSTS)]
    plain_first, plain_last = _comparable(first), _comparable(last)
    return Someone(
        name=f"{first} {last}",
        name_search=f"{plain_first} {plain_last}",
        first_name=first,
        last_name=last,
        email=f"{plain_first}.{plain_last}.{index}@{host}" if has_email else NULL,
    )


def _company(face: int, index: int) -> Someone:
    word = words.COMPANY_WORDS[face % len(words.COMPANY_WORDS)]
    trade = words.COMPANY_TRADES[face // 64 % len(words.COMPANY_TRADES)]
    form = words.COMPANY_FORMS[face >> 20 & 7]
    domain = f"{_comparable(word)}-{_comparable(trade)}-{index}.example"
    name = f"{word} {trade} {index % 9973} {form}"
    return Someone(
        name=name,
        name_search=f"{_comparable(word)} {_comparable(trade)} {index % 9973} {_comparable(form)}",
        email=f"info@{domain}",
        domain=domain,
    )


def _phone(draw: int) -> str:
    return f"{'+3519' if draw >> 27 & 1 else '+49151'}{(draw & 0x7FFFFFF) % 100_000_000:08d}"


def _stamp(milliseconds: int) -> str:
    return dt.datetime.fromtimestamp(milliseconds / 1000, dt.UTC).isoformat(timespec="milliseconds")
