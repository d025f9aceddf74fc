// A phone: fingers, sheets, and nothing that needs a mouse.

import assert from "node:assert/strict";

import { pageTest } from "./harness.mjs";
import { Shop, until } from "./shop.mjs";

const PHONE = { viewports: ["phone"], context: { hasTouch: true, isMobile: true } };

async function tap(shop, where) {
  const { x, y } = await shop.stage.place(where);
  await shop.page.touchscreen.tap(x, y);
}

async function fingers(stage, steps) {
  const input = await stage.context.newCDPSession(stage.page);
  for (const [type, points] of steps) {
    const touchPoints = points.map(([x, y], id) => ({ x, y, id }));
    await input.send("Input.dispatchTouchEvent", { type, touchPoints });
  }
  return input;
}

pageTest("a machine is placed by two taps", PHONE, async (stage) => {
  const shop = await Shop.open(stage);
  const open = stage.page.locator(".fab");
  await tap(shop, open);
  await until("it is open", async () => (await open.getAttribute("aria-expanded")) === "true");
  await stage.screenshot(`phone-palette-${stage.language}`);
  await tap(shop, shop.piece("machine"));
  assert.equal(await shop.piece("machine").getAttribute("aria-pressed"), "true", "it is in hand");
  await tap(shop, await shop.handle());
  await shop.machine(4).waitFor();
});

pageTest("a machine is dragged out of the sheet", { ...PHONE, languages: ["en"] }, async (stage) => {
  const shop = await Shop.open(stage);
  await tap(shop, stage.page.locator(".fab"));
  await stage.touchDrag(shop.piece("machine"), await shop.handle());
  await shop.machine(4).waitFor();
});

pageTest("a long press opens the menu, and a tap powers the machine off", PHONE, async (stage) => {
  const shop = await Shop.open(stage);
  const { x, y } = await shop.grip(2);
  const input = await fingers(stage, [["touchStart", [[x, y]]]]);
  await shop.menu.waitFor();
  await input.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  const line = shop.menu.getByRole("menuitem", { name: shop.t("action.power_off") });
  await line.waitFor();
  await tap(shop, line);
  await stage.page.locator("g.machine.off").waitFor();
});

pageTest("two fingers zoom where they are", { ...PHONE, languages: ["en"] }, async (stage) => {
  const shop = await Shop.open(stage);
  const width = async () => (await shop.machine(2).locator("> rect.card").boundingBox()).width;
  const before = await width();
  const { x, y } = await shop.grip(2);
  const spread = (by) => [[x - by, y], [x + by, y]];
  const moves = Array.from({ length: 10 }, (_, step) => ["touchMove", spread(30 + step * 6)]);
  await fingers(stage, [["touchStart", spread(30)], ...moves, ["touchEnd", []]]);
  await until("it is larger", async () => (await width()) > before * 1.8);
  const scale = await stage.page.evaluate(() => visualViewport.scale);
  assert.equal(scale, 1, "the page itself stays as it is");
  assert.equal(await shop.machines.count(), 3);
});

pageTest("a tap chooses a machine, and its sheet closes again", PHONE, async (stage) => {
  const shop = await Shop.open(stage);
  await tap(shop, await shop.grip(2));
  await stage.page.locator(".inspector.open").waitFor();
  await shop.inspector.getByRole("button", { name: shop.t("action.power_off") }).waitFor();
  await stage.screenshot(`phone-machine-${stage.language}`);
  await shop.sheetListens();
  await tap(shop, shop.inspector.getByRole("button", { name: shop.t("action.close") }));
  await stage.page.locator(".inspector.open").waitFor({ state: "detached" });
});
