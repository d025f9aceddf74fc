// Letters of twice the size, a page at twice its size, the person's own colours, less motion: nothing is lost.

import assert from "node:assert/strict";

import { pageTest } from "./harness.mjs";
import { Shop, until } from "./shop.mjs";

/** Words that are cut at the edge of a box that cannot be scrolled, and boxes that stick out of the window. */
function cutOff(page) {
  return page.evaluate(() => {
    const wrong = [];
    const { innerWidth, innerHeight } = window;
    for (const it of document.querySelectorAll("header.top button, .transport button, .inspector.open, .business, .problems-panel, dialog[open], .first-hint, .float")) {
      const box = it.getBoundingClientRect();
      if (box.width === 0 || getComputedStyle(it).visibility === "hidden") continue;
      if (box.left < -1 || box.top < -1 || box.right > innerWidth + 1 || box.bottom > innerHeight + 1) {
        wrong.push(`${it.className || it.tagName} sticks out: ${[box.left, box.top, box.right, box.bottom].map(Math.round)}`);
      }
    }
    for (const it of document.querySelectorAll("button, label, h2, h3, output, .chip")) {
      const { overflowX, textOverflow } = getComputedStyle(it);
      if (it.offsetParent && overflowX === "hidden" && textOverflow !== "ellipsis" && it.scrollWidth > it.clientWidth + 1 && !it.closest(".hidden-visually")) {
        wrong.push(`“${it.textContent}” is cut`);
      }
    }
    return wrong;
  });
}

async function walk(stage, shop) {
  const { page } = stage;
  const whole = async (what) => assert.deepEqual(await cutOff(page), [], what);
  await whole("the page");
  await stage.click(await shop.grip(1));
  await page.locator(".inspector.open").waitFor();
  await whole("details");
  const cores = page.locator(".inspector input").first();
  await cores.scrollIntoViewIfNeeded();
  await cores.fill("8");
  await cores.press("Enter");
  await until("a number is changed", async () => !(await shop.button("action.undo").isDisabled()));
  await page.locator(".inspector .sheet-close").click();
  for (const [key, panel] of [["b", ".business"], ["p", ".problems-panel"]]) {
    await page.keyboard.press(key);
    await page.locator(panel).waitFor();
    await whole(panel);
    await page.locator(panel).getByRole("button", { name: shop.t("action.close"), exact: true }).click();
  }
  for (const key of ["Control+k", "?"]) {
    await page.keyboard.press(key);
    await page.getByRole("dialog").waitFor();
    await whole(key);
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
  }
}

pageTest("letters of twice the size", {}, async (stage) => {
  const shop = await Shop.open(stage);
  const before = await stage.page.locator(".transport .clock").evaluate((it) => parseFloat(getComputedStyle(it).fontSize));
  await stage.page.evaluate(() => document.documentElement.style.setProperty("font-size", "200%"));
  const after = await stage.page.locator(".transport .clock").evaluate((it) => parseFloat(getComputedStyle(it).fontSize));
  assert.equal(after, before * 2, "the panels' letters follow the person's");
  await walk(stage, shop);
});

pageTest("the page at twice its size", { viewports: [{ width: 720, height: 450 }] }, async (stage) => {
  await walk(stage, await Shop.open(stage));
});

pageTest("the person's own colours", { languages: ["en"], context: { forcedColors: "active" } }, async (stage) => {
  const shop = await Shop.open(stage);
  const { page } = stage;
  const colour = (selector, property) => page.locator(selector).first().evaluate((it, property) => getComputedStyle(it)[property], property);
  const own = await page.evaluate(() => {
    const probe = document.body.appendChild(document.createElement("i"));
    const of = (name) => {
      probe.style.color = name;
      return getComputedStyle(probe).color;
    };
    const all = { text: of("CanvasText"), ground: of("Canvas"), highlight: of("Highlight") };
    probe.remove();
    return all;
  });
  assert.equal(await colour("g.machine .card", "stroke"), own.text);
  assert.equal(await colour("g.machine text.title", "fill"), own.text);
  assert.equal(await colour(".play", "borderTopColor"), own.text, "the play button has an edge");
  await page.keyboard.press("b");
  await page.locator(".business [aria-current]").waitFor();
  assert.equal(await colour(".business [aria-current]", "outlineColor"), own.highlight, "where one is can be seen");
  assert.equal(await colour(".flow-shape", "fill"), own.ground);
  await page.keyboard.press("b");
  await stage.click(await shop.grip(2));
  await stage.assertAccessible({ disable: ["color-contrast"] });
});

pageTest("less motion: nothing glides, and everything still arrives", { languages: ["en"], context: { reducedMotion: "reduce" } }, async (stage) => {
  const shop = await Shop.open(stage);
  await shop.layout("microservice").click();
  await until("the layout is there", async () => (await shop.chosenLayout()) === shop.t("layout.microservice"));
  const moving = await stage.page.evaluate(() => document.getAnimations().filter((it) => it.playState === "running" && it.effect.getComputedTiming().duration > 0).length);
  assert.equal(moving, 0, "no transition runs");
});
