"""Running a service: the Flask app, the worker, clock jobs, command line, health, heartbeat, metrics, logs."""
