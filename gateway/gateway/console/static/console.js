// What the pages gain when JavaScript runs; every one of them works without.
import "./zone.js";
import "./focus.js";
import "./keys.js";
import "./suggest.js";
import "./session.js";
