"""Sub-domains are found by their names, and bring what stands in modules that all name alike."""

import pytest

from servicekit.runtime.subdomains import load_subdomains


def test_a_sub_domain_that_is_misspelt_is_refused_by_name() -> None:
    with pytest.raises(ModuleNotFoundError, match="no_such_thing"):
        load_subdomains("servicekit", "no_such_thing")


def test_a_sub_domain_without_entry_points_brings_nothing() -> None:
    [bare] = load_subdomains("servicekit", "testing")
    assert (list(bare.routes), bare.consumers.by_type, bare.jobs.scheduled, bare.published) == ([], {}, [], ())


def test_the_order_of_the_names_is_the_order_of_the_sub_domains() -> None:
    customers = load_subdomains("customers", "directory", "contacts")
    assert [one.routes[0].tag for one in customers] == ["directory", "contacts"]
