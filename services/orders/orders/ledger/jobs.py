"""What the ledger does because time has passed."""

from orders.ledger import actions
from orders.ledger.rules import Terms
from servicekit.jobs import Jobs, Work

jobs = Jobs()


@jobs.every(seconds=60)
def recompute_balances(work: Work) -> int:
    """Each night, once: every balance again from the ledger.

    It looks each minute, so that a night that was missed is made up for.
    """
    terms = Terms.from_settings(work.settings)
    done = 0
    while not work.is_stopping():
        with work.database.write() as session:
            count = actions.recompute_due_balances(session, by=work.by(), terms=terms)
        if count == 0:
            break
        done += count
    return done
