"""A lending library: the smallest service, with which the kit is tested. It shows that the kit speaks no CRM."""
