"""Products, orders, invoices, payments and the ledger, with their invariants held by the database itself."""

import sqlalchemy as sa
from alembic import op

from servicekit.database.numbers import create_series
from servicekit.database.types import UtcDateTime

revision = "0001"
down_revision = None

APPEND_ONLY_SQLITE = """
CREATE TRIGGER ledger_entries_no_{verb} BEFORE {verb} ON ledger_entries
BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END
"""
APPEND_ONLY_POSTGRESQL = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the ledger only grows' USING ERRCODE = 'restrict_violation'; END $$;
CREATE TRIGGER ledger_entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entries
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    create_customers()
    create_products()
    create_balances()
    create_orders()
    create_invoices()
    create_order_lines()
    create_payments()
    create_allocations()
    create_ledger_entries()
    if op.get_bind().dialect.name == "postgresql":
        op.execute(create_series("order"))
        op.execute(create_series("invoice"))
        op.execute(APPEND_ONLY_POSTGRESQL)
    else:
        op.execute(APPEND_ONLY_SQLITE.format(verb="update"))
        op.execute(APPEND_ONLY_SQLITE.format(verb="delete"))


def create_customers() -> None:
    op.create_table(
        "customers",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.String(length=40), nullable=True),
        sa.Column("team_id", sa.String(length=40), nullable=True),
        sa.Column("is_archived", sa.Boolean(), nullable=False),
        sa.Column("is_blocked", sa.Boolean(), nullable=False),
        sa.Column("heard_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
    )
    op.create_index(op.f("ix_customers_name_key"), "customers", ["name_key"], unique=False)
    op.create_index(op.f("ix_customers_owner_id"), "customers", ["owner_id"], unique=False)
    op.create_index(op.f("ix_customers_team_id"), "customers", ["team_id"], unique=False)


