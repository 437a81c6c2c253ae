// Before the first paint: the theme that was chosen. Without a choice the browser's own holds.
(() => {
  try {
    const chosen = JSON.parse(localStorage.getItem("pathshala.theme") ?? "null");
    if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
  } catch {
    // a browser that keeps nothing has no choice to remember
  }
})();
