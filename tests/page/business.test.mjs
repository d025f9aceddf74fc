// The business editor: the call flow as a diagram and as a table, by mouse, by keyboard and with a finger.

import assert from "node:assert/strict";

import { pageTest } from "./harness.mjs";
import { Shop, until } from "./shop.mjs";

const PHONE = { viewports: ["phone"], context: { hasTouch: true, isMobile: true } };

class Editor extends Shop {
  static async open(stage, options) {
    await Shop.open(stage, options);
    return new Editor(stage);
  }

  get panel() {
    return this.page.getByRole("region", { name: this.t("business_editor.name"), exact: true });
  }

  get boxes() {
    return this.panel.locator("g.flow-box");
  }

  get cards() {
    return this.panel.locator(".function-card");
  }

  get steps() {
    return this.cards.first().locator("tbody tr");
  }

  async openByKey() {
    await this.page.keyboard.press("b");
    await this.panel.waitFor();
  }

  async count(locator, wanted, what) {
    await until(what, async () => (await locator.count()) === wanted);
  }
}

pageTest("the flow of a request is read, picked and changed with the mouse", {}, async (stage) => {
  const shop = await Editor.open(stage);
  await stage.page.getByRole("button", { name: shop.t("action.business"), exact: true }).click();
  await shop.panel.waitFor();
  // The home page: itself, five steps, and what two of them read.
  await shop.count(shop.boxes, 8, "the home page is drawn");
  await shop.boxes.nth(2).click();
  assert.equal(await shop.boxes.nth(2).getAttribute("aria-pressed"), "true");
  await shop.panel.locator(".function-card.picked").waitFor();
  // A step more, and back.
  await shop.cards.first().locator(".adder select").selectOption({ index: 6 });
  await shop.cards.first().getByRole("button", { name: shop.t("business_editor.add_step") }).click();
  await shop.count(shop.steps, 6, "there is a step more");
  await shop.count(shop.boxes, 9, "and a box more");
  await stage.page.keyboard.press("Control+z");
  await shop.count(shop.boxes, 8, "one step back");
  // At the same time as the one before.
  await shop.steps.nth(1).getByRole("button", { name: shop.t("business_editor.together", { step: 2 }) }).click();
  await until("a line is doubled", async () => (await shop.panel.locator(".flow-scroll .flow-bar").count()) === 2);
  // Through a queue: another sign, and a broker in the architecture.
  await shop.steps.last().locator("select").nth(1).selectOption({ label: shop.t("business_editor.queue") });
  await shop.panel.locator(".flow-scroll .flow-queue").waitFor();
  await stage.page.getByText(shop.t("name.broker")).first().waitFor({ state: "attached" });
});

pageTest("every cell is a field: understood, or explained and kept", {}, async (stage) => {
  const shop = await Editor.open(stage);
  await shop.openByKey();
  const times = shop.steps.nth(0).locator("input").first();
  await times.fill("many");
  await times.press("Enter");
  await shop.steps.nth(0).getByRole("alert").waitFor();
  assert.equal(await times.inputValue(), "many", "it is kept to be mended");
  await times.press("Escape");
  await until("it is given up", async () => (await times.inputValue()) === "1");
  await times.press("ArrowUp");
  await until("arrows count", async () => (await times.inputValue()) === "2");
  await until("the diagram says so", async () => (await shop.panel.locator(".flow-often").allTextContents()).includes("2×"));
  const work = shop.cards.first().locator(".work");
  await work.locator("select").selectOption({ label: shop.t("business_editor.lognormal") });
  await work.locator("input").nth(1).fill("4");
  await work.locator("input").nth(1).press("Enter");
  await until("mean and spread in words", async () => /20/.test(await work.locator(".in-words").innerText()));
});

