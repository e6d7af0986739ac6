"""The page that staff start from."""

from pathlib import Path

from gateway.console.home import home
from gateway.console.page.sections import Link, Section

SECTION = Section(
    name="home",
    blueprints=(home.blueprint,),
    templates=Path(__file__).with_name("templates"),
    navigation=Link("Home", "/", "home"),
)
