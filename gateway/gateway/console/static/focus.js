// After a swap: the focus goes to the element that asks for it, and what changed is announced to screen readers.
let kept = "";

document.addEventListener("htmx:beforeSwap", () => {
  kept = document.activeElement?.id ?? "";
});

document.addEventListener("htmx:afterSettle", (event) => {
  const area = event.detail.elt;
  const wanted = area.querySelector?.("[autofocus]") ?? (kept ? document.getElementById(kept) : null);
  if (wanted && document.activeElement !== wanted) wanted.focus({ preventScroll: wanted.id === kept });
  const heading = area.querySelector?.(".tbl-foot span, .empty-s h2");
  if (heading) announce(heading.textContent);
});

document.addEventListener("htmx:responseError", () => announce("That did not work. What you see is as it was.", true));
document.addEventListener("htmx:sendError", () => announce("The server cannot be reached. What you typed is still here.", true));

export function announce(text, loud = false) {
  document.getElementById("live").textContent = text;
  if (!loud) return;
  const toast = document.createElement("div");
  toast.className = "toast-s";
  toast.textContent = text;
  document.body.append(toast);
  setTimeout(() => toast.remove(), 6000);
}
