// A button that copies what stands in a field: <button data-copy="id of the field" hidden>.

for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  const words = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      button.textContent = "Copied";
    } catch {
      // Selected, so that the keyboard copies it.
      button.textContent = "Press Ctrl and C";
    }
    setTimeout(() => { button.textContent = words; }, 3000);
  });
}
