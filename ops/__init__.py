"""What operators run on this machine, inside the environment that crm.py prepares."""
