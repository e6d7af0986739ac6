"""Products over HTTP."""

from sqlalchemy import Select, select

from orders.catalogue import actions, queries
from orders.catalogue.listing import PRODUCTS
from orders.catalogue.models import Product
from orders.catalogue.schemas import ProductCreate, ProductRead, ProductUpdate
from servicekit.http.call import Call
from servicekit.http.routes import Routes

routes = Routes("products")


@routes.page("/products", needs="orders:read", listing=PRODUCTS, returns=ProductRead)
def list_products(call: Call) -> Select[Product]:
    """List products."""
    return select(Product)


@routes.get("/products/<id>", needs="orders:read", returns=ProductRead)
def get_product(call: Call, id: str) -> Product:
    """Show a product."""
    return queries.get_product(call.session, id)


@routes.post(
    "/products", needs="products:write", body=ProductCreate, returns=ProductRead, location="/api/v1/products/{id}"
)
def create_product(call: Call) -> Product:
    """Add a product to the catalogue."""
    return actions.create_product(call.session, by=call.by, **call.body)


@routes.patch("/products/<id>", needs="products:write", body=ProductUpdate, returns=ProductRead)
def update_product(call: Call, id: str) -> Product:
    """Change a product; orders that exist keep what they were placed with."""
    product = queries.get_product(call.session, id)
    call.check_version(product)
    return actions.update_product(call.session, product, by=call.by, changes=call.body)
