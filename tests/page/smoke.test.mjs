// The page starts wherever it is put, and says what is wrong where it can't.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

import { DIST, pageTest, ROOT, SUB_PATH, THEMES, VIEWPORTS } from "./harness.mjs";

const SIZES = Object.keys(VIEWPORTS);
const BOTH = { en: /reload/i, zh: /重新加载/ };

/** A picture of each face goes to artefacts/, for the eye. */
async function look(stage, face) {
  await stage.screenshot(`${face}-${stage.theme}-${stage.size.width}`);
}

pageTest("starts under a sub-path", { pairs: true, viewports: SIZES }, async (stage) => {
  await stage.open();
  assert.equal(await stage.page.locator("#loading").count(), 0, "the app has replaced the loading face");
  assert.equal(await stage.page.locator("#failure:not([hidden]), body > .failure").count(), 0, "and nothing failed");
  assert.ok((await stage.page.locator("body").innerText()).trim().length > 0, "there is something to read");
  await stage.screenshot(`page-${stage.language}-${stage.theme}-${stage.size.width}`);
});

pageTest("the language asked for is the language shown", {}, async (stage) => {
  await stage.open();
  const shown = await stage.page.locator("html").getAttribute("lang");
  assert.match(shown, stage.language === "zh" ? /^zh/ : /^en/);
});

pageTest("nothing scrolls sideways", { viewports: SIZES }, async (stage) => {
  await stage.open();
  const overflow = await stage.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(overflow <= 0, `the page is ${overflow} px wider than the window`);
});

pageTest(
  "shows a loading face until the program is there",
  { languages: ["en"], themes: THEMES, viewports: ["desktop", "phone"] },
  async (stage) => {
    let goOn;
    const held = new Promise((resolve) => (goOn = resolve));
    await stage.page.route("**/*.wasm", async (route) => {
      await held;
      await route.continue();
    });
    await stage.page.goto(stage.address(), { waitUntil: "domcontentloaded" });
    const face = stage.page.locator("#loading");
    assert.match(await face.getByRole("status").innerText(), /Starting[\s\S]*正在启动/);
    assert.ok(await stage.page.getByText("longer than usual").isHidden(), "no impatience at once");
    await stage.assertAccessible();
    await look(stage, "loading");

    // The hint comes by itself, by style alone: it must not depend on the script that may be what is missing.
    await face.evaluate((node) => node.getAnimations({ subtree: true }).forEach((late) => late.finish()));
    assert.ok(await stage.page.getByText("longer than usual").isVisible());
    assert.ok(await stage.page.getByText("加载比平时慢").isVisible());
    await look(stage, "loading-slow");

    goOn();
    await stage.ready();
  },
);

pageTest(
  "shows a failure face when the program is missing, and recovers by its reload button",
  { languages: ["en"], themes: THEMES, viewports: ["desktop", "phone"], allow: [/\.wasm/, /ERR_FAILED/] },
  async (stage) => {
    await stage.page.route("**/*.wasm", (route) => route.abort());
    await stage.page.goto(stage.address({ fragment: "kept" }));
    const failure = stage.page.locator("#failure");
    await failure.waitFor();
    const reload = failure.getByRole("button", { name: BOTH.en });
    assert.match(await reload.innerText(), BOTH.zh);
    const text = await failure.innerText();
    assert.match(text, /could not be loaded/);
    assert.match(text, /无法加载/);
    assert.doesNotMatch(text, /opened from a file|error of ours/, "one reason, not all of them");
    await stage.assertAccessible({ include: "#failure" });
    await look(stage, "failure");

    await stage.page.unroute("**/*.wasm");
    await reload.click();
    await stage.ready();
    assert.ok(stage.page.url().endsWith("#kept"), "reloading keeps the design in the link");
  },
);

pageTest(
  "shows a failure face when the program is damaged",
  { languages: ["en"], allow: [/wasm/i] },
  async (stage) => {
    await stage.page.route("**/*.wasm", (route) =>
      route.fulfill({ status: 200, contentType: "application/wasm", body: Buffer.from("no program") }),
    );
    await stage.page.goto(stage.address());
    await stage.page.locator("#failure").waitFor();
    assert.match(await stage.page.locator("#failure-text").textContent(), /CompileError/);
  },
);

pageTest("shows a failure face when the program stops by an error of its own", { languages: ["en"] }, async (stage) => {
  await stage.open();
  await stage.page.evaluate(() => {
    const error = new WebAssembly.RuntimeError("a trap for the test");
    window.dispatchEvent(new ErrorEvent("error", { error }));
  });
  const failure = stage.page.locator("#failure");
  assert.match(await failure.innerText(), /error of ours[\s\S]*自身的错误/);
  await failure.locator("summary").click();
  assert.match(await failure.innerText(), /a trap for the test/);
  await failure.getByRole("button", { name: BOTH.en }).click();
  await stage.ready();
});

pageTest(
  "tells a person who opened the file what to do",
  { languages: ["en"], allow: [/file:/] },
  async (stage) => {
    await stage.page.goto(pathToFileURL(join(DIST, "index.html")).href);
    const failure = stage.page.locator("#failure");
    await failure.waitFor();
    assert.match(await failure.innerText(), /opened from a file[\s\S]*直接从文件打开/);
    assert.ok(await failure.getByRole("button").isHidden(), "reloading would not help");
    const ground = await failure.evaluate((node) => getComputedStyle(node).position);
    assert.equal(ground, "fixed", "the face has its style here too");
    await look(stage, "file");
  },
);

pageTest(
  "tells a person without scripts what is here",
  // The preloaded module is what the browser refuses.
  { languages: ["en"], context: { javaScriptEnabled: false }, allow: [/request failed: .*\.js \(csp\)/] },
  async (stage) => {
    await stage.page.goto(stage.address());
    const card = stage.page.locator("noscript .face-card");
    assert.ok(await card.isVisible());
    assert.match(await card.innerText(), /allow JavaScript[\s\S]*请允许运行/);
    await look(stage, "no-script");
  },
);

pageTest("starts in a sandboxed frame of another site", {}, async (stage) => {
  const frame = `<iframe sandbox="allow-scripts" title="archlab" width="900" height="600" src="${stage
    .address()
    .replaceAll("&", "&amp;")}"></iframe>`;
  const html = `<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>A course page</title><h1>Course</h1>${frame}`;
  await stage.page.goto(stage.hostPage("/course.html", html));
  const inner = stage.page.frames().find((candidate) => candidate.url().includes(SUB_PATH));
  await stage.ready(inner);
  assert.equal(await inner.evaluate(() => self.origin), "null", "the frame has no origin, as sandboxes have");
  const focused = await stage.page.evaluate(() => document.activeElement === document.body);
  assert.ok(focused, "the frame leaves the host's focus alone");
  await look(stage, `frame-${stage.language}`);
});

test("no file of the build names an absolute path or another host", () => {
  const dist = DIST;
  const html = readdirSync(dist).filter((file) => file.endsWith(".html"));
  assert.ok(html.length > 0);
  for (const file of html) {
    const page = readFileSync(join(dist, file), "utf8");
    const links = [...page.matchAll(/\s(?:src|href|data-wasm|data-script)="([^"]*)"/g)].map((match) => match[1]);
    for (const link of links) assert.doesNotMatch(link, /^(\/|https?:)/, `${file} links to ${link}`);
    assert.match(page, /Content-Security-Policy/, `${file} carries the content policy`);
  }
});
