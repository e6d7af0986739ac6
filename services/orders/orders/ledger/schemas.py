"""How invoices, payments and balances look on the wire."""

from marshmallow import ValidationError, fields, validate

from orders.ledger.rules import PaymentMethod
from servicekit.http.schemas import Instant, MoneyField, Schema
from servicekit.money import Money

MAX_PAYMENT_MINOR = 1_000_000_000_000_000


def check_amount(amount: Money) -> None:
    """Something, and it fits."""
    if not 0 < amount.minor <= MAX_PAYMENT_MINOR:
        raise ValidationError({"amount": ["Give an amount above 0."]})


class InvoiceRead(Schema):
    id = fields.String()
    number = fields.String()
    order_id = fields.String()
    customer_id = fields.String()
    customer_name = fields.String()
    status = fields.String()
    total = MoneyField()
    open = MoneyField()
    issued_on = fields.Date()
    due_on = fields.Date()
    version = fields.Integer()
    created_at = Instant()


class PaymentCreate(Schema):
    customer_id = fields.String(required=True, validate=validate.Length(max=40))
    invoice_id = fields.String(allow_none=True, load_default=None, validate=validate.Length(max=40))
    amount = MoneyField(required=True, validate=check_amount)
    method = fields.String(
        load_default=PaymentMethod.BANK_TRANSFER.value, validate=validate.OneOf([m.value for m in PaymentMethod])
    )
    reference = fields.String(allow_none=True, load_default=None, validate=validate.Length(max=200))
    received_on = fields.Date(allow_none=True, load_default=None)


class AllocationRead(Schema):
    invoice_id = fields.String()
    amount = MoneyField()
    allocated_at = Instant()


class PaymentRead(Schema):
    id = fields.String()
    customer_id = fields.String()
    invoice_id = fields.String(allow_none=True)
    amount = MoneyField()
    unapplied = MoneyField()
    allocations = fields.List(fields.Nested(AllocationRead))
    method = fields.String()
    reference = fields.String(allow_none=True)
    received_on = fields.Date()
    version = fields.Integer()
    created_at = Instant()


class BalanceRead(Schema):
    """`open_balance` is below zero when the customer has paid ahead."""

    customer_id = fields.String()
    customer_name = fields.String()
    currency = fields.String()
    open_balance = MoneyField()
    total_value = MoneyField()
    overdue = MoneyField()
    credit = MoneyField()
    orders = fields.Integer()
    last_order_at = Instant(allow_none=True)
    as_of = Instant()


class CustomerBalanceRead(BalanceRead):
    """The balance in the customer's main currency, and in `balances` every one."""

    balances = fields.List(fields.Nested(BalanceRead))
