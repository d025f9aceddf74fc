// No control does nothing.

import assert from "node:assert/strict";

import { pageTest } from "./harness.mjs";
import { Shop, until } from "./shop.mjs";

pageTest("every button of the header changes something", {}, async (stage) => {
  const shop = await Shop.open(stage);
  const { page } = stage;
  const header = page.locator("header.top");
  const known = new Set();
  const use = async (key, changes) => {
    known.add(shop.buttonName(key));
    await header.getByRole("button", { name: shop.buttonName(key), exact: true }).click();
    await until(`${key} changes something`, changes);
  };
  const theme = (name) => async () => (await page.locator("html").getAttribute("data-theme")) === name;

  assert.ok(await shop.button("action.undo").isDisabled() && await shop.button("action.redo").isDisabled());
  await stage.drag(shop.piece("machine"), shop.group);
  await shop.machine(4).waitFor();
  await use("action.undo", async () => (await shop.machines.count()) === 3);
  await use("action.redo", async () => (await shop.machines.count()) === 4);
  for (const [key, line] of [["header.edit", "action.undo"], ["header.view", "action.fit"], ["header.help", "action.shortcuts"]]) {
    await use(key, async () => (await shop.menu.getByRole("menuitem", { name: shop.t(line) }).count()) === 1);
    await page.keyboard.press("Escape");
    await shop.menu.waitFor({ state: "detached" });
  }
  await use("action.history", async () => (await shop.menu.getByRole("menuitemradio").count()) > 1);
  await page.keyboard.press("Escape");
  await shop.menu.waitFor({ state: "detached" });
  for (const panel of await header.locator(".desk-button").all()) {
    for (const state of ["true", "false"]) {
      await panel.click();
      await until("a panel opens and closes", async () => (await panel.getAttribute("aria-expanded")) === state);
    }
  }
  await use("action.commands", async () => (await page.getByRole("combobox").count()) === 1);
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  known.add(await shop.title.getAttribute("aria-label"));
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), shop.chooseInDesignMenu("action.open")]);
  assert.equal(chooser.isMultiple(), false);
  const [download] = await Promise.all([page.waitForEvent("download"), shop.chooseInDesignMenu("action.save")]);
  assert.ok(await download.path());
  await use("action.hide_marks", async () => (await page.locator(".legend").count()) === 0);
  await use("action.show_marks", async () => (await page.locator(".legend").count()) === 1);
  await use("action.dark", theme("dark"));
  await use("action.light", theme("light"));
  await use("header.language", async () => (await shop.menu.getByRole("menuitemradio").count()) === 2);
  await page.keyboard.press("Escape");
  await shop.menu.waitFor({ state: "detached" });

  const names = await header.getByRole("button").evaluateAll((all) => all.map((one) => one.getAttribute("aria-label")));
  for (const name of names.filter(Boolean)) assert.ok(known.has(name), `${name} is looked at here`);
});

pageTest("every button of the playback and the canvas changes something", { languages: ["en"] }, async (stage) => {
  const shop = await Shop.open(stage);
  const { page } = stage;
  const fitted = await shop.everythingSeen();
  await shop.button("action.step").click();
  await until("an event has happened", async () => (await page.locator(".clock").innerText()) !== "" );
  await shop.button("action.play").click();
  await shop.waitForSecond(0.5);
  await shop.button("action.pause").click();
  await shop.button("action.play").waitFor();
  const stopped = await shop.seconds();
  await shop.button("action.restart").click();
  await until("the run begins anew", async () => (await shop.seconds()) < stopped);
  await shop.button("action.zoom_in").click();
  await until("larger", async () => (await shop.zoom()) > fitted);
  await shop.button("action.zoom_out").click();
  await shop.button("action.zoom_out").click();
  await until("smaller", async () => (await shop.zoom()) < fitted);
  await shop.button("action.fit").click();
  await until("as it was", async () => (await shop.zoom()) === fitted);
});

pageTest("every line of the canvas' menu changes something", { languages: ["en"] }, async (stage) => {
  const shop = await Shop.open(stage);
  await shop.rightClick(await shop.bareCanvas(), "action.add_machine");
  await shop.machine(4).waitFor();
  await shop.rightClick(await shop.bareCanvas(), "action.add_group");
  await until("a group more", async () => (await shop.groups.count()) === 2);
  await shop.rightClick(await shop.grip(4), "action.take_out");
  await until("it runs nothing", async () => (await shop.rows(4).count()) === 0);
  await shop.rightClick(await shop.grip(4), "action.delete");
  await shop.machine(4).waitFor({ state: "detached" });
});

pageTest("a press beside a menu closes it and does nothing else", { languages: ["en"] }, async (stage) => {
  const shop = await Shop.open(stage);
  await stage.click(await shop.grip(2), { button: "right" });
  await shop.menu.waitFor();
  await stage.click(await shop.bareCanvas());
  await shop.menu.waitFor({ state: "detached" });
  assert.equal(await shop.machines.count(), 3);
  assert.equal(await stage.page.locator("g.machine.off").count(), 0);
});
