// A classic script in the head: the class is set before the first paint, so nothing jumps.
(() => {
  const mark = () => {
    document.body.classList.add("js-enabled");
    if ("noModule" in HTMLScriptElement.prototype) {
      document.body.classList.add("nhsuk-frontend-supported");
    }
  };
  document.documentElement.classList.add("js");
  if (document.body) return mark();
  new MutationObserver((_, observer) => {
    if (!document.body) return;
    observer.disconnect();
    mark();
  }).observe(document.documentElement, { childList: true });
})();
