// What axe finds on the main states of the page: nothing, in both themes and languages.

import { pageTest, THEMES } from "./harness.mjs";
import { Shop } from "./shop.mjs";

pageTest("axe finds nothing on the desktop", { themes: THEMES }, async (stage) => {
  const shop = await Shop.open(stage);
  await stage.assertAccessible();
  await stage.click(await shop.grip(2));
  await shop.inspector.getByRole("button", { name: shop.t("action.power_off") }).waitFor();
  await stage.assertAccessible();
  await stage.click(await shop.handle());
  await shop.inspector.getByRole("button", { name: shop.t("property.retry") }).waitFor();
  await stage.assertAccessible();
  await stage.click(await shop.grip(2), { button: "right" });
  await shop.menu.waitFor();
  await stage.assertAccessible();
});

pageTest("axe finds nothing while a failure is told", { themes: THEMES, languages: ["en"] }, async (stage) => {
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

pageTest("axe finds nothing on the phone", { themes: THEMES, viewports: ["phone"], context: { hasTouch: true } }, async (stage) => {
  const shop = await Shop.open(stage);
  await stage.assertAccessible();
  await stage.page.locator(".fab").click();
  await shop.piece("machine").waitFor();
  await stage.assertAccessible();
  await stage.page.locator(".palette-close").click();
  const { x, y } = await shop.grip(2);
  await stage.page.touchscreen.tap(x, y);
  await stage.page.locator(".inspector.open").waitFor();
  await stage.assertAccessible();
});
