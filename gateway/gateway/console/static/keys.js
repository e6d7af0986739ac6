// Keys: "/" searches, "g" then a letter goes somewhere, Ctrl+Enter sends the form one writes in. Never inside a field otherwise.
const places = { h: "/", w: "/work", k: "/customers", c: "/cases", o: "/orders", n: "/notifications" };
let going = 0;

document.addEventListener("keydown", (event) => {
  const field = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && field?.form) {
    const shown = [...field.form.querySelectorAll("button")].find((button) => button.offsetParent && button.type === "submit" && !button.formAction.endsWith("/claim"));
    field.form.requestSubmit(lastVisible(field.form) ?? shown);
    event.preventDefault();
    return;
  }
  if (field || event.ctrlKey || event.metaKey || event.altKey || event.getModifierState("AltGraph")) return;
  if (event.key === "/") {
    document.getElementById("q-all")?.focus();
    event.preventDefault();
  } else if (event.key === "g") {
    going = Date.now();
  } else if (Date.now() - going < 1200 && places[event.key]) {
    location.assign(places[event.key]);
  }
});

function lastVisible(form) {
  return [...form.querySelectorAll(".btn-primary, .btn-note")].filter((button) => button.offsetParent).pop();
}
