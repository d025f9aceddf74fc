// The palette of pieces: searched, dragged, clicked, put with Enter; and the hints of the first minute.

import assert from "node:assert/strict";

import { pageTest, THEMES } from "./harness.mjs";
import { Shop, until } from "./shop.mjs";

const search = (shop) => shop.page.locator(".palette input[type=search]");
const names = (shop) => shop.page.locator(".palette .piece > span:last-child");

pageTest("pieces are found in both languages, by pinyin, and put by Enter", {}, async (stage) => {
  const shop = await Shop.open(stage);
  for (const [typed, key] of [["large", "palette.large"], ["大型", "palette.large"], ["dxfwq", "palette.large"], ["huancun", "palette.cache"]]) {
    await search(shop).fill(typed);
    await until(`“${typed}” finds ${key}`, async () => (await names(shop).first().innerText()).startsWith(shop.t(key)));
  }
  await search(shop).fill("xyzzy");
  await stage.page.getByText(shop.t("palette.nothing")).waitFor();
  await search(shop).fill("大型");
  await search(shop).press("Enter");
  await shop.machine(4).waitFor();
  assert.match(await shop.machine(4).getAttribute("aria-label"), /16/);
  await search(shop).fill("");
  await search(shop).press("ArrowDown");
  await stage.page.keyboard.press("ArrowDown");
  await stage.page.keyboard.press("Enter");
  await shop.machine(5).waitFor();
});

pageTest("every piece goes where it is dragged, one step each", { languages: ["en"], themes: THEMES }, async (stage) => {
  const shop = await Shop.open(stage);
  const { page } = stage;
  const stores = () => page.locator(".stage g.box").count();
  const before = await stores();
  for (const [piece, told] of [["cache", "drop.gets_cache"], ["replicas", "drop.gets_replicas"], ["shards", "drop.gets_shards"], ["database", "drop.gets_database"]]) {
    const count = await stores();
    await stage.drag(shop.piece(piece), await shop.handle(), {
      before: () => shop.tells(shop.pattern(told)),
    });
    await until(`${piece} is there`, async () => (await stores()) !== count);
    await page.keyboard.press("Control+Z");
    await until("and is gone", async () => (await stores()) === count);
  }
  assert.equal(await stores(), before);
  await stage.drag(shop.piece("distributed"), await shop.bareCanvas());
  await until("there are two groups", async () => (await shop.groups.count()) === 2);
  await page.keyboard.press("Control+Z");
  await stage.drag(shop.piece("cache"), await shop.bareCanvas(), {
    before: () => shop.tells(shop.exactly("drop.needs_group")),
  });
  assert.equal(await stores(), before);
  await stage.assertAccessible();
});

pageTest("on a laptop the palette opens wide for a search", { languages: ["en"], viewports: ["laptop"] }, async (stage) => {
  const shop = await Shop.open(stage);
  await stage.page.locator(".palette-search").click();
  await until("the field has the focus", () => search(shop).evaluate((field) => field === document.activeElement));
  await search(shop).fill("cache");
  await stage.screenshot("palette-laptop");
  const boxes = () => stage.page.locator(".stage g.box").count();
  const before = await boxes();
  await shop.piece("cache").click();
  await stage.click(await shop.handle());
  await until("it is placed", async () => (await boxes()) > before);
  assert.ok((await names(shop).count()) > 10, "all pieces are there again");
});

pageTest("on a phone the palette is a sheet with a search", { viewports: ["phone"], context: { hasTouch: true, isMobile: true } }, async (stage) => {
  const shop = await Shop.open(stage);
  await stage.page.locator(".fab").tap();
  await search(shop).fill("fwq");
  await stage.screenshot(`palette-phone-${stage.language}`);
  await stage.assertAccessible();
  await shop.piece("machine").tap();
  const { x, y } = await shop.handle();
  await stage.page.touchscreen.tap(x, y);
  await shop.machine(4).waitFor();
});
