"""A bare consumer: pika and psycopg, inbox and projection in one commit a message. `raw_consumer.py URL DATABASE WARM COUNT`."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from typing import Any

import pika
import psycopg
from pika.adapters.blocking_connection import BlockingChannel

QUEUE = "cases.events.v1"
PREFETCH = 100
INBOX = "INSERT INTO inbox (consumer, event_id, processed_at) VALUES ('cases', %s, now()) ON CONFLICT DO NOTHING"
PROJECTION = (
    "INSERT INTO known_customers (id, sequence, number, name, kind, is_archived, is_blocked) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (id) DO UPDATE SET sequence = excluded.sequence, "
    "name = excluded.name WHERE known_customers.sequence < excluded.sequence"
)


def consume(channel: BlockingChannel, deliveries: Iterator[Any], database: psycopg.Connection, count: int) -> float:
    """So many messages, one after the other; the seconds that it took."""
    started = time.perf_counter()
    for _ in range(count):
        method, _properties, body = next(deliveries)
        event = json.loads(body)
        customer = event["data"]
        database.execute(INBOX, [event["id"]])
        name, kind = customer["personal"]["name"], customer["kind"]
        values = [customer["id"], event["sequence"], customer["number"], name, kind]
        database.execute(PROJECTION, [*values, customer["is_archived"], customer["is_blocked"]])
        database.commit()
        channel.basic_ack(method.delivery_tag)
    return time.perf_counter() - started


def main(url: str, database_url: str, warm: str, count: str) -> None:
    connection = pika.BlockingConnection(pika.URLParameters(url))
    channel = connection.channel()
    channel.basic_qos(prefetch_count=PREFETCH)
    deliveries = channel.consume(QUEUE)
    with psycopg.connect(database_url) as database:
        consume(channel, deliveries, database, int(warm))
        print("warm", flush=True)
        sys.stdin.readline()
        print(consume(channel, deliveries, database, int(count)), flush=True)
    connection.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
