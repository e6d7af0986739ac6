"""Alembic's entry: this service's tables."""

import cases.case_types.models
import cases.casework.models
import cases.conversation.models
import cases.forms.models
import cases.projections.models
import cases.service_contracts.models
import cases.workflows.definitions.models
import cases.workflows.runs.models  # noqa: F401 - each import adds its tables to the base
from cases.base import Base
from servicekit.database.migrate import run_env

run_env(Base.metadata)
