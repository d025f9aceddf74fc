// What every page test stands on: the release build on a static host, and a real Chromium in front of it.
//
// A test is registered once per language, theme and viewport asked for, each in a fresh browser context, and fails
// on anything the console, the network or the content policy complains about, whatever its own assertions say.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";

import { serve, SUB_PATH } from "./server.mjs";

export { SUB_PATH };

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** What is tested: `dist/`, or another build that is named in ARCHLAB_DIST. */
export const DIST = resolve(ROOT, process.env.ARCHLAB_DIST || "dist");
const ARTEFACTS = join(ROOT, "artefacts");
/** By how much Chromium slows the page down, as a slow computer would: what holds on a fast one only is a defect. */
const SLOWER = Number(process.env.ARCHLAB_SLOWER || 1);

export const LANGUAGES = ["en", "zh"];
export const THEMES = ["light", "dark"];
/** Of a test in which the page is left: what is still asked for then is given up, and nothing has failed. */
export const LEAVES = { allow: [/net::ERR_ABORTED/] };
export const VIEWPORTS = {
  desktop: { width: 1440, height: 900 },
  laptop: { width: 1024, height: 768 },
  phone: { width: 390, height: 844 },
};

/** How long the page may take to start. Generous: CI's two cores run other things too. */
const START_MS = 30_000;
const ACTION_MS = 30_000;

/** Chromium itself must not talk to anybody: what is on the network is the page's. */
const BROWSER_ARGUMENTS = [
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-gpu",
  "--disable-quic",
  "--disable-sync",
  "--no-first-run",
];

function browserPath() {
  const usual = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
  const path = process.env.ARCHLAB_CHROMIUM || usual.find(existsSync);
  assert.ok(path, "no Chromium: run `cargo xtask test page`, or name one in ARCHLAB_CHROMIUM");
  return path;
}

// One browser and one host for a file of tests, started by the first test that needs them.
let started;

function start() {
  started ??= (async () => {
    assert.ok(existsSync(join(DIST, "index.html")), `there is no ${DIST}: run \`cargo xtask build\``);
    const isRoot = process.getuid?.() === 0;
    const [server, browser] = await Promise.all([
      serve(DIST),
      // Chromium's own sandbox refuses to run as root, as in most CI containers.
      chromium.launch({ executablePath: browserPath(), chromiumSandbox: !isRoot, args: BROWSER_ARGUMENTS }),
    ]);
    return { server, browser };
  })();
  return started;
}

after(async () => {
  if (!started) return;
  const { server, browser } = await started.catch(() => ({}));
  await browser?.close();
  await server?.close();
});

/**
 * Registers a test of the page, once per combination of:
 *
 * - `languages`, by default both; `themes`, by default light; `viewports`, names or sizes, by default desktop.
 * - `pairs`: each language in a theme of its own, for what neither has to do with the other.
 *
 * Other options: `allow`, patterns of complaints that are the point of the test; `context`, further options of the
 * browser context (hasTouch, reducedMotion, ...); `timeout` in ms.
 *
 * `body` gets a {@link Stage}.
 */
export function pageTest(name, options, body) {
  const { languages = LANGUAGES, themes = ["light"], viewports = ["desktop"], timeout = 300_000, pairs } = options;
  for (const [place, language] of languages.entries()) {
    for (const theme of pairs ? [THEMES[place]] : themes) {
      for (const viewport of viewports) {
        const size = typeof viewport === "string" ? VIEWPORTS[viewport] : viewport;
        const title = `${name} [${language} ${theme} ${size.width}x${size.height}]`;
        test(title, { timeout }, async () => {
          const { server, browser } = await start();
          const context = await browser.newContext({
            locale: language === "zh" ? "zh-CN" : "en-US",
            timezoneId: "UTC",
            colorScheme: theme,
            viewport: size,
            ...options.context,
          });
          const stage = new Stage({ server, context, language, theme, size, allow: options.allow ?? [] });
          try {
            await stage.begin();
            await body(stage);
            stage.assertNoComplaint();
          } catch (error) {
            const file = await stage.screenshot(`failed-${title}`).catch(() => null);
            if (file) error.message += `\nscreenshot: ${file}`;
            if (stage.complaints.length > 0) error.message += `\ncomplaints:\n${stage.complaints.join("\n")}`;
            throw error;
          } finally {
            await context.close();
          }
        });
      }
    }
  }
}

