// What a layout made, changed by hand: copies, services, functions, calls and stores, by mouse, keyboard and finger.

import assert from "node:assert/strict";

import { pageTest, THEMES } from "./harness.mjs";
import { Shop, until } from "./shop.mjs";

const ONE = { languages: ["en"] };
const MICRO = { query: { layout: "microservice" } };
const TITLES = {
  en: { cart: "Cart", catalog: "Catalog", frontend: "Frontend", email: "Email" },
  zh: { cart: "购物车", catalog: "商品目录", frontend: "前端", email: "邮件通知" },
};

/** The rows of a service. */
function rows(shop, service) {
  const title = TITLES[shop.language][service];
  return shop.page.locator(`g.row[aria-label^="${title}"]`);
}

/** The place of a row's middle, at rest. */
const middle = (shop, row) => shop.near(row, 110, 18);

/** The number of the machine that a service's first copy is on. */
async function home(shop, service) {
  for (let number = 1; number <= 3; number += 1) {
    const title = TITLES[shop.language][service];
    if (await shop.machine(number).locator(`g.row[aria-label^="${title}"]`).count()) return number;
  }
  return 0;
}

const elsewhere = (number) => (number % 3) + 1;

const signs = (shop) => shop.page.locator(".hand-sign");
const dialog = (shop) => shop.page.locator("dialog.errand");
const port = (shop) => shop.page.locator(".hand .port-reach").first();

async function undo(shop) {
  await shop.page.keyboard.press("Control+z");
}

pageTest("a copy is dragged to another machine, is marked, and goes back in one step", {}, async (stage) => {
  const shop = await Shop.open(stage, MICRO);
  const from = await home(shop, "cart");
  const to = elsewhere(from);
  await stage.drag(await middle(shop, rows(shop, "cart").first()), await shop.grip(to), {
    before: () => shop.tells(shop.pattern("by_hand.seats")),
  });
  await until("it runs there", async () => (await home(shop, "cart")) === to);
  await until("it is marked", async () => (await signs(shop).count()) === 1);
  assert.ok((await rows(shop, "cart").first().getAttribute("aria-label")).includes(shop.t("by_hand.sign")));
  const again = stage.page.locator("g.arrange-again");
  assert.match(await again.getAttribute("aria-label"), /1/);
  await stage.screenshot(`by-hand-${stage.language}`);
  await again.click();
  await until("it is back", async () => (await home(shop, "cart")) === from && (await signs(shop).count()) === 0);
  await undo(shop);
  await until("and there again", async () => (await home(shop, "cart")) === to);
});

pageTest("a copy is carried to another machine by keys", ONE, async (stage) => {
  const shop = await Shop.open(stage, MICRO);
  const from = await home(shop, "cart");
  await rows(shop, "cart").first().focus();
  for (const key of ["m", "ArrowDown", "Enter"]) await stage.page.keyboard.press(key);
  await until("it runs elsewhere", async () => ![0, from].includes(await home(shop, "cart")));
});

pageTest("a service dragged onto another becomes part of it; a menu splits it again", ONE, async (stage) => {
  const shop = await Shop.open(stage, MICRO);
  await stage.drag(await middle(shop, rows(shop, "cart").first()), await middle(shop, rows(shop, "catalog").first()), {
    before: () => shop.tells(shop.pattern("by_hand.merges")),
  });
  await until("the service is no more", async () => (await rows(shop, "cart").count()) === 0);
  await shop.rightClick(await middle(shop, rows(shop, "catalog").first()), "action.split");
  const boxes = dialog(shop).getByRole("checkbox");
  assert.equal(await boxes.count(), 3);
  await boxes.nth(1).check();
  await boxes.nth(2).check();
  await stage.assertAccessible({ include: "dialog.errand" });
  await stage.screenshot("by-hand-split");
  await dialog(shop).getByRole("button", { name: shop.t("by_hand.split_now"), exact: true }).click();
  await until("there is a service of its own", async () => (await rows(shop, "cart").count()) === 1);
});

