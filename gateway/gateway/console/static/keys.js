// Keys: "/" searches, "g" then a letter goes somewhere, Ctrl+Enter sends the form one writes in. Never inside a field otherwise.
const places = { h: "/", w: "/work", k: "/customers", c: "/cases", o: "/orders", n: "/notifications" };
let going = 0;

document.addEventListener("keydown", (event) => {
  const field = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && field?.form) {
    const buttons = submits(field.form);
    // Where several buttons mean several things, the hand must choose.
    if (buttons.length !== 1) return;
    field.form.requestSubmit(buttons[0]);
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

function submits(form) {
  return [...form.querySelectorAll("button")].filter((button) => button.type === "submit" && button.offsetParent);
}
