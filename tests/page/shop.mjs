// The shop on the page: its parts and the page's controls by the names a person reads, in either language.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { ROOT } from "./harness.mjs";

/** How long a condition may take. Generous: the computers that test run other things too. */
const PATIENCE_MS = 45_000;
const LOOK_AGAIN_MS = 60;

/** Waits until `probe` gives something true, and gives that back; `what` says what was awaited if it never does. */
export async function until(what, probe, patience = PATIENCE_MS) {
  const deadline = Date.now() + patience;
  for (;;) {
    const found = await probe();
    if (found) return found;
    assert.ok(Date.now() < deadline, `in vain: ${what}`);
    await new Promise((again) => setTimeout(again, LOOK_AGAIN_MS));
  }
}

const locales = new Map();
/** The locale files, by what they are about. */
const AREAS = readdirSync(join(ROOT, "static/locales")).filter((file) => file.endsWith(".en.yml")).map((file) => file.split(".")[0]);

/** The texts of a locale file, by their dotted keys. */
function texts(area, language) {
  const file = `${area}.${language}.yml`;
  if (!locales.has(file)) {
    const found = new Map();
    let section = "";
    for (const line of readFileSync(join(ROOT, "static/locales", file), "utf8").split("\n")) {
      const [, indent, key, value] = /^( *)([\w.]+): *(.*)$/.exec(line) ?? [];
      if (key === undefined) continue;
      if (indent === "") section = key;
      else found.set(`${section}.${key}`, value.startsWith('"') ? JSON.parse(value) : value);
    }
    locales.set(file, found);
  }
  return locales.get(file);
}