pageTest("a list asks where to, by keyboard alone", ONE, async (stage) => {
  const shop = await Shop.open(stage, MICRO);
  const { keyboard } = stage.page;
  await rows(shop, "email").first().focus();
  await keyboard.press("Shift+F10");
  await shop.menu.waitFor();
  await shop.menu.getByRole("menuitem", { name: shop.t("action.merge") }).press("Enter");
  await dialog(shop).waitFor();
  await keyboard.press("Enter");
  await until("it is merged", async () => (await rows(shop, "email").count()) === 0);
  await dialog(shop).waitFor({ state: "detached" });
  await rows(shop, "cart").first().focus();
  await keyboard.press("c");
  await dialog(shop).waitFor();
  await stage.screenshot("by-hand-connect");
  await keyboard.press("Enter");
  await dialog(shop).waitFor({ state: "detached" });
  // The focus is back on the row, and with it the choice: its calls are in the inspector, each with its kind.
  const kind = shop.inspector.locator(".line-calls").getByRole("combobox");
  await until("the call is there", async () => (await kind.count()) === 1);
  await kind.selectOption({ label: shop.t("by_hand.rpc") });
  await until("it is an RPC", async () => (await kind.locator("option:checked").innerText()) === shop.t("by_hand.rpc"));
});

pageTest("close by, a function is dragged to another service; the inspector moves it as well", ONE, async (stage) => {
  const shop = await Shop.open(stage, MICRO);
  const card = shop.machine(await home(shop, "frontend"));
  const box = await card.locator("> rect").first().boundingBox();
  await stage.page.mouse.move(box.x + 100, box.y + 60);
  await until("close enough", async () => {
    if ((await stage.page.locator("svg.drawing.near").count()) > 0) return true;
    await stage.wheel({ x: box.x + 100, y: box.y + 60 }, -60, { modifiers: ["Control"] });
    return false;
  });
  const row = card.locator(`g.row[aria-label^="${TITLES.en.frontend}"]`);
  const other = card.locator("g.row").filter({ hasNot: stage.page.locator('[data-service="frontend"]') }).first();
  const chip = row.locator("g.function[data-function]").first();
  const moved = await chip.getAttribute("data-function");
  const taker = await other.locator("g.function").first().getAttribute("data-service");
  await stage.drag(await stage.place(chip), await stage.place(other.locator("> rect").first()), {
    before: () => shop.tells(shop.pattern("by_hand.takes")),
  });
  const chips = (service) => stage.page.locator(`g.function[data-service="${service}"][data-function="${moved}"]`);
  await until("the other one has it", async () => (await chips(taker).count()) > 0 && (await chips("frontend").count()) === 0);
  await stage.screenshot("by-hand-function");
  const select = shop.inspector.locator("section", { hasText: shop.t("by_hand.functions_in") }).getByRole("combobox");
  await until("its functions are in the inspector", async () => (await select.count()) === 2);
  await select.nth(1).selectOption({ label: shop.t("by_hand.own_service") });
  await until("it is a service of its own", async () => (await chips(moved).count()) > 0);
});

pageTest("a copy more and a copy fewer, beside the row and by key", ONE, async (stage) => {
  const shop = await Shop.open(stage, MICRO);
  await stage.click(await middle(shop, rows(shop, "cart").first()));
  const beside = stage.page.locator(".beside .copies");
  const fewer = beside.getByRole("button", { name: shop.t("action.fewer_copies") });
  assert.ok(await fewer.isDisabled(), "there is a single one");
  await beside.getByRole("button", { name: shop.t("action.more_copies") }).click();
  await until("there are two", async () => (await rows(shop, "cart").count()) === 2);
  await rows(shop, "cart").first().focus();
  await stage.page.keyboard.press("+");
  await until("there are three", async () => (await rows(shop, "cart").count()) === 3);
  await stage.page.keyboard.press("-");
  await until("there are two again", async () => (await rows(shop, "cart").count()) === 2);
  await fewer.click();
  await until("there is one", async () => (await rows(shop, "cart").count()) === 1);
});

