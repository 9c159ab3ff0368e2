// <div data-film> uploads a film in parts that resume, and follows the making of its stream.

const PART = 8 * 1024 * 1024;
const root = document.querySelector("[data-film]");
const find = (name) => document.querySelector(`[data-film-${name}]`);
const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const BUSY = ["uploaded", "processing"];

function show({ label, percent, error, state }, words) {
  find("label").textContent = label;
  find("percent").textContent = `${percent}%`;
  find("words").textContent = words;
  root.querySelector("progress").value = percent;
  root.dataset.state = state;
  say(error);
}

function say(error) {
  const note = find("error");
  note.textContent = error || "";
  note.hidden = !error;
}

async function send(url, options) {
  const response = await fetch(url, { credentials: "same-origin", ...options });
  const kind = response.headers.get("Content-Type") || "";
  const answer = kind.includes("json") ? await response.json() : {};
  if (response.ok || response.status === 409) return answer;
  // A server that is busy or restarting is worth waiting for; a refusal is not.
  throw Object.assign(new Error(answer.error || "The server refused this part. Load this page again."), {
    final: response.status < 500,
  });
}

async function patiently(work) {
  for (let pause = 1000; ; pause = Math.min(pause * 2, 30000)) {
    try {
      return await work();
    } catch (error) {
      if (error.final) throw error;
      say("The connection was lost. The upload goes on by itself when it is back.");
      await wait(pause * (0.5 + Math.random() / 2));
    }
  }
}

async function upload(file, token) {
  const headers = { "X-CSRFToken": token };
  const mark = `${file.name}, ${file.size} bytes, ${file.lastModified}`;
  const body = new URLSearchParams({ mark, size: file.size });
  let told = await patiently(() => send(root.dataset.beginUrl, { method: "POST", headers, body }));
  const { source } = told;
  while (told.offset < file.size && (told.state ?? "uploading") === "uploading") {
    const { offset } = told;
    told = await patiently(() =>
      send(root.dataset.partUrl, {
        method: "POST",
        headers: { ...headers, "Content-Type": "application/octet-stream", "Upload-Offset": offset, "Upload-Source": source },
        body: file.slice(offset, offset + PART),
      }),
    );
    if (told.state) show(told, "Uploaded");
  }
}

async function follow() {
  for (;;) {
    const told = await patiently(() => send(root.dataset.stateUrl));
    show(told, "Being made ready");
    // The finished page has buttons that this one lacks.
    if (!BUSY.includes(told.state)) return location.reload();
    await wait(2000);
  }
}

root?.querySelector("[data-film-form]")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const [file] = form.querySelector("[type=file]").files;
  const button = form.querySelector("button");
  if (!file) return say("Choose a film first.");
  button.disabled = true;
  try {
    say("");
    await upload(file, form.querySelector("[name=csrfmiddlewaretoken]").value);
    await follow();
  } catch (error) {
    say(error.message);
    button.disabled = false;
  }
});

if (root && BUSY.includes(root.dataset.state)) follow();
