"""The one Markdown renderer: a person's text as HTML that is safe to show, whatever it holds."""

from collections.abc import Collection
from typing import Final

import nh3
from markdown_it import MarkdownIt


class MarkdownRenderer:
    """CommonMark without raw HTML, cleaned afterwards; links carry `rel="noopener noreferrer nofollow"`.

    `breaks` keeps line ends; `without` names syntax that stays plain text; `tags` and `url_schemes` are all that may
    come out (by default what nh3 holds for harmless).
    """

    def __init__(
        self,
        *,
        breaks: bool = False,
        without: Collection[str] = (),
        tags: Collection[str] | None = None,
        url_schemes: Collection[str] | None = None,
    ) -> None:
        self._parser = MarkdownIt("commonmark", {"html": False, "breaks": breaks}).disable(list(without))
        self._tags = None if tags is None else set(tags)
        self._url_schemes = None if url_schemes is None else set(url_schemes)

    def render(self, text: str | None) -> str:
        """The text as HTML; nothing for no text."""
        return nh3.clean(
            self._parser.render(text or ""),
            tags=self._tags,
            link_rel="noopener noreferrer nofollow",
            url_schemes=self._url_schemes,
        )


DOCUMENT: Final = MarkdownRenderer()
"""For readers who lay it out themselves: everything that CommonMark has."""

REMARK: Final = MarkdownRenderer(
    breaks=True,
    without=("image", "heading", "lheading", "hr"),
    tags=("p", "br", "strong", "em", "ul", "ol", "li", "a", "code", "pre", "blockquote"),
    url_schemes=("http", "https", "mailto", "tel"),
)
"""For a remark within a page: emphasis, lists, links and line ends; nothing that competes with the page itself."""
