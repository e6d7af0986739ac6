"""What is published and who listens to it fit together, and stay as they were promised."""

import json
import re

import msgspec
import pytest

from servicekit.messaging.consumers import Consumer
from servicekit.messaging.events import Event, encode_data
from tests.contract.golden_events import GOLDEN, consumed, example, golden, published, sample

CONSUMERS = [
    (service, one)
    for service, consumers in consumed().items()
    for several in consumers.by_type.values()
    for one in several
]
CONSUMER_IDS = [f"{service}-{one.type}-{one.handle.__module__}" for service, one in CONSUMERS]


@pytest.mark.parametrize(("event_type", "event"), [(name, event) for name, (_, event) in published().items()])
def test_every_event_is_what_its_golden_file_says(event_type: str, event: type[Event]) -> None:
    kept = json.loads(golden(event_type).read_text())
    msgspec.json.decode(golden(event_type).read_bytes(), type=event, strict=False)
    now = example(event)
    lost = set(kept) - set(now)
    assert not lost, f"{event_type} lost {lost}: that is a new major version"
    assert set(now) == set(kept), f"{event_type} has new members: add them to its golden file"


@pytest.mark.parametrize(("service", "consumer"), CONSUMERS, ids=CONSUMER_IDS)
def test_every_consumer_reads_what_is_published(service: str, consumer: Consumer) -> None:
    assert consumer.type in published(), f"{service} listens to {consumer.type}, which nobody publishes"
    msgspec.json.decode(golden(consumer.type).read_bytes(), type=consumer.reads, strict=False)


@pytest.mark.parametrize("left_out", [False, True], ids=["given", "left_out"])
@pytest.mark.parametrize(("service", "consumer"), CONSUMERS, ids=CONSUMER_IDS)
def test_every_consumer_reads_an_event_with_its_optional_members_given_or_left_out(
    service: str, consumer: Consumer, *, left_out: bool
) -> None:
    _, event = published()[consumer.type]
    data = encode_data(sample(event, left_out=left_out))
    msgspec.json.decode(data, type=consumer.reads, strict=False)


def test_no_golden_file_is_left_of_an_event_that_is_gone() -> None:
    assert {path.stem for path in GOLDEN.glob("*.json")} == set(published())


def test_event_types_are_a_noun_a_past_participle_and_a_major_version() -> None:
    for event_type in published():
        assert re.fullmatch(r"[a-z_]+\.[a-z_]+(ed|en|ut|t)\.v\d+", event_type), event_type


def test_personal_data_travels_only_in_the_member_personal() -> None:
    private = {"email", "phone", "first_name", "last_name"}
    for event_type in published():
        members = set(json.loads(golden(event_type).read_text()))
        assert not members & private, event_type


def test_only_directory_events_and_submissions_carry_personal_data() -> None:
    carriers = {name for name in published() if "personal" in json.loads(golden(name).read_text())}
    assert {name.partition(".")[0] for name in carriers} <= {"user", "customer", "contact", "form"}
