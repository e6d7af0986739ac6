"""The listing of products: what they can be filtered, searched and sorted by."""

from sqlalchemy import or_

from orders.catalogue.models import Product
from orders.catalogue.rules import ProductType
from servicekit.http.filters import flag, instant, text
from servicekit.http.listing import Listing

PRODUCTS = Listing(
    id=Product.id,
    sorts={"sku": Product.sku, "name": Product.name, "created_at": Product.created_at},
    default_sort="sku",
    filters={
        "sku": text(Product.sku, prefix=True),
        "type": text(Product.type, choices=ProductType),
        "currency": text(Product.currency),
        "is_active": flag(Product.is_active),
        "created_at": instant(Product.created_at),
    },
    search=lambda q: or_(Product.sku.icontains(q, autoescape=True), Product.name.icontains(q, autoescape=True)),
)
