"""Products over HTTP."""

from sqlalchemy import Select, or_, select

from orders.catalogue import actions
from orders.catalogue.models import Product
from orders.catalogue.queries import get_product
from orders.catalogue.rules import ProductType
from orders.catalogue.schemas import ProductCreate, ProductRead, ProductUpdate
from servicekit.http.call import Call
from servicekit.http.filters import flag, instant, text
from servicekit.http.listing import Listing
from servicekit.http.routes import Routes

routes = Routes("products")

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


@routes.page("/products", needs="orders:read", listing=PRODUCTS, returns=ProductRead)
def list_products(call: Call) -> Select[Product]:
    """List products."""
    return select(Product)


@routes.get("/products/<id>", needs="orders:read", returns=ProductRead)
def show_product(call: Call, id: str) -> Product:
    """Show a product."""
    return get_product(call.session, id)


@routes.post(
    "/products", needs="products:write", body=ProductCreate, returns=ProductRead, location="/api/v1/products/{id}"
)
def add_product(call: Call) -> Product:
    """Add a product to the catalogue."""
    return actions.add_product(call.session, **call.body, now=call.now)


@routes.patch("/products/<id>", needs="products:write", body=ProductUpdate, returns=ProductRead)
def change_product(call: Call, id: str) -> Product:
    """Change a product; orders that exist keep what they were placed with."""
    product = get_product(call.session, id)
    call.check_version(product)
    return actions.change_product(call.session, product=product, changes=call.body, now=call.now)
