// The first thing anybody does: drag a machine into the cluster, and kill one.

import assert from "node:assert/strict";

import { pageTest } from "./harness.mjs";
import { secondsOf, Shop, until } from "./shop.mjs";

pageTest("a machine dragged from the palette becomes replica 4; undo takes it away, redo brings it", {}, async (stage) => {
  const shop = await Shop.open(stage);
  assert.equal(await shop.machines.count(), 3);
  const said = shop.pattern("drop.replica", { number: 4 });
  await stage.drag(shop.piece("machine"), shop.group, {
    before: async () => {
      await shop.tells(said);
      await until("the group shows that it is meant", async () => /\btarget\b/.test(await shop.group.getAttribute("class")));
    },
  });
  await shop.machine(4).waitFor();
  assert.equal(await shop.machines.count(), 4);
  assert.equal(await shop.rows(4).count(), 1, "it runs the shop");
  assert.equal(await stage.page.locator(".telling").count(), 0);
  assert.equal(await shop.inspector.getByRole("heading", { level: 2 }).innerText(), shop.t("name.machine", { number: 4 }));

  await shop.button("action.undo").click();
  await shop.machine(4).waitFor({ state: "detached" });
  await shop.button("action.redo").click();
  await shop.machine(4).waitFor();
});

pageTest("Escape during a drag leaves no trace", { languages: ["en"] }, async (stage) => {
  const shop = await Shop.open(stage);
  await stage.drag(shop.piece("machine"), shop.group, { before: () => stage.page.keyboard.press("Escape") });
  await stage.drag(await shop.grip(2), await shop.bareCanvas(), { before: () => stage.page.keyboard.press("Escape") });
  assert.equal(await shop.machines.count(), 3);
  assert.ok(await shop.button("action.undo").isDisabled(), "nothing was done");
});

pageTest("a machine is placed by a click on the palette and a click on the canvas", { languages: ["en"] }, async (stage) => {
  const shop = await Shop.open(stage);
  await shop.piece("machine").click();
  assert.equal(await shop.piece("machine").getAttribute("aria-pressed"), "true");
  await stage.click(shop.group);
  await shop.machine(4).waitFor();
  assert.equal(await shop.piece("machine").getAttribute("aria-pressed"), "false");
});

pageTest("a machine dragged out is loose, and dragged back it has its share again", { languages: ["en"] }, async (stage) => {
  const shop = await Shop.open(stage);
  await stage.drag(await shop.grip(2), await shop.bareCanvas(), {
    before: () => shop.tells(shop.exactly("drop.leaves")),
  });
  await until("it runs nothing", async () => (await shop.rows(2).count()) === 0);
  await shop.inspector.getByText(shop.t("inspector.loose"), { exact: true }).waitFor();
  await stage.drag(await shop.grip(2), shop.group);
  await until("it runs the shop again", async () => (await shop.rows(2).count()) === 1);
});