function escaped(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/**
 * In the page: where an element is once what is under way now has been drawn. What glides moves with each frame, however
 * rare a busy computer makes them. `null` while the canvas waits to be fitted into its stage.
 */
async function drawnBox(element) {
  await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  const { x, y, width } = element.getBoundingClientRect();
  return width > 0 && !document.querySelector(".stage[data-waiting]") ? { x, y, width } : null;
}

/** What the canvas says of its zoom, in per cent. */
export async function zoomShown(page) {
  return Number.parseInt(await page.locator(".zoom output").innerText(), 10);
}

/** The shop under a hand. */
export class Shop {
  constructor(stage) {
    this.stage = stage;
    this.page = stage.page;
    this.language = stage.language;
  }

  /** Opens the page with the shop; paused, unless the test says otherwise. */
  static async open(stage, { query = {} } = {}) {
    await stage.open({ query: { start: "paused", ...query } });
    return new Shop(stage);
  }

  /** The words for `key` with its values filled in. */
  t(key, values = {}) {
    const text = AREAS.map((area) => texts(area, this.language).get(key)).find((found) => found !== undefined);
    assert.ok(text !== undefined, `there are words for ${key}`);
    return text.replace(/%\{(\w+)\}/g, (_, name) => values[name] ?? `%{${name}}`);
  }

  /** A pattern of the words for `key`: values that are not given match anything and are named groups. */
  pattern(key, values = {}) {
    const parts = this.t(key, values).split(/%\{(\w+)\}/);
    return new RegExp(parts.map((part, place) => (place % 2 ? `(?<${part}>.+?)` : escaped(part))).join("") + "$");
  }

  // Parts.

  get groups() {
    return this.page.locator("g.group");
  }

  get group() {
    return this.groups.first();
  }

  get machines() {
    return this.page.locator("g.machine");
  }

  machine(number) {
    const name = this.t("name.machine", { number });
    return this.page.locator(`g.machine[aria-label^="${name}"]`);
  }

  /** The rows of a machine, or one of them. */
  rows(number) {
    return this.machine(number).locator("g.row");
  }

  client() {
    return this.page.locator("g.box").first();
  }

  /** A point of a machine's header, where a hand takes it. */
  async grip(number) {
    return this.near(this.machine(number), 50, 14);
  }

  /** A point of a group's header. */
  async handle(group = this.group) {
    return this.near(group, 60, 20);
  }

  /** A point of a part, from its upper left corner in canvas units, once the part has come to rest. */
  async near(part, x, y) {
    const rect = part.locator("> rect").first();
    let box = null;
    await until("the part rests", async () => {
      const before = box;
      box = await rect.evaluate(drawnBox);
      return before && box && ["x", "y", "width"].every((side) => Math.abs(box[side] - before[side]) < 0.1);
    });
    return { x: box.x + x * Math.min(1, box.width / 244), y: box.y + y * Math.min(1, box.width / 244) };
  }

  zoom() {
    return zoomShown(this.page);
  }

  /** Has everything shown, and gives back the zoom at which it is, once the camera has come to rest. */
  async everythingSeen() {
    await this.page.keyboard.press("Shift+Digit1");
    await this.handle();
    const stage = await this.canvas.boundingBox();
    for (const part of await this.page.locator(".stage g.group, .stage g.machine, .stage g.box").all()) {
      const box = await part.locator("> rect").first().boundingBox();
      assert.ok(box.x >= stage.x && box.x + box.width <= stage.x + stage.width, "it is seen from left to right");
      assert.ok(box.y >= stage.y && box.y + box.height <= stage.y + stage.height, "and from top to bottom");
    }
    return this.zoom();
  }

  /** A point of the canvas that is on nothing. */
  async bareCanvas() {
    const box = await this.canvas.boundingBox();
    return { x: box.x + 20, y: box.y + box.height - 60 };
  }

  get canvas() {
    return this.page.locator(".stage");
  }

  // Controls.

  /** What a button is called: its words; the language button also says which language it is. */
  buttonName(key) {
    const own = { en: "English", zh: "简体中文" }[this.language];
    return key === "header.language" ? `${this.t(key)} · ${own}` : this.t(key);
  }

  button(key) {
    return this.page.getByRole("button", { name: this.buttonName(key), exact: true });
  }

  piece(key) {
    return this.page.locator(".palette button.piece", { hasText: this.t(`palette.${key}_hint`) });
  }

  get inspector() {
    return this.page.locator(".inspector");
  }

  get menu() {
    return this.page.getByRole("menu");
  }

  /** A line of an open menu: something to do, or something that is on or off. */
  line(name) {
    return this.menu.getByRole("menuitem", { name }).or(this.menu.getByRole("menuitemcheckbox", { name }));
  }

  /** Uses a line of an open menu. */
  async choose(key, values) {
    await this.line(this.t(key, values)).click();
    await this.menu.waitFor({ state: "detached" });
  }

  /** The button at the top that says what is open; its menu has designs and files. */
  get title() {
    return this.page.locator(".top .document button.title");
  }

  /** Uses a line of the menu of designs and files. */
  async chooseInDesignMenu(key) {
    await this.title.click();
    await this.line(this.t(key)).click();
    await this.menu.waitFor({ state: "detached" });
  }

  /** Opens the context menu at a place, and uses one of its lines. */
  async rightClick(where, key, values) {
    await this.stage.click(where, { button: "right" });
    await this.choose(key, values);
  }

  layout(name, group = this.group) {
    return group.getByRole("radio", { name: this.t(`layout.${name}`), exact: true });
  }

  async chosenLayout(group = this.group) {
    return group.locator("[role=radio][aria-checked=true]").getAttribute("aria-label");
  }

  // What is read.

  /** Simulated seconds since the start. */
  async seconds() {
    const [minutes, seconds] = (await this.page.locator(".clock").innerText()).split(":").map(Number);
    return minutes * 60 + seconds;
  }

  async waitForSecond(second) {
    await until(`second ${second} of the run`, async () => (await this.seconds()) >= second);
  }

  /** Waits until what is in the inspector's sheet can be touched: the touch that opened it presses nothing in it. */
  async sheetListens() {
    const listens = (part) => getComputedStyle(part).pointerEvents !== "none";
    await until("the sheet listens", () => this.inspector.locator("> *").first().evaluate(listens));
  }

  /** A number of the inspector, by the words beside it. */
  async number(key) {
    const field = this.inspector.locator(".field", { has: this.page.locator("span", { hasText: this.exactly(key) }) });
    return Number((await field.locator("output").innerText()).replaceAll(",", ""));
  }

  exactly(key) {
    return new RegExp(`^${escaped(this.t(key))}$`);
  }

  /** Share of each kind of request that succeeded, in percent, in the order of the design. */
  async availability() {
    const kinds = this.inspector.locator("section").first().locator(".field");
    const lines = await kinds.evaluateAll((fields) => fields.map((field) => [...field.children].map((it) => it.textContent)));
    assert.ok(lines.length > 0, "the overview is shown");
    return lines.map(([kind, share]) => ({ kind, share: Number.parseFloat(share) }));
  }

  /** The lines of the latest episode of the failover story. */
  async story() {
    const lines = this.page.locator(".story ol").first().locator("li");
    return lines.evaluateAll((items) =>
      items.map((item) => ({
        at: Number.parseFloat(item.querySelector("time")?.textContent ?? ""),
        words: item.querySelector(":scope > span")?.textContent ?? "",
      })),
    );
  }

  /** Waits for a line of the story, and gives its values: `{ at, after, ... }`. */
  async told(...keys) {
    return until(`the story tells ${keys.join(" or ")}`, async () => {
      // A line that says more is not taken for one that says less and ends alike.
      const patterns = keys.map((key) => this.pattern(key)).sort((a, b) => b.source.length - a.source.length);
      for (const { at, words } of await this.story()) {
        const match = patterns.map((pattern) => pattern.exec(words)).find((found) => found);
        if (match) return { at, words, ...match.groups };
      }
      return null;
    });
  }

  /** Waits until the page tells, beside the hand, what letting go would do. */
  async tells(pattern) {
    const telling = this.page.locator(".telling");
    await until(`it tells ${pattern}`, async () => (await telling.count()) > 0 && pattern.test(await telling.innerText()));
  }

  /** The speed, as the page shows it. */
  async speed() {
    return Number.parseFloat(await this.page.locator(".speed output").innerText());
  }

  /** Plays with so many times the speed of real time, by the speed keys. */
  async play(speed = 1) {
    for (let now = 1; now < speed; now *= 2) await this.page.keyboard.press(".");
    if (await this.button("action.play").count()) await this.button("action.play").click();
    await this.button("action.pause").waitFor();
  }

  /** Lets go of whatever is chosen, so that the inspector shows what clients see. */
  async choseNothing() {
    await this.page.keyboard.press("Escape");
    await this.inspector.getByRole("heading", { name: this.t("inspector.availability") }).waitFor();
  }

  /** The sentence a page shows when something went wrong. */
  async notice() {
    const notice = this.page.locator(".notice");
    await notice.waitFor();
    return notice.locator("p").innerText();
  }
}

/** Seconds of a duration as the page writes it. */
export function secondsOf(duration) {
  const [, minutes, seconds, millis] =
    /^(?:(\d+) (?:min|分) )?(?:([\d.]+) (?:s|秒)|([\d.]+) ms)$/.exec(duration) ?? [];
  assert.ok(seconds !== undefined || millis !== undefined, `“${duration}” is a duration`);
  return Number(minutes ?? 0) * 60 + Number(seconds ?? 0) + Number(millis ?? 0) / 1e3;
}