/** One test's browser context, with one page in front. */
export class Stage {
  constructor({ server, context, language, theme, size, allow }) {
    Object.assign(this, { server, context, language, theme, size, allow });
    /** What console, network and policy had to say so far, in words. */
    this.complaints = [];
  }

  async begin() {
    this.context.setDefaultTimeout(ACTION_MS);
    this.watchNetwork();
    this.page = await this.context.newPage();
    if (SLOWER > 1) {
      const session = await this.context.newCDPSession(this.page);
      await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
    }
  }

  /** Watches all pages and frames of the context. */
  watchNetwork() {
    const hosts = [`127.0.0.1:${this.server.port}`, `localhost:${this.server.port}`];
    this.context.on("console", (message) => {
      if (["error", "warning", "assert"].includes(message.type())) {
        const { url } = message.location();
        this.complain(`console ${message.type()}: ${message.text()}${url ? ` (${url})` : ""}`);
      }
    });
    this.context.on("weberror", (event) => this.complain(`page error: ${event.error().stack ?? event.error()}`));
    this.context.on("request", (request) => {
      const url = new URL(request.url());
      if (url.protocol.startsWith("http") && !hosts.includes(url.host)) this.complain(`foreign host: ${url}`);
    });
    this.context.on("requestfailed", (request) => {
      this.complain(`request failed: ${request.url()} (${request.failure()?.errorText})`);
    });
    this.context.on("response", (response) => {
      if (response.status() >= 400) this.complain(`status ${response.status()}: ${response.url()}`);
    });
  }

  complain(complaint) {
    if (!this.allow.some((pattern) => pattern.test(complaint))) this.complaints.push(complaint);
  }

  assertNoComplaint() {
    assert.deepEqual(this.complaints, [], "the console and the network are quiet");
  }

  /**
   * The page's address in the test's language. `query` are further parameters, `fragment` what follows the `#`,
   * `file` a file of dist/ other than its index.
   */
  address({ query = {}, fragment = "", file = "", hostName } = {}) {
    const url = new URL(this.server.address(SUB_PATH + file, hostName));
    url.search = new URLSearchParams({ lang: this.language, ...query });
    url.hash = fragment;
    return url.href;
  }

  /** Opens the page and waits until the app has mounted. */
  async open(options = {}) {
    const { allow } = this;
    // What a page that is left still asks for (its icon, say) is given up, and nothing has failed.
    if (this.page.url() !== "about:blank") this.allow = [...allow, ...LEAVES.allow];
    await this.page.goto(this.address(options));
    this.allow = allow;
    await this.ready();
  }

  /** Waits until the app has taken the place of the loading face, in a page or a frame. */
  async ready(pageOrFrame = this.page) {
    const root = pageOrFrame.locator("html[data-state=ready], html[data-state=failed]");
    await root.waitFor({ state: "attached", timeout: START_MS });
    const state = await root.getAttribute("data-state");
    if (state === "failed") {
      assert.fail(`the page failed to start: ${await pageOrFrame.locator("#failure").innerText()}`);
    }
  }

  /** Puts a page of the test's own on the host; gives back its address. */
  hostPage(path, html, hostName = "localhost") {
    this.server.pages.set(path, html);
    return this.server.address(path, hostName);
  }

  /**
   * Presses at one place, moves to another in steps as a hand does, and releases. Places are `{ x, y }` of the
   * viewport, or locators, which stand for their middle. `before` runs between the last move and the release.
   */
  async drag(from, to, { steps = 12, button = "left", modifiers = [], before } = {}) {
    const start = await this.place(from);
    const end = await this.place(to);
    const { mouse, keyboard } = this.page;
    await mouse.move(start.x, start.y);
    for (const key of modifiers) await keyboard.down(key);
    await mouse.down({ button });
    await mouse.move(end.x, end.y, { steps });
    await before?.();
    await mouse.up({ button });
    for (const key of modifiers) await keyboard.up(key);
  }

