"""Icons: the named ones alone, in one file, in the colour of the text around them."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from ops import assets
from ops.errors import OperatorError

ICON = """<svg
  xmlns="http://www.w3.org/2000/svg"
  viewBox="0 0 24 24"
  fill="none"
>
  <path stroke="none" d="M0 0h24v24H0z" fill="none" />
  <path d="M4 4h16" />
  <circle cx="12" cy="12" r="3" />
</svg>
"""


def test_the_sprite_holds_each_named_icon_without_its_invisible_frame(tmp_path: Path) -> None:
    for name in ("users", "phone", "unused"):
        (tmp_path / f"{name}.svg").write_text(ICON)
    root = ET.fromstring(assets.sprite(tmp_path, ["phone", "users"]))
    symbols = list(root)
    assert [symbol.get("id") for symbol in symbols] == ["phone", "users"]
    assert [[child.tag.rsplit("}")[-1] for child in symbol] for symbol in symbols] == [["path", "circle"]] * 2
    assert {symbol.get("stroke") for symbol in symbols} == {"currentColor"}


def test_an_icon_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="do not exist: no-such-icon"):
        assets.sprite(tmp_path, ["no-such-icon"])
