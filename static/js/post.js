// Sends one of the portal's forms without leaving the page.

const TIMEOUT_MS = 15_000;

/** @returns {Promise<object>} what the server says, or `error` in words; kept alive it arrives though the page is left */
export async function post(form, body, { keepalive = false } = {}) {
  try {
    const headers = { Accept: "application/json" };
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const answer = await fetch(form.action, { method: "POST", body, headers, signal, keepalive });
    const said = await answer.json().catch(() => ({}));
    if (answer.ok) return said;
    return { error: said.error ?? "This was not sent. Reload the page if it happens again." };
  } catch {
    return { error: "This was not sent: the connection is lost." };
  }
}
