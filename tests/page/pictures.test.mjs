// Pictures of the main states, for the eye: kept in artefacts/, not compared.

import { pageTest, VIEWPORTS } from "./harness.mjs";
import { Shop } from "./shop.mjs";

pageTest("pictures of the main states", { pairs: true, viewports: Object.keys(VIEWPORTS) }, async (stage) => {
  const name = (state) => `look-${state}-${stage.size.width}-${stage.theme}-${stage.language}`;
  const shop = await Shop.open(stage);
  await shop.play(8);
  await shop.waitForSecond(2);
  await stage.screenshot(name("cluster"));
  await shop.rightClick(await shop.grip(2), "action.power_off");
  await shop.told("story.first_failure", "story.first_failure_retried");
  await shop.told("story.detected");
  await stage.screenshot(name("failover"));
  for (const layout of ["distributed", "microservice"]) {
    await shop.page.keyboard.press("Escape");
    // By the menu: on a phone the heading of a group has no room for the switch.
    await shop.rightClick(await shop.handle(), `action.layout_${layout}`);
    await stage.page.locator(`g.group.${layout}`).waitFor();
    await shop.waitForSecond((await shop.seconds()) + 3);
    await stage.screenshot(name(layout));
  }
});