  /** Clicks at a place as `drag` understands it. */
  async click(at, options = {}) {
    const { x, y } = await this.place(at);
    await this.page.mouse.click(x, y, options);
  }

  /** Turns the wheel over a place; `modifiers` such as Control are held meanwhile. */
  async wheel(at, deltaY, { deltaX = 0, modifiers = [] } = {}) {
    const { x, y } = await this.place(at);
    await this.page.mouse.move(x, y);
    for (const key of modifiers) await this.page.keyboard.down(key);
    await this.page.mouse.wheel(deltaX, deltaY);
    for (const key of modifiers) await this.page.keyboard.up(key);
  }

  /**
   * Drags with one finger, through the browser's own touch input. The context wants `hasTouch: true`.
   *
   * Nothing waits for the page to answer the first touch: on a busy computer that takes as long as a long press does.
   */
  async touchDrag(from, to, { steps = 12 } = {}) {
    const start = await this.place(from);
    const end = await this.place(to);
    const input = await this.context.newCDPSession(this.page);
    const touch = (type, touchPoints) => input.send("Input.dispatchTouchEvent", { type, touchPoints });
    const touched = touch("touchStart", [start]);
    touched.catch(() => {});
    for (let step = 1; step <= steps; step += 1) {
      const way = step / steps;
      await touch("touchMove", [{ x: start.x + (end.x - start.x) * way, y: start.y + (end.y - start.y) * way }]);
    }
    await touched;
    await touch("touchEnd", []);
    await input.detach();
  }

  async place(where) {
    if (typeof where.boundingBox !== "function") return where;
    await this.page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
    await this.page.locator(".stage[data-waiting]").waitFor({ state: "detached" });
    await where.scrollIntoViewIfNeeded();
    const box = await where.boundingBox();
    assert.ok(box, `${where} is on the screen`);
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  }

  /** Writes a picture to artefacts/, which git ignores; gives back its path. */
  async screenshot(name, options = {}) {
    await mkdir(ARTEFACTS, { recursive: true });
    const file = join(ARTEFACTS, `${name.replace(/[^\p{L}\p{N}.-]+/gu, "-").replace(/-$/, "")}.png`);
    await this.page.screenshot({ path: file, ...options });
    return file;
  }

  /**
   * Fails on anything axe finds in the page, or in the part that `include` selects: in this theme, and what hangs on
   * colours in the other one, too.
   */
  async assertAccessible(where = {}) {
    // Evaluated and not added as a script element: the page's content policy forbids that.
    await this.page.evaluate(await axeSource());
    await this.findNothing(where, ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]);
    await this.wear(THEMES.find((theme) => theme !== this.theme));
    await this.findNothing(where, { type: "rule", values: ["color-contrast", "link-in-text-block"] });
    await this.wear(this.theme);
  }

  /** Puts the page into a theme, and waits until its colours have changed. */
  async wear(theme) {
    await this.page.emulateMedia({ colorScheme: theme });
    await this.page.evaluate(async () => {
      await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
      const fading = document.getAnimations().filter((animation) => animation instanceof CSSTransition);
      await Promise.allSettled(fading.map((animation) => animation.finished));
    });
  }

  async findNothing({ include, exclude = [], disable = [] }, runOnly) {
    const violations = await this.page.evaluate(
      async ({ include, exclude, disable, runOnly }) => {
        const context = { ...(include && { include: [include] }), exclude: exclude.map((selector) => [selector]) };
        const rules = Object.fromEntries(disable.map((rule) => [rule, { enabled: false }]));
        const found = await globalThis.axe.run(context, { rules, runOnly });
        return found.violations.map(({ id, help, nodes }) => {
          const places = nodes.map((node) => `  ${node.target.join(" ")}: ${node.failureSummary}`);
          return [`${id}: ${help}`, ...places].join("\n");
        });
      },
      { include, exclude, disable, runOnly },
    );
    assert.deepEqual(violations, [], "axe finds nothing");
  }
}

let axe;

function axeSource() {
  axe ??= readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  return axe;
}
