"""What an operator can say to one service: `flask --app … migrate | worker | parked … | openapi | asyncapi`."""

import json
from collections.abc import Callable, Sequence

import click
from flask import Flask
from flask.cli import AppGroup

from servicekit.database.tables import ParkedMessage
from servicekit.errors import Error
from servicekit.http.routes import Operation
from servicekit.messaging import dead_letters
from servicekit.service import Service


def install_commands(app: Flask, service: Service, operations: Sequence[Operation]) -> None:
    """Add the commands that every service has."""
    _install_lifecycle(app, service)
    _install_contracts(app, service, operations)
    app.cli.add_command(_parked(service))


def _install_lifecycle(app: Flask, service: Service) -> None:
    @app.cli.command("migrate")
    def migrate() -> None:
        """Bring the database to this code's level."""
        from servicekit.database.migrate import upgrade  # noqa: PLC0415 - only this command needs Alembic's commands

        upgrade(service.database, service.package)
        click.echo(f"{service.name}: the database is up to date")

    @app.cli.command("worker")
    def worker() -> None:
        """Publish and consume events and run the jobs that are due, until SIGTERM."""
        from servicekit.runtime.worker import run_worker  # noqa: PLC0415

        run_worker(service)

    @app.cli.command("declare")
    def declare() -> None:
        """Create this service's queue on the bus; repeating it changes nothing."""
        service.bus.declare(service.name, service.consumers.by_type)
        click.echo(f"{service.name}: listens to {len(service.consumers.by_type)} kinds of event")


def _install_contracts(app: Flask, service: Service, operations: Sequence[Operation]) -> None:
    @app.cli.command("openapi")
    def openapi() -> None:
        """Print this service's OpenAPI document."""
        from servicekit.http.openapi import build_openapi  # noqa: PLC0415

        click.echo(json.dumps(build_openapi(service.name, operations), ensure_ascii=False))

    @app.cli.command("asyncapi")
    def asyncapi() -> None:
        """Print which events this service publishes and consumes, with schemas."""
        from servicekit.messaging.asyncapi import describe_events  # noqa: PLC0415

        click.echo(json.dumps(describe_events(service.name, service.events, service.consumers), ensure_ascii=False))


def _parked(service: Service) -> AppGroup:
    group = AppGroup("parked", help="Messages that could not have their effect.")

    @group.command("list")
    @click.option("--json", "as_json", is_flag=True)
    def list_parked(as_json: bool) -> None:  # noqa: FBT001 - click passes options so
        """Those waiting for you, oldest first."""
        with service.database.read() as session:
            messages = [_summary(service.name, one) for one in dead_letters.waiting(session)]
        if as_json:
            click.echo(json.dumps(messages))
            return
        for one in messages:
            click.echo("{service}  {id:>5}  {parked_at}  {type}  {reason}  {detail}".format_map(one))

    @group.command("show")
    @click.argument("number", type=int)
    def show(number: int) -> None:
        """The whole message."""
        with service.database.read() as session:
            message = _or_fail(lambda: dead_letters.find(session, number))
            click.echo(json.dumps({**_summary(service.name, message), "body": message.body}, indent=2))

    @group.command("replay")
    @click.argument("number", type=int)
    def replay(number: int) -> None:
        """Give it its effect now; what already had it stays as it is."""
        with service.database.write() as session:
            message = _or_fail(
                lambda: dead_letters.resolve(session, number, how=dead_letters.REPLAYED, now=service.clock())
            )
            try:
                is_new = service.dispatcher.apply(session, message.body.encode())
            except Exception as error:
                raise click.ClickException(f"It still fails, and stays parked: {error}") from error
        service.wake(has_events=True)
        click.echo(f"{service.name} {number}: {'done' if is_new else 'had its effect before; nothing was done twice'}")

    @group.command("discard")
    @click.argument("number", type=int)
    def discard(number: int) -> None:
        """Give it up."""
        with service.database.write() as session:
            _or_fail(lambda: dead_letters.resolve(session, number, how="discarded", now=service.clock()))
        click.echo(f"{service.name} {number}: discarded")

    return group


def _summary(service: str, message: ParkedMessage) -> dict[str, object]:
    return {
        "service": service,
        "id": message.id,
        "type": message.type,
        "event_id": message.event_id,
        "reason": message.reason,
        "detail": message.detail,
        "attempts": message.attempts,
        "parked_at": message.parked_at.isoformat(timespec="seconds"),
    }


def _or_fail(work: Callable[[], ParkedMessage]) -> ParkedMessage:
    try:
        return work()
    except Error as error:
        raise click.ClickException(error.detail) from error
