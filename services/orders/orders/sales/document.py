"""An order as a page to print; everything that people typed is escaped."""

from typing import Final

from jinja2 import Environment, StrictUndefined

from orders.sales.models import Order
from servicekit.money import Money, exponent

_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Order {{ order.number }}</title>
<style>
body { font: 14px/1.5 system-ui, sans-serif; color: #1a1a1a; margin: 2rem auto; max-width: 50rem; padding: 0 1rem }
h1 { font-size: 1.6rem; margin: 0 }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; margin: 1.5rem 0 }
dt { color: #555 } dd { margin: 0 }
table { border-collapse: collapse; width: 100% }
th, td { text-align: right; padding: .4rem .5rem; border-bottom: 1px solid #ddd; vertical-align: top }
th.text, td.text { text-align: left }
tfoot td { border: 0 } tfoot tr:last-child td { font-weight: 600; border-top: 2px solid #1a1a1a }
.note { white-space: pre-line; margin-top: 1.5rem }
@media print { body { margin: 0; max-width: none } thead { display: table-header-group } tr { break-inside: avoid } }
</style>
</head>
<body>
<h1>Order {{ order.number }}</h1>
<dl>
<dt>Customer</dt><dd>{{ order.customer.name }} ({{ order.customer.number }})</dd>
<dt>Placed on</dt><dd>{{ order.placed_at.strftime("%Y-%m-%d") }}</dd>
<dt>Status</dt><dd>{{ order.status }}{% if order.cancel_reason %}: {{ order.cancel_reason }}{% endif %}</dd>
{% if order.invoice %}<dt>Invoice</dt><dd>{{ order.invoice.number }}, issued on {{ order.invoice.issued_on }}</dd>
<dt>Due on</dt><dd>{{ order.invoice.due_on }}; open: {{ order.invoice.open | money }}</dd>
{% endif %}</dl>
<table>
<thead><tr><th>#</th><th class="text">Description</th><th>Quantity</th><th>Unit price</th>
<th>Discount</th><th>Tax</th><th>Net</th></tr></thead>
<tbody>
{% for line in order.lines %}<tr><td>{{ line.position }}</td>
<td class="text">{{ line.description }}<br><small>{{ line.sku }}</small></td>
<td>{{ line.quantity }}</td><td>{{ line.unit_price | money }}</td>
<td>{% if line.discount_bp %}{{ line.discount_percent }} %{% endif %}</td>
<td>{{ line.tax_rate | percent }} %</td><td>{{ line.net | money }}</td></tr>
{% endfor %}</tbody>
<tfoot>
<tr><td colspan="6">Net</td><td>{{ order.net | money }}</td></tr>
<tr><td colspan="6">Tax</td><td>{{ order.tax | money }}</td></tr>
<tr><td colspan="6">Total</td><td>{{ order.total | money }}</td></tr>
</tfoot>
</table>
{% if order.note %}<p class="note">{{ order.note }}</p>
{% endif %}</body>
</html>
"""


def _money(money: Money) -> str:
    return f"{money.amount:,.{exponent(money.currency)}f} {money.currency}"


_environment = Environment(autoescape=True, undefined=StrictUndefined)
_environment.filters["money"] = _money
_environment.filters["percent"] = lambda rate: f"{(rate * 100).normalize():f}"
_page = _environment.from_string(_PAGE)


def render_order(order: Order) -> str:
    """A page that stands alone: no script, nothing loaded."""
    return _page.render(order=order)
