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

async function readPage(address) {
  for (let failed = 0; ; failed += 1) {
    // Nobody has answered either where an answer breaks off.
    const answer = await read(address).catch(() => null);
    if (answer?.ok) return new DOMParser().parseFromString(answer.text, "text/html");
    if (answer && !isPassing(answer.status)) return null;
    await new Promise((resolve) => setTimeout(resolve, jitter(waitAfter(failed))));
  }
}

/**
 * @param {string} address of a page of the portal
 * @returns {() => Promise<?Document>} reads it as it is now; gives nothing where it may not be read, or where a reading
 *   that was asked for later has come already
 */
export function readerOf(address) {
  let asked = 0;
  let newest = 0;
  return async () => {
    const mine = (asked += 1);
    const page = await readPage(address);
    if (!page || mine < newest) return null;
    newest = mine;
    return page;
  };
}
