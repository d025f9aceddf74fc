// Several parts at once, copies, notes, names, locks, alignment and the history list: by mouse, by keyboard, by touch.

import assert from "node:assert/strict";

import { pageTest } from "./harness.mjs";
import { Shop, until } from "./shop.mjs";

const CLIPBOARD = { context: { permissions: ["clipboard-read", "clipboard-write"] } };
const chosen = (shop) => shop.page.locator(".stage g.machine.selected");

/** A place of the canvas where nothing is, below everything. */
async function beside(shop) {
  const box = await shop.page.locator(".stage").boundingBox();
  return { x: box.x + box.width * 0.62, y: box.y + 24 };
}

pageTest("Shift adds, a box chooses, Control+A chooses all", { languages: ["en"] }, async (stage) => {
  const shop = await Shop.open(stage);
  const { keyboard } = stage.page;
  await stage.click(await shop.grip(1));
  await keyboard.down("Shift");
  await stage.click(await shop.grip(3));
  assert.equal(await chosen(shop).count(), 2);
  await stage.click(await shop.grip(1));
  await keyboard.up("Shift");
  assert.equal(await chosen(shop).count(), 1);

  const first = await shop.machine(1).boundingBox();
  const second = await shop.machine(2).boundingBox();
  const from = { x: first.x - 6, y: first.y + 8 };
  await stage.drag(from, { x: second.x + 40, y: second.y + 20 }, {
    modifiers: ["Shift"],
    before: async () => {
      await stage.page.locator(".selection-box").waitFor();
      await stage.screenshot("selection-box");
    },
  });
  assert.equal(await chosen(shop).count(), 3, "the box adds to what was chosen");
  assert.equal(await stage.page.locator(".selection-box").count(), 0);

  await keyboard.press("Control+A");
  await stage.page.locator("g.group.selected").waitFor();
  assert.equal(await chosen(shop).count(), 0, "the group stands for its machines");
  await keyboard.press("Escape");
  assert.equal(await stage.page.locator(".stage g.selected").count(), 0);
});

pageTest("copy and paste go through the clipboard as text", CLIPBOARD, async (stage) => {
  const shop = await Shop.open(stage);
  const { keyboard } = stage.page;
  await stage.click(await shop.grip(2));
  await keyboard.press("Control+C");
  const text = await stage.page.evaluate(() => navigator.clipboard.readText());
  assert.ok(JSON.parse(text)["archlab-parts"], "a small versioned text");
  await keyboard.press("Control+V");
  await shop.machine(4).waitFor();
  await keyboard.press("Control+D");
  await shop.machine(5).waitFor();
  await keyboard.press("Control+X");
  await shop.machine(5).waitFor({ state: "detached" });

  // Another tab.
  const tab = await stage.context.newPage();
  await tab.goto(stage.address({ query: { start: "paused" } }));
  await stage.ready(tab);
  await tab.locator("g.machine").first().waitFor();
  await tab.keyboard.press("Control+V");
  await until("the other tab has it", async () => (await tab.locator("g.machine").count()) >= 4);

  await stage.page.bringToFront();
  await stage.page.evaluate(() => navigator.clipboard.writeText('{"archlab-parts": 1, "machines": {"a": {"cores": 0}}}'));
  await keyboard.press("Control+V");
  const notice = stage.page.locator(".notice p");
  await notice.waitFor();
  assert.match(await notice.innerText(), /cores/);
});

pageTest("dragging with Alt copies", { languages: ["en"] }, async (stage) => {
  const shop = await Shop.open(stage);
  await stage.drag(await shop.grip(2), await shop.handle(), {
    modifiers: ["Alt"],
    before: () => stage.page.locator(".ghost-frame").waitFor(),
  });
  await shop.machine(4).waitFor();
  await stage.page.keyboard.press("Control+Z");
  await shop.machine(4).waitFor({ state: "detached" });
});

