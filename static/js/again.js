// Reading what must be read, whatever becomes of the line and the portal: where nobody answers it is asked for again, ever
// less often and at a time of its own, because everybody may have lost the same portal.

const LONGEST_WAIT_MS = 30_000;
const TOO_MANY = 429;

export function jitter(ms) {
  return ms * (0.75 + Math.random() / 2);
}

/** @param {number} failed how often it has failed before @returns {number} milliseconds */
export function waitAfter(failed) {
  return Math.min(1_000 * 2 ** failed, LONGEST_WAIT_MS);
}

/** Whether a status, 0 where nobody answered, says no more than that it is not to be had now. */
export function isPassing(status) {
  return !status || status === TOO_MANY || status >= 500;
}

async function read(address) {
  const answer = await fetch(address, { cache: "no-store" });
  // Who is signed out is led to another page, which is not this one.
  return { ok: answer.ok && !answer.redirected, status: answer.status, text: await answer.text() };
}

/**
 * Of several readings on their way the last one asked for is the newest, whichever comes first.
 * @returns {() => () => boolean} called as one is asked for, gives what says as it comes whether it is to be shown
 */
export function inOrder() {
  let asked = 0;
  let shown = 0;
  return () => {
    const mine = (asked += 1);
    return () => mine > shown && Boolean((shown = mine));
  };
}

/** @returns {Promise<?Document>} the page at an address of the portal, or nothing where it may not be read */
export async function readPage(address) {
  for (let failed = 0; ; failed += 1) {
    // Nobody has answered either where an answer breaks off.
    const answer = await read(address).catch(() => null);
    if (answer?.ok) return new DOMParser().parseFromString(answer.text, "text/html");
    if (answer && !isPassing(answer.status)) return null;
    await new Promise((resolve) => setTimeout(resolve, jitter(waitAfter(failed))));
  }
}
