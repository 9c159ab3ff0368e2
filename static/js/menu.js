// A menu opened by touch closes when its link leads to the page already shown.
const nav = document.querySelector("#site-nav[popover]");

nav?.addEventListener("click", (event) => {
  if (event.target.closest("a") && nav.matches(":popover-open")) nav.hidePopover();
});
