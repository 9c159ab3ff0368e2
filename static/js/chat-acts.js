// "Reply or react" opens what may be done with a message beneath it: the same forms as on its own page,
// sent without leaving. Without this script the link leads to that page.

export function bindActs(chat) {
  chat.log.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (link.dataset.chatActs) take(event, () => toggle(chat, link));
    else if (link.dataset.chatReplyTo && chat.compose) take(event, () => reply(chat, link));
    else if (link.dataset.chatJump && chat.find(link.dataset.chatJump)) {
      take(event, () => chat.showMessage(chat.find(link.dataset.chatJump)));
    }
  });
  chat.log.addEventListener("keydown", (event) => {
    const place = event.key === "Escape" && event.target.closest("[data-chat-acts-place]");
    if (place) close(place);
  });
  chat.log.addEventListener("submit", (event) => {
    if (event.target.matches("[data-chat-act]")) take(event, () => send(chat, event.target, event.submitter));
  });
}

function take(event, act) {
  event.preventDefault();
  act();
}

async function toggle(chat, link) {
  const message = link.closest("[data-message]");
  const open = chat.log.querySelector("[data-chat-acts-place]");
  if (open) close(open);
  if (open && message.contains(link) && open.dataset.of === message.dataset.message) return;
  const answer = await fetch(link.dataset.chatActs).catch(() => null);
  // The page itself says what is wrong.
  if (!answer?.ok || answer.redirected) return location.assign(link.href);
  const place = document.createElement("div");
  place.dataset.chatActsPlace = "";
  place.dataset.of = message.dataset.message;
  place.innerHTML = await answer.text();
  (chat.find(message.dataset.message) ?? message).append(place);
  place.querySelector("a, button")?.focus();
  // And again whenever a part of it opens, which may lie beneath the log's edge.
  place.addEventListener("toggle", ({ target }) => target.scrollIntoView({ block: "nearest" }), { capture: true });
  place.scrollIntoView({ block: "nearest" });
}

function close(place) {
  const message = place.closest("[data-message]");
  place.remove();
  message.querySelector("[data-chat-acts]")?.focus();
}

function reply(chat, link) {
  close(link.closest("[data-chat-acts-place]"));
  chat.compose.replyTo(link.dataset.chatReplyTo, link.dataset.name);
}

async function send(chat, form, submitter) {
  const body = new FormData(form, submitter);
  const place = form.closest("[data-chat-acts-place]");
  const headers = { Accept: "application/json" };
  const answer = await fetch(form.action, { method: "POST", body, headers }).catch(() => null);
  const said = (await answer?.json().catch(() => null)) ?? {};
  if (!answer?.ok) {
    place.querySelector("[data-chat-act-state]").textContent = said.error ?? "This did not work. Try it again.";
    place.scrollIntoView({ block: "nearest" });
    return;
  }
  if (said.next) return location.assign(said.next);
  close(place);
  const known = chat.find(said.id);
  if (known && said.html) chat.replace(known, said.html);
  chat.find(said.id)?.querySelector("[data-chat-acts]")?.focus();
}