pageTest("a note is written in place, by key and by double click", { themes: ["dark"] }, async (stage) => {
  const shop = await Shop.open(stage);
  const { page } = stage;
  await page.keyboard.press("n");
  const field = page.locator("textarea.in-place");
  const writes = () => page.locator("textarea.in-place:focus").waitFor();
  await writes();
  const words = stage.language === "zh" ? "中午十二点关掉服务器 2，看会话会不会丢失。" : "Kill machine 2 at noon and watch the sessions.";
  await page.keyboard.insertText(words);
  await page.keyboard.press("Escape");
  await field.waitFor({ state: "detached" });
  const note = page.locator("g.note");
  assert.match(await note.getAttribute("aria-label"), new RegExp(words.slice(0, 6)));
  await stage.screenshot(`note-${stage.language}-${stage.theme}`);
  await note.dblclick();
  await writes();
  await page.keyboard.insertText("x");
  await page.keyboard.press("Control+Enter");
  assert.match(await note.getAttribute("aria-label"), /x/);
  await page.keyboard.press("Control+Z");
  assert.match(await note.getAttribute("aria-label"), new RegExp(words.slice(0, 6)));
  await stage.assertAccessible();
});

pageTest("names are changed where they stand", { languages: ["en"] }, async (stage) => {
  const shop = await Shop.open(stage);
  const { page } = stage;
  const field = page.locator("input.in-place");
  await stage.click(await shop.grip(2));
  await page.keyboard.press("F2");
  await page.locator("input.in-place:focus").waitFor();
  await page.keyboard.insertText("Old faithful");
  await page.keyboard.press("Enter");
  await page.locator('g.machine[aria-label^="Old faithful"]').waitFor();

  const handle = await shop.handle();
  await page.mouse.dblclick(handle.x, handle.y);
  await page.locator("input.in-place:focus").waitFor();
  await page.keyboard.insertText("Checkout");
  await page.keyboard.press("Escape");
  await field.waitFor({ state: "detached" });
  assert.equal(await page.locator('g.group[aria-label^="Checkout"]').count(), 0, "Escape keeps the name");

  await page.locator(".document .title").dblclick();
  await page.locator(".title-field:focus").waitFor();
  await page.keyboard.insertText("Black Friday");
  await page.keyboard.press("Enter");
  assert.equal((await page.locator(".document .title").innerText()).trim(), "Black Friday");
});

pageTest("what is locked stays", { languages: ["en"] }, async (stage) => {
  const shop = await Shop.open(stage);
  const { page } = stage;
  const handle = await shop.handle();
  await stage.click(handle);
  await page.keyboard.press("Control+Shift+L");
  await page.locator(".lock-sign").waitFor();
  await page.keyboard.press("Delete");
  assert.equal(await shop.groups.count(), 1);
  await page.keyboard.press("Control+Shift+L");
  await page.locator(".lock-sign").waitFor({ state: "detached" });
});

pageTest("loose machines are aligned, distributed and grouped from the menu", {}, async (stage) => {
  const shop = await Shop.open(stage);
  const { page } = stage;
  await page.keyboard.press("Control+-");
  await page.keyboard.press("Control+-");
  const box = await page.locator(".stage").boundingBox();
  for (const [x, y] of [[0.2, 0.86], [0.45, 0.9], [0.75, 0.83]]) {
    await stage.drag(shop.piece("machine"), { x: box.x + box.width * x, y: box.y + box.height * y });
  }
  const loose = [4, 5, 6].map((number) => shop.machine(number));
  await page.keyboard.press("Escape");
  await page.keyboard.down("Shift");
  for (const number of [4, 5, 6]) await stage.click(await shop.grip(number));
  await page.keyboard.up("Shift");
  const grip = await shop.grip(5);
  await page.mouse.click(grip.x, grip.y, { button: "right" });
  await stage.screenshot(`menu-several-${stage.language}`);
  await page.getByRole("menuitem", { name: shop.t("action.align_top") }).click();
  await until("their upper edges meet", async () => {
    const [a, b, c] = await Promise.all(loose.map((machine) => machine.boundingBox()));
    return Math.abs(a.y - b.y) < 1 && Math.abs(b.y - c.y) < 1;
  });
  await page.keyboard.press("Control+G");
  await until("there is a second group", async () => (await shop.groups.count()) === 2);
  await page.keyboard.press("Control+Shift+G");
  await until("and no longer", async () => (await shop.groups.count()) === 1);
});

