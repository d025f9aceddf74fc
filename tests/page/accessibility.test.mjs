// What axe finds on every main state of the page: nothing, in both themes and languages.

import { pageTest } from "./harness.mjs";
import { Shop, until } from "./shop.mjs";

const PHONE = { viewports: ["phone"], context: { hasTouch: true, isMobile: true } };

/** Looks at a state, closes it with Escape, and waits until it is gone. */
async function look(stage, open, closed) {
  await open.waitFor();
  await stage.assertAccessible();
  if (closed) {
    await stage.page.keyboard.press("Escape");
    await open.waitFor({ state: "detached" });
  }
}

pageTest("axe finds nothing, whatever is chosen", {}, async (stage) => {
  const shop = await Shop.open(stage);
  const { page } = stage;
  await stage.assertAccessible();
  await stage.click(await shop.grip(2));
  await shop.inspector.getByRole("button", { name: shop.t("action.power_off") }).waitFor();
  await stage.assertAccessible();
  // A group, its entry, its store, its clients, a copy of its service: each has details of its own.
  await stage.click(await shop.handle());
  await shop.inspector.getByRole("button", { name: shop.t("property.retry") }).waitFor();
  await stage.assertAccessible();
  for (const part of [shop.client(), page.locator("g.box").last(), shop.rows(1).first()]) {
    await stage.click(part);
    await until("it is chosen", () => part.evaluate((it) => it.classList.contains("selected")));
    await stage.assertAccessible({ include: ".inspector" });
  }
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+a");
  await stage.assertAccessible({ include: ".inspector" });
  await stage.click(await shop.grip(2), { button: "right" });
  await look(stage, shop.menu, true);
});

pageTest("axe finds nothing in any layout, and on an empty canvas", {}, async (stage) => {
  const shop = await Shop.open(stage);
  const { page } = stage;
  for (const layout of ["distributed", "microservice", "free"]) {
    await shop.layout(layout).click();
    await until("it is the layout", async () => (await shop.chosenLayout()) === shop.t(`layout.${layout}`));
    await stage.assertAccessible();
  }
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Delete");
  await look(stage, page.locator(".blank"));
});

pageTest("axe finds nothing in panels, menus and dialogs", {}, async (stage) => {
  const shop = await Shop.open(stage);
  const { page } = stage;
  await page.keyboard.press("p");
  await look(stage, page.locator(".problems-panel"));
  await page.keyboard.press("p");
  await page.keyboard.press("b");
  await look(stage, page.locator(".business"));
  await page.getByRole("button", { name: shop.t("business_editor.data_page"), exact: true }).click();
  await look(stage, page.locator(".business .function-card").first());
  await page.keyboard.press("b");
  await page.locator(".business").waitFor({ state: "detached" });
  for (const [key, shown] of [["Control+k", page.getByRole("combobox")], ["?", page.locator(".shortcuts")]]) {
    await page.keyboard.press(key);
    await look(stage, shown, true);
  }
  await shop.chooseInDesignMenu("action.designs");
  await look(stage, page.locator("dialog.designs"), true);
  for (const key of ["header.edit", "header.view", "header.help", "header.language", "action.history"]) {
    await shop.button(key).click();
    await look(stage, shop.menu, true);
  }
});

pageTest("axe finds nothing while a failure is told", { languages: ["en"] }, async (stage) => {
  const shop = await Shop.open(stage);
  await shop.play(8);
  await shop.waitForSecond(1);
  await shop.rightClick(await shop.grip(2), "action.power_off");
  await shop.told("story.detected");
  await shop.button("action.pause").click();
  await stage.assertAccessible();
  await stage.page.locator("input[type=file]").setInputFiles({ name: "x.json", mimeType: "text/plain", buffer: Buffer.from("x") });
  await shop.notice();
  await stage.assertAccessible();
});

pageTest("axe finds nothing on the phone", PHONE, async (stage) => {
  const shop = await Shop.open(stage);
  const { page } = stage;
  const tap = async (where) => {
    const { x, y } = await stage.place(where);
    await page.touchscreen.tap(x, y);
  };
  await stage.assertAccessible();
  await tap(page.locator(".fab"));
  await shop.piece("machine").waitFor();
  await stage.assertAccessible();
  await tap(page.locator(".palette-close"));
  await tap(await shop.grip(2));
  await look(stage, page.locator(".inspector.open"));
  await tap(page.locator(".inspector .sheet-close"));
  await page.locator(".inspector.open").waitFor({ state: "detached" });
  // Their names tell how many problems there are, too.
  const openers = page.locator("header.top .desk-button");
  for (const [place, panel] of [".business", ".problems-panel"].entries()) {
    await tap(openers.nth(place));
    await look(stage, page.locator(panel));
    await tap(page.locator(panel).getByRole("button", { name: shop.t("action.close"), exact: true }));
    await page.locator(panel).waitFor({ state: "detached" });
  }
  await tap(shop.button("header.more"));
  await look(stage, shop.menu);
});
