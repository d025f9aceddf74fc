// The first minute: somebody opens the page, does what comes to mind, and is told three things, each once.

import assert from "node:assert/strict";

import { LEAVES, pageTest } from "./harness.mjs";
import { Shop, until } from "./shop.mjs";

pageTest("three hints come where they are needed, and never again", { languages: ["en"], ...LEAVES }, async (stage) => {
  const shop = await Shop.open(stage, { query: { start: "playing" } });
  const { page } = stage;
  const hint = page.locator(".first-hint span");
  const told = (key) => until(`the hint ${key}`, async () => (await hint.count()) === 1 && (await hint.innerText()) === shop.t(key));
  const untold = (key) => until(`no hint ${key}`, async () => (await hint.count()) === 0 || (await hint.innerText()) !== shop.t(key));

  await told("hint.add");
  await stage.assertAccessible({ include: ".foot" });
  await stage.drag(shop.piece("machine"), shop.group);
  await shop.machine(4).waitFor();
  await untold("hint.add");

  await told("hint.power");
  await shop.rightClick(await shop.grip(2), "action.power_off");
  await untold("hint.power");

  await told("hint.layout");
  await shop.layout("microservice").click();
  await untold("hint.layout");
  assert.equal(await hint.count(), 0, "there are three");

  await page.reload();
  await stage.ready();
  await shop.waitForSecond(4);
  assert.equal(await hint.count(), 0, "and never again");
});

for (const way of ["mouse", "key"]) {
  pageTest(`what is done without a hint needs none; got it, by ${way}`, { languages: ["en"] }, async (stage) => {
    const shop = await Shop.open(stage);
    const hint = stage.page.locator(".first-hint span");
    await stage.drag(shop.piece("machine"), shop.group);
    await shop.machine(4).waitFor();
    await shop.rightClick(await shop.grip(1), "action.power_off");
    await until("what comes next", async () => (await hint.count()) === 1 && (await hint.innerText()) === shop.t("hint.layout"));
    const button = stage.page.getByRole("button", { name: shop.t("hint.understood") });
    await (way === "mouse" ? button.click() : button.press("Enter"));
    await until("got it", async () => (await hint.count()) === 0);
  });
}

pageTest("an empty canvas says how to begin", {}, async (stage) => {
  const shop = await Shop.open(stage);
  const { page } = stage;
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Delete");
  const blank = page.locator(".blank");
  await blank.waitFor();
  await stage.screenshot(`blank-${stage.language}`);
  await blank.getByRole("button", { name: shop.t("palette.distributed"), exact: true }).click();
  await page.locator("g.group.distributed").waitFor();
  await blank.waitFor({ state: "detached" });
  await page.keyboard.press("Control+z");
  await blank.waitFor();
  await blank.getByRole("button", { name: shop.t("action.designs") }).click();
  await page.getByRole("dialog").waitFor();
});
