"""Sessions: signed-in browsers, access tokens and one-time login links, passwords, and the throttle on guessing."""
