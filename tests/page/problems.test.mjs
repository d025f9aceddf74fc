// The problems panel: told, shown where they are, mended by a click.

import assert from "node:assert/strict";

import { pageTest } from "./harness.mjs";
import { Shop, until } from "./shop.mjs";

const PHONE = { viewports: ["phone"], context: { hasTouch: true, isMobile: true } };

class Mender extends Shop {
  static async open(stage, options) {
    await Shop.open(stage, options);
    return new Mender(stage);
  }

  get panel() {
    return this.page.getByRole("region", { name: this.t("action.problems"), exact: true });
  }

  /** The button in the header: its name says how many there are of each kind. */
  get opener() {
    return this.page.locator(".desk-button").nth(1);
  }

  count() {
    return this.opener.locator(".count").innerText();
  }

  fix(key) {
    return this.panel.getByRole("button", { name: this.t(key) });
  }
}

pageTest("a problem is shown, mended, and there is nothing left", {}, async (stage) => {
  const shop = await Mender.open(stage);
  assert.equal(await shop.count(), "1");
  assert.match(await shop.opener.textContent(), new RegExp(`${shop.t("problems.risk")}: 1`));
  await shop.opener.click();
  const row = shop.panel.locator("li");
  assert.match(await row.innerText(), new RegExp(shop.t("problems.risk")), "how bad it is stands there in a word");
  await row.getByRole("button").first().click();
  await stage.page.locator("g.group.selected").waitFor();
  await shop.fix("problems.fix_replica").click();
  await shop.panel.getByText(shop.t("problems.none"), { exact: true }).waitFor();
  assert.equal(await shop.opener.locator(".count").count(), 0, "quiet");
  await stage.page.keyboard.press("Control+z");
  await until("one step back", async () => (await row.count()) === 1);
});

pageTest("by keyboard, with the focus going in and back", { languages: ["en"] }, async (stage) => {
  const shop = await Mender.open(stage, { query: { layout: "microservice" } });
  await shop.opener.focus();
  await stage.page.keyboard.press("p");
  await shop.panel.waitFor();
  await until("the focus goes in", () => shop.panel.evaluate((panel) => panel.contains(document.activeElement)));
  await shop.fix("problems.fix_copies").press("Enter");
  await until("it is mended", async () => (await shop.panel.locator("li").count()) === 1);
  await shop.panel.getByRole("button").first().focus();
  await stage.page.keyboard.press("Escape");
  await shop.panel.waitFor({ state: "detached" });
  await until("and back", () => shop.opener.evaluate((opener) => document.activeElement === opener));
});

pageTest("a problem of a function leads to it in the business editor", {}, async (stage) => {
  const shop = await Mender.open(stage);
  await stage.page.keyboard.press("b");
  await stage.page.getByRole("button", { name: shop.t("business_editor.add_function") }).click();
  await until("nobody calls it", async () => (await shop.count()) === "2");
  await stage.page.keyboard.press("Escape");
  await shop.opener.click();
  await shop.panel.locator("li").last().getByRole("button").first().click();
  await stage.page.getByLabel(shop.t("business_editor.function_name")).waitFor();
  await shop.opener.click();
  await shop.fix("problems.fix_unused").click();
  await until("it is gone", async () => (await shop.count()) === "1");
});

pageTest("on a phone it is a sheet", PHONE, async (stage) => {
  const shop = await Mender.open(stage, { query: { layout: "distributed" } });
  await shop.opener.tap();
  await shop.panel.waitFor();
  await stage.assertAccessible();
  await shop.fix("problems.fix_copies").tap();
  await until("mended", async () => (await shop.panel.locator("li").count()) === 1);
  await shop.panel.getByRole("button", { name: shop.t("action.close") }).tap();
  await shop.panel.waitFor({ state: "detached" });
});

pageTest("axe finds nothing, with problems and without", {}, async (stage) => {
  const shop = await Mender.open(stage, { query: { layout: "microservice" } });
  await shop.opener.click();
  await stage.assertAccessible();
  await shop.fix("problems.fix_copies").click();
  await shop.fix("problems.fix_replica").click();
  await shop.panel.getByText(shop.t("problems.none"), { exact: true }).waitFor();
  await stage.assertAccessible();
});
