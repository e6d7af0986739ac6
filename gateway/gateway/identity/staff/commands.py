"""The operator's commands of the gateway: `login-link` signs in once, `api-key` makes a key."""

from datetime import datetime

import click
from flask import Flask

from gateway.identity.access.actions import create_api_key
from gateway.identity.staff.first_start import create_operators_link, get_operator, prepare
from servicekit.actor import Actor
from servicekit.errors import Error
from servicekit.service import Service


def install_commands(app: Flask, service: Service) -> None:
    """`login-link` and `api-key`."""

    @app.cli.command("login-link")
    @click.option("--email", default="", help="Of the user; without it, the first administrator.")
    def login_link(email: str) -> None:
        """Print the path of a link that signs in once, within 15 minutes."""
        try:
            prepare(service)
            with service.database.write() as session:
                token = create_operators_link(session, by=Actor.system(now=service.clock()), email=email)
        except Error as error:
            raise click.ClickException(error.detail) from error
        service.wake(has_events=True)
        click.echo(f"/login/once/{token}")

    @app.cli.command("api-key")
    @click.option("--name", required=True)
    @click.option("--permissions", default="*", help="Separated by commas or spaces.")
    @click.option("--email", default="", help="Of its owner; without it, the first administrator.")
    @click.option("--expires", type=click.DateTime(), default=None, help="In UTC.")
    def api_key(name: str, permissions: str, email: str, expires: datetime | None) -> None:
        """Print a new API key; it is shown this one time."""
        try:
            prepare(service)
            click.echo(_create_key(service, name=name, permissions=permissions, email=email, expires=expires))
        except Error as error:
            raise click.ClickException(error.detail) from error


def _create_key(service: Service, *, name: str, permissions: str, email: str, expires: datetime | None) -> str:
    now = service.clock()
    with service.database.write() as session:
        made = create_api_key(
            session,
            by=Actor.of(get_operator(session, email=email), now=now),
            name=name,
            permissions=permissions.replace(",", " ").split(),
            expires_at=expires.replace(tzinfo=now.tzinfo) if expires else None,
        )
        return made.secret
