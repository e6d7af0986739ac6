"""What is expired is deleted, and no more than that."""

from gateway.identity.sessions import rules


def test_an_address_is_known_for_a_month_after_the_last_time(gateway):
    gateway.log_in()
    for days, expected in ((29, 201), (29, 201), (30, 429)):
        gateway.clock.move(days=days)
        gateway.running.run_job("delete_expired_sessions")
        for number in range(rules.ADDRESS_FREE_FAILURES):
            gateway.log_in(f"person{number}@example.com", "not the password at all")
        assert gateway.log_in().status_code == expected