def create_products() -> None:
    op.create_table(
        "products",
        sa.Column("sku", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("unit_price_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_rate_ppm", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "type IN ('merchandise', 'publication', 'membership', 'subscription', 'event', 'exhibit', 'service')",
            name=op.f("ck_products_type"),
        ),
        sa.CheckConstraint("tax_rate_ppm BETWEEN 0 AND 1000000", name=op.f("ck_products_tax_rate")),
        sa.CheckConstraint("unit_price_minor >= 0", name=op.f("ck_products_price")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_products")),
        sa.UniqueConstraint("sku", name=op.f("uq_products_sku")),
    )


def create_balances() -> None:
    op.create_table(
        "balances",
        sa.Column("customer_id", sa.String(length=40), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("open_balance_minor", sa.BigInteger(), nullable=False),
        sa.Column("total_value_minor", sa.BigInteger(), nullable=False),
        sa.Column("overdue_minor", sa.BigInteger(), nullable=False),
        sa.Column("credit_minor", sa.BigInteger(), nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("last_order_at", UtcDateTime(), nullable=True),
        sa.Column("as_of", UtcDateTime(), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("overdue_minor >= 0 AND credit_minor >= 0", name=op.f("ck_balances_amounts")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_balances_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_balances")),
        sa.UniqueConstraint("customer_id", "currency", name=op.f("uq_balances_customer_id_currency")),
    )
    op.create_index(op.f("ix_balances_as_of"), "balances", ["as_of"], unique=False)


def create_orders() -> None:
    op.create_table(
        "orders",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("customer_id", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("placed_at", UtcDateTime(), nullable=False),
        sa.Column("placed_by", sa.String(length=40), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("fulfilled_at", UtcDateTime(), nullable=True),
        sa.Column("cancelled_at", UtcDateTime(), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        sa.Column("duplicate_of_id", sa.String(length=40), nullable=True),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "status IN ('placed', 'confirmed', 'fulfilled', 'cancelled')", name=op.f("ck_orders_status")
        ),
        sa.CheckConstraint("net_minor >= 0 AND tax_minor >= 0", name=op.f("ck_orders_amounts")),
        sa.CheckConstraint("total_minor = net_minor + tax_minor", name=op.f("ck_orders_total")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_orders_customer_id")),
        sa.ForeignKeyConstraint(["duplicate_of_id"], ["orders.id"], name=op.f("fk_orders_duplicate_of_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint("number", name=op.f("uq_orders_number")),
    )
    op.create_index("ix_orders_customer_id_placed_at", "orders", ["customer_id", "placed_at"], unique=False)
    op.create_index(op.f("ix_orders_placed_at"), "orders", ["placed_at"], unique=False)
    op.create_index("ix_orders_status_placed_at", "orders", ["status", "placed_at"], unique=False)


def create_invoices() -> None:
    op.create_table(
        "invoices",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("order_id", sa.String(length=40), nullable=False),
        sa.Column("customer_id", sa.String(length=40), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("paid_minor", sa.BigInteger(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "(status = 'open' AND paid_minor < total_minor) OR (status = 'paid' AND paid_minor = total_minor)"
            " OR (status = 'void' AND paid_minor = 0)",
            name=op.f("ck_invoices_status"),
        ),
        sa.CheckConstraint("due_on >= issued_on", name=op.f("ck_invoices_due_on")),
        sa.CheckConstraint("paid_minor >= 0 AND paid_minor <= total_minor", name=op.f("ck_invoices_paid")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_invoices_customer_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_invoices_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoices")),
        sa.UniqueConstraint("number", name=op.f("uq_invoices_number")),
        sa.UniqueConstraint("order_id", name=op.f("uq_invoices_order_id")),
    )
    op.create_index(
        "ix_invoices_customer_id_currency_status", "invoices", ["customer_id", "currency", "status"], unique=False
    )
    op.create_index(op.f("ix_invoices_due_on"), "invoices", ["due_on"], unique=False)


def create_order_lines() -> None:
    op.create_table(
        "order_lines",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("order_id", sa.String(length=40), nullable=False),
        sa.Column("customer_id", sa.String(length=40), nullable=False),
        sa.Column("placed_at", UtcDateTime(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.String(length=40), nullable=False),
        sa.Column("sku", sa.String(length=60), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("quantity_thousandths", sa.BigInteger(), nullable=False),
        sa.Column("unit_price_minor", sa.BigInteger(), nullable=False),
        sa.Column("discount_bp", sa.Integer(), nullable=False),
        sa.Column("tax_rate_ppm", sa.Integer(), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("discount_bp BETWEEN 0 AND 10000", name=op.f("ck_order_lines_discount")),
        sa.CheckConstraint(
            "net_minor >= 0 AND tax_minor >= 0 AND unit_price_minor >= 0", name=op.f("ck_order_lines_amounts")
        ),
        sa.CheckConstraint("quantity_thousandths > 0", name=op.f("ck_order_lines_quantity")),
        sa.CheckConstraint("total_minor = net_minor + tax_minor", name=op.f("ck_order_lines_total")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_order_lines_customer_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_lines_order_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_order_lines_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_lines")),
        sa.UniqueConstraint("order_id", "position", name=op.f("uq_order_lines_order_id_position")),
    )
    op.create_index("ix_order_lines_customer_id_placed_at", "order_lines", ["customer_id", "placed_at"], unique=False)


def create_payments() -> None:
    op.create_table(
        "payments",
        sa.Column("customer_id", sa.String(length=40), nullable=False),
        sa.Column("invoice_id", sa.String(length=40), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("allocated_minor", sa.BigInteger(), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "method IN ('bank_transfer', 'card', 'cash', 'cheque', 'direct_debit', 'other')",
            name=op.f("ck_payments_method"),
        ),
        sa.CheckConstraint(
            "allocated_minor >= 0 AND allocated_minor <= amount_minor", name=op.f("ck_payments_allocated")
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_payments_amount")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_payments_customer_id")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_payments_invoice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
    )
    op.create_index("ix_payments_customer_id_currency", "payments", ["customer_id", "currency"], unique=False)


def create_allocations() -> None:
    op.create_table(
        "allocations",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("payment_id", sa.String(length=40), nullable=False),
        sa.Column("invoice_id", sa.String(length=40), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("allocated_at", UtcDateTime(), nullable=False),
        sa.Column("released_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_allocations_amount")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_allocations_invoice_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_allocations_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocations")),
    )
    op.create_index(op.f("ix_allocations_invoice_id"), "allocations", ["invoice_id"], unique=False)
    op.create_index(op.f("ix_allocations_payment_id"), "allocations", ["payment_id"], unique=False)


def create_ledger_entries() -> None:
    op.create_table(
        "ledger_entries",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("customer_id", sa.String(length=40), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("order_id", sa.String(length=40), nullable=True),
        sa.Column("payment_id", sa.String(length=40), nullable=True),
        sa.CheckConstraint(
            "(kind = 'invoice' AND amount_minor >= 0) OR (kind = 'payment' AND amount_minor < 0)"
            " OR (kind = 'credit_note' AND amount_minor <= 0)"
            " OR (kind IN ('order', 'cancellation') AND amount_minor = 0)",
            name=op.f("ck_ledger_entries_amount"),
        ),
        sa.CheckConstraint(
            "kind IN ('order', 'invoice', 'payment', 'credit_note', 'cancellation')",
            name=op.f("ck_ledger_entries_kind"),
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_ledger_entries_customer_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_ledger_entries_order_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_ledger_entries_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entries")),
        sa.UniqueConstraint("kind", "order_id", name=op.f("uq_ledger_entries_kind_order_id")),
        sa.UniqueConstraint("payment_id", name=op.f("uq_ledger_entries_payment_id")),
    )
    op.create_index(
        "ix_ledger_entries_customer_id_currency", "ledger_entries", ["customer_id", "currency"], unique=False
    )