pageTest("functions, requests and modules by keyboard alone", {}, async (stage) => {
  const shop = await Editor.open(stage, { query: { layout: "distributed" } });
  await shop.openByKey();
  await stage.page.getByRole("button", { name: shop.t("business_editor.add_function") }).press("Enter");
  const name = shop.panel.getByLabel(shop.t("business_editor.function_name"));
  await until("its name is to be typed", () => name.evaluate((input) => document.activeElement === input));
  await stage.page.keyboard.type("Invoice");
  await stage.page.keyboard.press("Enter");
  const entry = shop.panel.getByRole("button", { name: "Invoice", exact: true });
  await entry.waitFor();
  // The architecture follows: a function in no module is a module without a machine.
  await until("nobody runs it", async () => Number(await stage.page.locator(".desk-button .count").innerText()) > 2);
  await shop.panel.getByRole("button", { name: shop.t("business_editor.homes") }).press("Enter");
  const row = shop.panel.locator("tbody tr").last();
  await row.locator("select").first().selectOption({ index: 1 });
  await until("it is in a module", async () => (await row.locator("select").first().inputValue()) === "1");
  await stage.page.keyboard.press("Escape");
  await shop.panel.waitFor({ state: "detached" });
});

pageTest("the boxes are walked with arrows", { languages: ["en"] }, async (stage) => {
  const shop = await Editor.open(stage);
  await shop.openByKey();
  await shop.boxes.first().focus();
  await stage.page.keyboard.press("ArrowRight");
  await stage.page.keyboard.press("ArrowDown");
  await stage.page.keyboard.press("ArrowRight");
  const at = () => stage.page.evaluate(() => document.activeElement?.querySelector("title")?.textContent);
  assert.match(await at(), /reads Products/);
  await stage.page.keyboard.press("ArrowLeft");
  await stage.page.keyboard.press("Enter");
  await shop.panel.locator(".function-card.picked").waitFor();
  assert.equal(await stage.page.locator("g.flow-box[tabindex='0']").count(), 1, "one box is in the order of Tab");
});

pageTest("on a phone it is a sheet", PHONE, async (stage) => {
  const shop = await Editor.open(stage);
  await stage.page.getByRole("button", { name: shop.t("action.business"), exact: true }).tap();
  await shop.panel.waitFor();
  await shop.panel.locator(".business-choice select").selectOption({ label: shop.language === "zh" ? "下单结算" : "Check out" });
  await until("another flow", async () => (await shop.boxes.count()) > 10);
  await shop.boxes.first().tap();
  await shop.panel.locator(".function-card.picked").waitFor();
  await stage.assertAccessible();
  await shop.panel.getByRole("button", { name: shop.t("action.close") }).tap();
  await shop.panel.waitFor({ state: "detached" });
});

pageTest("axe finds nothing on its pages", { languages: ["en"] }, async (stage) => {
  const shop = await Editor.open(stage);
  await shop.openByKey();
  await stage.assertAccessible();
  for (const page of ["business_editor.data_page", "business_editor.homes", "business_editor.costs"]) {
    await shop.panel.getByRole("button", { name: shop.t(page), exact: true }).click();
    await stage.assertAccessible();
  }
});

pageTest("stores are added, named, given data and removed", {}, async (stage) => {
  const shop = await Editor.open(stage);
  await shop.openByKey();
  await shop.panel.getByRole("button", { name: shop.t("business_editor.data_page"), exact: true }).click();
  const before = await shop.cards.count();
  await shop.panel.getByRole("button", { name: shop.t("business_editor.add_store"), exact: true }).click();
  await shop.count(shop.cards, before + 1, "there is a store");
  const store = shop.cards.last();
  await store.getByText(shop.t("business_editor.holds_nothing")).waitFor();
  const name = store.getByLabel(shop.t("business_editor.store_name"));
  await name.fill("Archive");
  await name.press("Enter");
  const data = shop.cards.first();
  const home = data.locator("select").last();
  await until("it can be chosen", async () => (await home.locator("option").allInnerTexts()).includes("Archive"));
  await home.selectOption({ label: "Archive" });
  const held = await data.locator("input").first().inputValue();
  await store.getByText(shop.t("business_editor.holds", { data: held })).waitFor();
  await store.locator("select").selectOption({ index: 1 });
  await until("the canvas has it", async () => (await stage.page.locator("g.box", { hasText: "Archive" }).count()) === 1);
  await stage.assertAccessible({ include: ".business" });
  await store.getByRole("button", { name: shop.t("business_editor.remove_store", { store: "Archive" }) }).click();
  await shop.count(shop.cards, before, "it is gone");
  await stage.page.keyboard.press("Control+z");
  await shop.count(shop.cards, before + 1, "and back");
});
