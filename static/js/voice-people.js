// The people in a room's voice: a tile each, with their picture or only their name.

const MOST_ANNOUNCED = 12;

export class People {
  /**
   * @param {HTMLElement} list
   * @param {HTMLTemplateElement} template
   * @param {(id: number, act: string) => void} lead
   */
  constructor(list, template, lead) {
    this.list = list;
    this.template = template;
    this.lead = lead;
    this.tiles = new Map();
    this.media = new Map();
    this.mine = 0;
    this.output = "";
    this.byFloor = false;
  }

  /** @returns {string} who came and who went, to be said */
  show(people) {
    const known = this.tiles.size > 0;
    const gone = [...this.tiles.keys()].filter((id) => !people.some((each) => each.id === id));
    const left = gone.map((id) => this.remove(id));
    const came = people.filter(({ id }) => !this.tiles.has(id)).map(({ name }) => name);
    for (const person of people) this.draw(person);
    if (!known || people.length > MOST_ANNOUNCED) return "";
    return [...came.map((name) => `${name} has joined.`), ...left.map((name) => `${name} has left.`)].join(" ");
  }

  draw(person) {
    const tile = this.tiles.get(person.id) ?? this.add(person);
    const mine = person.id === this.mine;
    tile.person = person;
    tile.element.classList.toggle("voice__person--seen", person.camera);
    tile.element.classList.toggle("voice__person--heard", person.microphone);
    tile.how.textContent = how(person);
    // Who is off is not heard here, whatever their browser sends.
    tile.video.muted = mine || !person.microphone;
    for (const button of tile.element.querySelectorAll("[data-voice-act]")) {
      button.hidden = !fits(button.dataset.voiceAct, person, mine, this.byFloor);
    }
  }

  add({ id, name }) {
    const element = this.template.content.firstElementChild.cloneNode(true);
    const tile = { element, name, video: element.querySelector("video") };
    tile.how = element.querySelector("[data-voice-how]");
    element.dataset.voiceId = id;
    element.querySelector("[data-voice-name]").textContent = id === this.mine ? `${name} (you)` : name;
    element.classList.toggle("voice__person--mine", id === this.mine);
    tile.video.setAttribute("aria-label", `${name}, camera`);
    for (const button of element.querySelectorAll("[data-voice-act]")) {
      button.querySelector("span").textContent = `: ${name}`;
      button.addEventListener("click", () => this.lead(id, button.dataset.voiceAct));
    }
    this.tiles.set(id, tile);
    this.list.append(element);
    this.attach(id);
    return tile;
  }

  /** What comes from a person may come before or after we know them. */
  play(id, tracks) {
    this.media.set(id, tracks);
    this.attach(id);
  }

  attach(id) {
    const tile = this.tiles.get(id);
    const tracks = this.media.get(id);
    if (!tile || !tracks) return;
    const shown = tile.video.srcObject?.getTracks() ?? [];
    if (shown.length === tracks.length && shown.every((track) => tracks.includes(track))) return;
    tile.video.srcObject = tracks.length ? new MediaStream(tracks) : null;
    if (this.output && tile.video.setSinkId) tile.video.setSinkId(this.output).catch(() => {});
    if (tracks.length) tile.video.play().catch(() => {});
  }

  remove(id) {
    const { element, name } = this.tiles.get(id);
    element.remove();
    this.tiles.delete(id);
    this.media.delete(id);
    return name;
  }

  clear() {
    for (const id of [...this.tiles.keys()]) this.remove(id);
    this.media.clear();
  }
}

function how({ microphone, camera, floor, recorded }) {
  const words = microphone ? "can be heard" : "microphone off";
  return [words, ...(camera ? ["camera on"] : []), ...(floor ? ["has the floor"] : []), ...(recorded ? ["recorded"] : [])].join(", ");
}

function fits(act, { microphone, camera, floor }, mine, byFloor) {
  if (act === "mute") return !mine && (microphone || camera);
  return act === "give" ? byFloor && !mine && !floor : floor;
}
