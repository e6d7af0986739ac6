"""Markdown becomes HTML that is safe to show."""

import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.markdown import DOCUMENT, REMARK

BOTH = pytest.mark.parametrize("renderer", [DOCUMENT, REMARK], ids=["document", "remark"])


@BOTH
def test_no_script_survives(renderer) -> None:
    html = renderer.render("<script>alert(1)</script> <img src=x onerror=alert(1)> [a](javascript:alert(1)) **b**")
    assert "<script" not in html
    assert "<img" not in html
    assert "href" not in html
    assert "<strong>b</strong>" in html


@BOTH
def test_links_pass_nothing_on(renderer) -> None:
    html = renderer.render("[here](https://example.org)")
    assert html == '<p><a href="https://example.org" rel="noopener noreferrer nofollow">here</a></p>\n'


@BOTH
def test_no_text_is_no_html(renderer) -> None:
    assert renderer.render(None) == renderer.render("") == ""


def test_a_document_has_headings_and_images() -> None:
    assert DOCUMENT.render("# Plan\n\n![map](https://example.org/m.png)\n\n---").startswith("<h1>Plan</h1>")
    assert "<img" in DOCUMENT.render("![map](https://example.org/m.png)")
    assert DOCUMENT.render("one\ntwo") == "<p>one\ntwo</p>\n"


def test_a_remark_keeps_line_ends_and_leaves_headings_and_images_as_text() -> None:
    assert REMARK.render("one\ntwo") == "<p>one<br>\ntwo</p>\n"
    assert REMARK.render("# Plan") == "<p># Plan</p>\n"
    assert "<img" not in REMARK.render("![map](https://example.org/m.png)")
    assert "href" not in REMARK.render("[a](ftp://example.org)")


@given(st.text(alphabet="<>[]()!#*_`\"' \n/:abcjavscript"))
def test_whatever_is_typed_comes_out_clean(text: str) -> None:
    for renderer in (DOCUMENT, REMARK):
        html = renderer.render(text)
        assert nh3.clean(html, link_rel="noopener noreferrer nofollow") == html
