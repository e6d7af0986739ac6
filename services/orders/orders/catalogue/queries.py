"""Reads of the catalogue."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from orders.catalogue.models import Product
from servicekit.errors import NotFound


def get_product(session: Session, product_id: str) -> Product:
    product = session.get(Product, product_id)
    if product is None:
        raise NotFound("There is no such product.")
    return product


def products_by_sku(session: Session, skus: Iterable[str]) -> dict[str, Product]:
    """Inactive ones too: the caller refuses them with a reason of its own."""
    found = session.scalars(select(Product).where(Product.sku.in_(set(skus))))
    return {product.sku: product for product in found}
