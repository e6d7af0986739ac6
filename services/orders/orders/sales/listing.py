"""The listings of orders and purchases: what they can be filtered, searched and sorted by."""

from sqlalchemy import or_

from orders.catalogue.rules import ProductType
from orders.projections.models import CustomerProjection
from orders.projections.rules import search_key
from orders.sales.models import Order, OrderLine
from orders.sales.rules import OrderStatus
from servicekit.http.filters import instant, integer, text
from servicekit.http.listing import Listing

ORDERS = Listing(
    id=Order.id,
    sorts={
        "placed_at": Order.placed_at,
        "number": Order.number,
        "total": Order.total_minor,
        "customer_name": CustomerProjection.name_key,
    },
    default_sort="-placed_at",
    filters={
        "status": text(Order.status, choices=OrderStatus),
        "customer_id": text(Order.customer_id),
        "number": text(Order.number, prefix=True),
        "currency": text(Order.currency),
        "placed_at": instant(Order.placed_at),
        "total_minor": integer(Order.total_minor),
    },
    search=lambda q: or_(
        Order.number.icontains(q, autoescape=True),
        CustomerProjection.name_key.contains(search_key(q), autoescape=True),
    ),
)

PURCHASES = Listing(
    id=OrderLine.id,
    sorts={"placed_at": OrderLine.placed_at},
    default_sort="-placed_at",
    filters={"type": text(OrderLine.type, choices=ProductType), "placed_at": instant(OrderLine.placed_at)},
)