pageTest("a machine without power is noticed after 10 to 12 s, and the story tells it", {}, async (stage) => {
  const shop = await Shop.open(stage);
  await shop.play(4);
  await shop.waitForSecond(3);
  await shop.rightClick(await shop.grip(2), "action.power_off");
  // Doubt ends: it is looked for from now on.
  const doubted = shop.rows(2).locator(".belief.doubt").waitFor({ state: "attached" });
  doubted.catch(() => {});
  await stage.page.locator(`g.machine.off`).waitFor();
  assert.match(await shop.rows(2).getAttribute("aria-label"), new RegExp(shop.t("canvas.no_power")));

  const fault = await shop.told("story.power_off");
  assert.equal(fault.machine, shop.t("name.machine", { number: 2 }));
  const first = await shop.told("story.first_failure", "story.first_failure_retried");
  assert.ok(first.at >= fault.at, "nothing fails before the fault");
  const badge = shop.machine(2).locator("g.badge text");
  await badge.waitFor();
  const reasons = ["unreachable", "timed_out"].map((reason) => shop.t(`reason.${reason}`));
  assert.match(await badge.textContent(), new RegExp(`^\\d+ (${reasons.join("|")})$`));

  await doubted;
  const detected = await shop.told("story.detected");
  const noticed = secondsOf(detected.after);
  assert.ok(noticed >= 10 && noticed <= 12, `noticed after ${detected.after}`);
  assert.ok(Math.abs(detected.at - fault.at - noticed) < 0.15, "the times agree");
  await shop.rows(2).locator(".belief.down").first().waitFor({ state: "attached" });
  const recovered = await shop.told("story.recovered", "story.recovered_with_latency");
  assert.ok(secondsOf(recovered.after) >= noticed, "whole again once it is out");

  await shop.choseNothing();
  const failed = await shop.number("inspector.failed");
  await shop.waitForSecond((await shop.seconds()) + 5);
  assert.equal(await shop.number("inspector.failed"), failed, "nothing fails any more");
  assert.ok(failed / (await shop.number("inspector.issued")) < 0.02, `only ${failed} failed`);

  await stage.click(await shop.grip(2));
  await shop.inspector.getByRole("button", { name: shop.t("action.power_on") }).click();
  await shop.told("story.power_on");
  await shop.rows(2).locator("circle.belief.up").waitFor({ state: "attached" });
  assert.equal(await stage.page.locator("g.machine.off").count(), 0);
  await stage.screenshot(`story-${stage.language}`);
});

pageTest("a crashed instance is noticed after 4 to 6 s", { languages: ["en"] }, async (stage) => {
  const shop = await Shop.open(stage);
  await shop.play(4);
  await shop.waitForSecond(3);
  await shop.rightClick(shop.rows(2), "action.crash");
  const crash = await shop.told("story.crash");
  assert.match(crash.instance, /Machine 2/, "the story says where");
  const noticed = secondsOf((await shop.told("story.detected")).after);
  assert.ok(noticed >= 4 && noticed <= 6, `noticed after ${noticed} s`);
  await shop.rightClick(shop.rows(2), "action.start_again");
  await shop.told("story.restart");
  await shop.rows(2).locator("circle.belief.up").waitFor({ state: "attached" });
});

pageTest("an instance is crashed by keyboard alone", {}, async (stage) => {
  const shop = await Shop.open(stage);
  const { keyboard } = stage.page;
  await until("Tab reaches the row", async () => {
    await keyboard.press("Tab");
    return shop.rows(2).evaluate((row) => row === document.activeElement);
  });
  for (const keys of ["Shift+F10", "ContextMenu"]) {
    await keyboard.press(keys);
    await shop.menu.waitFor();
    await keyboard.press("Escape");
    await shop.menu.waitFor({ state: "detached" });
    await until("the row has the focus again", () => shop.rows(2).evaluate((row) => row === document.activeElement));
  }
  await keyboard.press("Shift+F10");
  const focused = () => stage.page.evaluate(() => document.activeElement.textContent);
  assert.match(await focused(), new RegExp(shop.t("action.crash")), "the first line has the focus");
  await keyboard.press("ArrowDown");
  assert.match(await focused(), new RegExp(shop.t("action.power_off")));
  await keyboard.press("ArrowUp");
  await keyboard.press("Enter");
  await until("the row says so", async () =>
    (await shop.rows(2).getAttribute("aria-label")).includes(shop.t("canvas.crashed")));
});

pageTest("a machine added during a run starts, joins and takes its share", { languages: ["en"] }, async (stage) => {
  const shop = await Shop.open(stage);
  await shop.play();
  await shop.waitForSecond(2);
  await stage.drag(shop.piece("machine"), shop.group);
  await shop.machine(4).waitFor();
  const label = () => shop.rows(4).getAttribute("aria-label");
  assert.match(await label(), shop.pattern("canvas.starting"));
  await until("it joins", async () => shop.pattern("canvas.joining").test(await label()));
  await until("it works", async () => shop.pattern("canvas.busy").test(await label()));
  await shop.choseNothing();
  assert.equal(await shop.number("inspector.failed"), 0, "no client noticed");
});
