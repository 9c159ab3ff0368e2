// <section data-chat-kept="conversation.12.key" hidden> shows what this person wrote in a talk that has closed since, and
// did not send: it is kept in this tab alone, so that it can be copied. See chat-compose.js and chat-unsent.js.

import { bind } from "./bind.js";

const read = (key) => JSON.parse(sessionStorage.getItem(key) ?? "null");

bind("[data-chat-kept]", (root) => {
  const keys = ["unsent", "draft"].map((kind) => `${kind}.${root.dataset.chatKept}`);
  const [unsent, draft] = keys.map(read);
  const words = [...(unsent ?? []), draft ?? {}].map(({ text }) => text).filter(Boolean);
  root.hidden = !words.length;
  root.querySelector("textarea").value = words.join("\n\n");
  root.querySelector("[data-chat-kept-drop]").addEventListener("click", () => {
    keys.forEach((key) => sessionStorage.removeItem(key));
    root.hidden = true;
  });
});