for (const theme of THEMES) {
  pageTest("a call is drawn from the dot, given a kind, and taken away", { languages: ["en"], themes: [theme] }, async (stage) => {
    const shop = await Shop.open(stage, MICRO);
    await stage.click(await middle(shop, rows(shop, "catalog").first()));
    await port(shop).waitFor();
    await stage.drag(port(shop), await middle(shop, rows(shop, "email").first()), {
      before: async () => {
        await shop.tells(shop.pattern("by_hand.calls"));
        assert.ok((await stage.page.locator(".hand .light").count()) > 1, "what can be called lights up");
        await stage.screenshot(`by-hand-rubber-${theme}`);
      },
    });
    const tools = stage.page.locator(".beside .line-tools");
    await tools.waitFor();
    const rest = tools.getByRole("button", { name: shop.t("by_hand.rest"), exact: true });
    await rest.click();
    await until("it is REST", async () => (await rest.getAttribute("aria-pressed")) === "true");
    const select = shop.inspector.getByRole("combobox").first();
    await select.selectOption({ label: shop.t("by_hand.queue") });
    const queue = tools.getByRole("button", { name: shop.t("by_hand.queue"), exact: true });
    await until("it goes through a queue", async () => (await queue.getAttribute("aria-pressed")) === "true");
    await stage.assertAccessible();
    await stage.screenshot(`by-hand-line-${theme}`);
    await tools.getByRole("button", { name: shop.t("action.remove_line") }).click();
    await tools.waitFor({ state: "detached" });
  });
}

pageTest("a database is attached to a service, and shared again", ONE, async (stage) => {
  const shop = await Shop.open(stage, { query: { layout: "distributed" } });
  const stores = () => stage.page.locator("g.box .hand-sign").count();
  await stage.drag(shop.piece("database"), await middle(shop, shop.rows(3).first()), {
    before: () => shop.tells(shop.pattern("by_hand.attaches")),
  });
  await until("a store is by hand", async () => (await stores()) > 0);
  await shop.inspector.getByRole("button", { name: shop.t("action.share_store") }).click();
  await dialog(shop).locator(".offer").first().click();
  await dialog(shop).waitFor({ state: "detached" });
  await undo(shop);
  await undo(shop);
  await until("nothing is by hand", async () => (await signs(shop).count()) === 0);
});

const TOUCH = { languages: ["en"], viewports: [{ width: 1024, height: 768 }], context: { hasTouch: true } };

pageTest("a finger drags a copy, draws a call by two taps, and has the menu", TOUCH, async (stage) => {
  const shop = await Shop.open(stage, MICRO);
  const from = await home(shop, "cart");
  const tap = async ({ x, y }) => stage.page.touchscreen.tap(x, y);
  await tap(await middle(shop, rows(shop, "cart").first()));
  await stage.touchDrag(await middle(shop, rows(shop, "cart").first()), await shop.grip(elsewhere(from)));
  await until("it runs elsewhere", async () => (await home(shop, "cart")) === elsewhere(from));
  await tap(await middle(shop, rows(shop, "catalog").first()));
  await port(shop).waitFor();
  const dot = await stage.place(port(shop));
  await tap(dot);
  await stage.page.locator(".stage.handing").waitFor();
  await tap(await middle(shop, rows(shop, "email").first()));
  await stage.page.locator(".beside .line-tools").waitFor();
  const buttons = await stage.page.locator(".beside .line-tools button").evaluateAll((all) =>
    all.map((button) => button.getBoundingClientRect().height),
  );
  assert.ok(buttons.every((height) => height >= 28), "a finger finds them");
  await stage.screenshot("by-hand-touch");
});
