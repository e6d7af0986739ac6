"""What orders does because time has passed."""

from orders.ledger import actions
from orders.ledger.rules import Terms
from servicekit.runtime.jobs import Jobs, Work

jobs = Jobs()


@jobs.every(seconds=60)
def recompute_balances(work: Work) -> int:
    """Each night, once: every balance again from the ledger.

    It looks each minute, so that a night that was missed is made up for.
    """
    terms = Terms.of(work.settings.time_zone, work.settings.payment_days)
    done = 0
    while not work.is_stopping():
        with work.database.write() as session:
            count = actions.recompute_due_balances(session, terms=terms, now=work.now())
        if count == 0:
            break
        done += count
    return done
