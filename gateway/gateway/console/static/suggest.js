// The search at the top: arrows walk through what was found, Escape and leaving it close the list.
const field = document.getElementById("q-all");
const form = field?.form;

form?.addEventListener("keydown", (event) => {
  const links = [...form.querySelectorAll("#_suggest a")];
  if (event.key === "Escape") return close();
  if (!links.length || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
  const here = links.indexOf(document.activeElement);
  const next = here + (event.key === "ArrowDown" ? 1 : -1);
  (links[next] ?? field).focus();
  event.preventDefault();
});

form?.addEventListener("focusout", (event) => {
  if (!form.contains(event.relatedTarget)) close();
});

function close() {
  const list = document.getElementById("_suggest");
  if (list) list.replaceChildren();
}
