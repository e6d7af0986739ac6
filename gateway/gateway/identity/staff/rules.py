"""The roles that come with the product."""

_EVERYBODY = ("customers:read", "cases:read", "orders:read", "notifications:read", "users:read", "teams:read")
MANAGER_PERMISSIONS = (
    "customers:*", "cases:*", "workflows:*", "forms:*", "work_items:*", "orders:*", "products:*", "payments:*",
    "notifications:*", "users:read", "teams:read", "api_keys:*",
)  # fmt: skip
AGENT_PERMISSIONS = (*_EVERYBODY, "customers:write", "cases:write", "work_items:decide")
FINANCE_PERMISSIONS = (*_EVERYBODY, "orders:write", "products:write", "payments:write", "work_items:decide")
SUPPORT_PERMISSIONS = (*_EVERYBODY, "customers:write", "cases:write", "work_items:decide", "notifications:write")

# key, name, permissions, record scope: made at first start, then they belong to the administrators.
SHIPPED_ROLES: tuple[tuple[str, str, tuple[str, ...], str], ...] = (
    ("administrator", "Administrator", ("*",), "all"),
    ("manager", "Manager", MANAGER_PERMISSIONS, "all"),
    ("agent", "Agent", AGENT_PERMISSIONS, "team"),
    ("finance", "Finance", FINANCE_PERMISSIONS, "all"),
    ("support", "Support", SUPPORT_PERMISSIONS, "all"),
)
