// Starts Swagger UI; a file of its own because the page allows no inline script.
const place = document.getElementById("api");
if (window.SwaggerUIBundle) {
  window.SwaggerUIBundle({
    url: place.dataset.document,
    domNode: place,
    deepLinking: true,
    docExpansion: "none",
    defaultModelsExpandDepth: 0,
  });
} else {
  place.innerHTML = "";
  const link = document.createElement("a");
  link.href = place.dataset.document;
  link.textContent = "openapi.json";
  place.append("The API page was not installed; the document itself: ", link);
}
