// The session ended: log in over the page, then send the same request again. Nothing typed is lost.
import { announce } from "./focus.js";

const dialog = document.getElementById("login-dialog");
let waiting = null;

document.addEventListener("htmx:beforeOnLoad", (event) => {
  if (event.detail.xhr.status !== 401) return;
  event.preventDefault();
  waiting = event.detail.requestConfig;
  open();
});

async function open() {
  if (!dialog || dialog.open) return;
  const page = await (await fetch("/login", { credentials: "same-origin" })).text();
  const form = new DOMParser().parseFromString(page, "text/html").getElementById("_login");
  if (!form) return location.reload();
  const title = document.createElement("h2");
  title.id = "login-title";
  title.textContent = "Your session is over. Log in to go on.";
  dialog.replaceChildren(title, form);
  form.addEventListener("submit", logIn);
  dialog.showModal();
  form.querySelector("input[type=email]").focus();
}

async function logIn(event) {
  event.preventDefault();
  const form = event.target;
  const answer = await fetch("/login", { method: "POST", body: new FormData(form), headers: { "X-Console": "dialog" } });
  if (answer.status !== 204) {
    const again = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("_login");
    form.replaceWith(again);
    again.addEventListener("submit", logIn);
    again.querySelector("input[type=password]").focus();
    return;
  }
  const token = answer.headers.get("X-CSRF-Token");
  renew(token);
  dialog.close();
  repeat(token);
}

function renew(token) {
  for (const field of document.querySelectorAll("input[name=_csrf]")) field.value = token;
}

function repeat(token) {
  const config = waiting;
  waiting = null;
  if (!config) return;
  const values = Object.fromEntries(config.formData ?? []);
  if ("_csrf" in values) values._csrf = token;
  announce("You are logged in again.");
  htmx.ajax(config.verb.toUpperCase(), config.path, { source: config.elt, target: config.target, swap: "outerHTML", values });
}
