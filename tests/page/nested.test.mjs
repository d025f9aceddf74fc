// Groups within groups, and groups that arrange nothing: seen, pointed at, walked and changed by every hand.

import assert from "node:assert/strict";

import { pageTest } from "./harness.mjs";
import { Shop, until } from "./shop.mjs";

const ONE = { languages: ["en"] };

/** The shop of which the third node, Orders, is a cluster of the machines 3 and 4; paused. */
async function nested(stage) {
  const shop = await Shop.open(stage);
  await shop.chooseInDesignMenu("example.nested");
  await shop.machine(4).waitFor();
  return shop;
}

const box = (stage) => stage.page.locator("g.group.inner");
const area = async (shop, part) => {
  await shop.near(part, 0, 0);
  return part.locator("> rect").first().boundingBox();
};
const holds = (outer, inner) =>
  outer.x <= inner.x + 0.5 && outer.y <= inner.y + 0.5 && outer.x + outer.width >= inner.x + inner.width - 0.5 && outer.y + outer.height >= inner.y + inner.height - 0.5;

/** Waits until so many machines lie in the box. */
async function boxed(stage, shop, count) {
  await until(`${count} machines are in the box`, async () => {
    const label = await box(stage).first().getAttribute("aria-label");
    return new RegExp(`[:：] ?${count}\\D|${count}[,，]`).test(label) && shop;
  });
}

pageTest("the box lies in its group with its machines in it, and says what it holds", {}, async (stage) => {
  const shop = await nested(stage);
  const [whole, part] = [await area(shop, shop.group), await area(shop, box(stage))];
  assert.ok(holds(whole, part), "in the outer group");
  for (const number of [3, 4]) assert.ok(holds(part, await area(shop, shop.machine(number))), `machine ${number} in the box`);
  for (const number of [1, 2]) assert.ok(!holds(part, await area(shop, shop.machine(number))), `machine ${number} beside it`);
  assert.equal(await box(stage).locator("[role=radio]").count(), 0, "it is a cluster always: there is no switch");
  const held = { layout: shop.t("layout.cluster"), machines: 2 };
  assert.equal(await box(stage).locator("text.held").innerHTML(), shop.t("canvas.inner_holds", held));

  const lists = stage.page.locator("section.hidden-visually ul ul ul li ul");
  assert.ok((await lists.count()) >= 2, "in the outline its machines are a level further in");
  await stage.screenshot(`nested-${stage.language}`);
});

pageTest("by mouse: in, out, and the box itself", ONE, async (stage) => {
  const shop = await nested(stage);
  const tells = (key, values) => () => shop.tells(shop.pattern(key, values));
  await stage.drag(await shop.grip(1), await shop.handle(box(stage)), { before: tells("drop.replica", { number: 3 }) });
  await boxed(stage, shop, 3);
  await stage.page.keyboard.press("Control+Z");
  await boxed(stage, shop, 2);

  await stage.click(await shop.handle(box(stage)));
  await stage.page.locator("g.group.inner.selected").waitFor();
  await stage.drag(await shop.handle(box(stage)), await shop.bareCanvas(), { before: tells("drop.leaves") });
  await box(stage).waitFor({ state: "detached" });
  assert.equal(await shop.groups.count(), 2);
  const other = stage.page.locator("g.group").nth(1);
  await stage.page.keyboard.press("Shift+1");
  await stage.drag(await shop.handle(other), await shop.handle(shop.group), { before: tells("drop.node_module", { number: 3 }) });
  await box(stage).waitFor();
  await stage.page.keyboard.press("Control+Z");
  await stage.page.keyboard.press("Control+Z");
  await boxed(stage, shop, 2);
});

pageTest("by keyboard: Tab goes in and out, M carries in", ONE, async (stage) => {
  const shop = await nested(stage);
  const { keyboard } = stage.page;
  const focused = () => stage.page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? "");
  await stage.click(await shop.handle(box(stage)));
  await keyboard.press("Tab");
  await until("the first machine of the box", async () => (await focused()).startsWith(shop.t("name.machine", { number: 3 })));
  await keyboard.press("Shift+Tab");
  await until("the box again", async () => (await focused()).includes(shop.t("layout.cluster")));

  await stage.click(await shop.grip(1));
  await keyboard.press("m");
  await keyboard.press("ArrowRight");
  const said = stage.page.locator(".announcer");
  await until("it is said what a drop would do", async () => /replica 3/.test(await said.innerText()));
  await keyboard.press("Enter");
  await boxed(stage, shop, 3);
  await keyboard.press("Control+Z");
  await boxed(stage, shop, 2);
});

pageTest("by menu and field: into, out, a cluster of two", ONE, async (stage) => {
  const shop = await nested(stage);
  await shop.rightClick(await shop.grip(2), "action.move_into", { group: "Orders" });
  await boxed(stage, shop, 3);
  await shop.rightClick(await shop.grip(2), "action.take_out");
  await boxed(stage, shop, 2);
  await stage.page.keyboard.press("Control+Z");
  await stage.page.keyboard.press("Control+Z");
  await stage.page.keyboard.press("Escape");
  await shop.rightClick(await shop.grip(1), "action.make_cluster");
  await until("there are two boxes", async () => (await box(stage).count()) === 2);
  assert.equal(await shop.machines.count(), 5);
});

pageTest("a free group: things stay where a hand puts them, until it is arranged", ONE, async (stage) => {
  const shop = await nested(stage);
  const before = await area(shop, shop.machine(2));
  await shop.layout("free").click();
  await until("it is free", async () => (await shop.chosenLayout()) === shop.t("layout.free"));
  const free = await area(shop, shop.machine(2));
  assert.ok(Math.abs(free.x - before.x) < 2 && Math.abs(free.y - before.y) < 2, "it begins as it was seen");
  const [from, entry] = [await shop.grip(2), await area(shop, shop.machine(1))];
  await stage.drag(from, { x: from.x - 40, y: from.y + 60 });
  const moved = await area(shop, shop.machine(2));
  assert.ok(Math.abs(moved.y - free.y - 60) < 9 && Math.abs(moved.x - free.x + 40) < 9, "it stands where it was put");
  const still = await area(shop, shop.machine(1));
  assert.ok(Math.abs(still.x - entry.x) < 1, "the others stay");
  assert.ok(holds(await area(shop, shop.group), moved), "the group has grown round it");
  await shop.rightClick(await shop.handle(), "action.arrange_group");
  await until("it has been arranged", async () => Math.abs((await area(shop, shop.machine(2))).x - moved.x) > 5);
});

pageTest("by finger on a phone: in, and out by the menu", { ...ONE, viewports: ["phone"], context: { hasTouch: true } }, async (stage) => {
  const shop = await nested(stage);
  await stage.touchDrag(await shop.grip(1), await shop.handle(box(stage)));
  await boxed(stage, shop, 3);
  await stage.screenshot("nested-phone");
});

pageTest("axe finds nothing on a box in a group, near and far", ONE, async (stage) => {
  const shop = await nested(stage);
  await stage.click(await shop.handle(box(stage)));
  await stage.assertAccessible();
  for (let turn = 0; turn < 2; turn += 1) await stage.wheel({ x: 700, y: 400 }, 180, { modifiers: ["Control"] });
  await stage.assertAccessible();
  await stage.screenshot(`nested-far-${stage.theme}`);
});