pageTest("the history list goes back and forward", {}, async (stage) => {
  const shop = await Shop.open(stage);
  const { page } = stage;
  await stage.drag(shop.piece("machine"), await shop.handle());
  await shop.machine(4).waitFor();
  await stage.click(await shop.grip(1));
  await page.keyboard.press("Delete");
  await shop.machine(1).waitFor({ state: "detached" });
  const button = page.getByRole("button", { name: shop.t("action.history") });
  await button.click();
  const entries = page.getByRole("menuitemradio");
  assert.equal(await entries.count(), 3);
  await stage.screenshot(`history-${stage.language}-${stage.theme}`);
  await stage.assertAccessible();
  await entries.last().click();
  await shop.machine(1).waitFor();
  await shop.machine(4).waitFor({ state: "detached" });
  await page.keyboard.press("Home");
  await page.keyboard.press("Enter");
  await shop.machine(4).waitFor();
  await shop.machine(1).waitFor({ state: "detached" });
  await page.keyboard.press("Escape");
  assert.equal(await entries.count(), 0);
});

pageTest("a drag shows the line that it snaps to", { languages: ["en"] }, async (stage) => {
  const shop = await Shop.open(stage);
  const { page } = stage;
  await page.keyboard.press("Control+-");
  await stage.drag(shop.piece("machine"), await beside(shop));
  await shop.machine(4).waitFor();
  const client = await shop.client().locator("> rect").first().boundingBox();
  const card = await shop.machine(4).locator("> rect").first().boundingBox();
  const grip = await shop.grip(4);
  await stage.drag(grip, { x: grip.x + client.x - card.x + 2, y: grip.y + 6 }, {
    before: async () => {
      // A line has no width of its own.
      await page.locator(".guide").first().waitFor({ state: "attached" });
      await stage.screenshot("guides");
    },
  });
  await until("its left edge meets the client's", async () => {
    const now = await shop.machine(4).locator("> rect").first().boundingBox();
    return Math.abs(now.x - client.x) < 1;
  });
  assert.equal(await page.locator(".guide").count(), 0);
});

pageTest("a finger duplicates and renames from the menu", { viewports: ["phone"], context: { hasTouch: true, isMobile: true } }, async (stage) => {
  const shop = await Shop.open(stage);
  const { page } = stage;
  const input = await stage.context.newCDPSession(page);
  const hold = async (at) => {
    await input.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [at] });
    await page.getByRole("menu").waitFor();
    await input.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  };
  await hold(await shop.grip(2));
  await page.getByRole("menuitem", { name: shop.t("action.duplicate") }).tap();
  await shop.machine(4).waitFor();
  await hold(await shop.grip(2));
  await page.getByRole("menuitemcheckbox", { name: shop.t("action.select_several") }).tap();
  const { x, y } = await shop.grip(3);
  await page.touchscreen.tap(x, y);
  await until("two are chosen", async () => (await chosen(shop).count()) === 2);
  await stage.screenshot(`select-several-${stage.language}`);
  await page.locator(".several button").tap();
  const alone = await shop.grip(2);
  await page.touchscreen.tap(alone.x, alone.y);
  await until("one is chosen", async () => (await chosen(shop).count()) === 1);
  await hold(await shop.grip(2));
  await page.getByRole("menuitem", { name: shop.t("action.rename") }).first().tap();
  await page.locator("input.in-place").waitFor();
  await stage.screenshot(`rename-phone-${stage.language}`);
});

pageTest("several are chosen by keyboard alone", { languages: ["en"] }, async (stage) => {
  const shop = await Shop.open(stage);
  const { page } = stage;
  await stage.click(await shop.grip(1));
  await stage.click(await shop.grip(1), { button: "right" });
  await page.getByRole("menuitemcheckbox", { name: shop.t("action.select_several") }).click();
  await page.locator(".several").waitFor();
  await shop.machine(2).focus();
  assert.equal(await chosen(shop).count(), 1, "the focus alone chooses nothing");
  await page.keyboard.press("Enter");
  await until("two are chosen", async () => (await chosen(shop).count()) === 2);
  await page.keyboard.press("Delete");
  await until("both are removed", async () => (await shop.machines.count()) === 1);
  await page.keyboard.press("Control+Z");
  await until("both are back", async () => (await shop.machines.count()) === 3);
  await page.keyboard.press("Escape");
  await page.locator(".several").waitFor({ state: "detached" });
});
