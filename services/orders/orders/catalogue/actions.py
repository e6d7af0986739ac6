"""Putting products into the catalogue and changing them; order lines are snapshots and do not follow."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from orders.catalogue.models import Product
from orders.catalogue.rules import SkuTaken, rate_to_ppm
from servicekit.actor import Actor
from servicekit.errors import FieldError
from servicekit.ids import new_id
from servicekit.money import Money


def create_product(
    session: Session,
    *,
    by: Actor,
    sku: str,
    name: str,
    type: str,
    unit_price: Money,
    tax_rate: Decimal,
    description: str | None,
    is_active: bool,
) -> Product:
    """Raises SkuTaken."""
    product = Product(
        id=new_id("prd"),
        sku=sku,
        name=name,
        description=description,
        type=type,
        currency=unit_price.currency,
        unit_price_minor=unit_price.minor,
        tax_rate_ppm=rate_to_ppm(tax_rate),
        is_active=is_active,
        created_at=by.now,
        updated_at=by.now,
    )
    try:
        with session.begin_nested():
            session.add(product)
    except IntegrityError as error:
        raise _sku_taken(sku) from error
    return product


def update_product(session: Session, product: Product, *, by: Actor, changes: Mapping[str, Any]) -> Product:
    """Only the named fields; orders that exist keep the price they were placed at."""
    for name in ("sku", "name", "description", "type", "is_active"):
        if name in changes:
            setattr(product, name, changes[name])
    if "unit_price" in changes:
        product.currency = changes["unit_price"].currency
        product.unit_price_minor = changes["unit_price"].minor
    if "tax_rate" in changes:
        product.tax_rate_ppm = rate_to_ppm(changes["tax_rate"])
    if session.is_modified(product):
        product.bump(by.now)
    sku = product.sku
    try:
        session.flush()
    except IntegrityError as error:
        raise _sku_taken(sku) from error
    return product


def _sku_taken(sku: str) -> SkuTaken:
    detail = f"Another product has the SKU {sku}."
    return SkuTaken(detail, fields=[FieldError(pointer="/sku", code="taken", detail=detail)])
