// The same business and the same machines in three layouts, and the same fault in each.

import assert from "node:assert/strict";

import { pageTest } from "./harness.mjs";
import { Shop, until } from "./shop.mjs";

const LAYOUTS = ["cluster", "distributed", "microservice"];

async function machineNames(shop) {
  return shop.machines.evaluateAll((cards) => cards.map((card) => card.querySelector("text.title").textContent));
}

async function rowCounts(shop) {
  return shop.machines.evaluateAll((cards) => cards.map((card) => card.querySelectorAll("g.row").length));
}

pageTest("a click switches the layout; business and machines stay", {}, async (stage) => {
  const shop = await Shop.open(stage);
  const names = await machineNames(shop);
  const title = await shop.group.locator("> text.title").textContent();
  const expected = {
    cluster: (rows) => rows.every((count) => count === 1),
    distributed: (rows) => rows.every((count) => count === 1),
    microservice: (rows) => rows.reduce((sum, count) => sum + count) === 10,
  };
  for (const layout of ["distributed", "microservice", "cluster"]) {
    await shop.layout(layout).click();
    await until(`${layout} is chosen`, async () => (await shop.chosenLayout()) === shop.t(`layout.${layout}`));
    assert.deepEqual(await machineNames(shop), names);
    await until(`the rows of ${layout}`, async () => expected[layout](await rowCounts(shop)));
    assert.equal(await shop.group.locator("> text.title").textContent(), title);
  }
});

pageTest("arrow keys walk the layouts", {}, async (stage) => {
  const shop = await Shop.open(stage);
  const { keyboard } = stage.page;
  const isChosen = (layout) =>
    until(`${layout} is chosen and has the focus`, async () => {
      const focused = await stage.page.evaluate(() => document.activeElement.getAttribute("aria-label"));
      const name = shop.t(`layout.${layout}`);
      return focused === name && (await shop.chosenLayout()) === name;
    });
  await until("Tab reaches the layouts", async () => {
    await keyboard.press("Tab");
    return stage.page.evaluate(() => document.activeElement.getAttribute("role") === "radio");
  });
  for (const [key, layout] of [
    ["ArrowRight", "distributed"],
    ["ArrowRight", "microservice"],
    ["ArrowRight", "free"],
    ["ArrowRight", "cluster"],
    ["ArrowLeft", "free"],
  ]) {
    await keyboard.press(key);
    await isChosen(layout);
  }
});

pageTest("the layout can be chosen in the inspector too", { languages: ["en"] }, async (stage) => {
  const shop = await Shop.open(stage);
  await stage.click(await shop.handle());
  await shop.inspector.getByLabel(shop.t("canvas.layout")).selectOption({ label: shop.t("layout.microservice") });
  await until("it is chosen", async () => (await shop.chosenLayout()) === shop.t("layout.microservice"));
});

pageTest("a switch during a run loses no request", { languages: ["en"] }, async (stage) => {
  const shop = await Shop.open(stage);
  await shop.play();
  for (const layout of ["distributed", "microservice", "cluster"]) {
    await shop.waitForSecond((await shop.seconds()) + 0.5);
    await shop.layout(layout).click();
  }
  await shop.waitForSecond((await shop.seconds()) + 1);
  await shop.button("action.pause").click();
  await shop.choseNothing();
  assert.equal(await shop.number("inspector.failed"), 0);
  const ended = (await shop.number("inspector.succeeded")) + (await shop.number("inspector.in_flight"));
  assert.equal(await shop.number("inspector.issued"), ended, "the books balance");
});

for (const layout of LAYOUTS) {
  pageTest(`the same fault in a ${layout} layout has its own outcome`, { languages: ["en"] }, async (stage) => {
    const shop = await Shop.open(stage, { query: { layout } });
    const grip = await shop.grip(3);
    await shop.play(8);
    await shop.waitForSecond(3);
    await shop.rightClick(grip, "action.power_off");
    await shop.choseNothing();
    const failed = () => shop.number("inspector.failed");
    const failures = async (seconds) => {
      const before = await failed();
      await shop.waitForSecond((await shop.seconds()) + seconds);
      return (await failed()) - before;
    };
    await shop.told("story.detected");
    if (layout === "distributed") {
      // Those who waited for it have gone by then.
      await shop.waitForSecond((await shop.seconds()) + 6);
      assert.ok((await failures(3)) > 0, "requests that need it keep failing");
      const shares = (await shop.availability()).map(({ share }) => share);
      assert.ok(shares.some((share) => share < 70), `some kinds suffer: ${shares}`);
      assert.ok(shares.some((share) => share > 98), `others don't: ${shares}`);
      assert.ok(await shop.inspector.locator(".chip.bad").count(), "it is marked");
      const story = (await shop.story()).map(({ words }) => words);
      assert.ok(!story.some((words) => shop.pattern("story.recovered").test(words)), "nobody takes over");
      await shop.rightClick(await shop.grip(3), "action.power_on");
      await shop.choseNothing();
    }
    if (layout === "microservice") {
      await shop.told("story.placed_again");
      await until("nothing is left on it", async () => (await shop.rows(3).count()) === 0);
    }
    await shop.told("story.recovered", "story.recovered_with_latency");
    await shop.waitForSecond((await shop.seconds()) + 1);
    assert.equal(await failures(3), 0, "all is well again");
    if (layout === "cluster") {
      const shares = (await shop.availability()).map(({ share }) => share);
      assert.ok(shares.every((share) => share > 95), `no kind suffers much: ${shares}`);
    }
    await stage.screenshot(`fault-${layout}`);
  });
}

/** What the shop's group is called. */
const title = (shop) => (shop.language === "zh" ? "商店" : "Shop");

pageTest("a group is compared with another layout under the same clients", {}, async (stage) => {
  const shop = await Shop.open(stage);
  await shop.rightClick(await shop.handle(), "action.compare_distributed");
  await until("there are two groups", async () => (await shop.groups.count()) === 2);
  assert.equal(await shop.machines.count(), 6, "with machines of its own");
  assert.equal(await shop.chosenLayout(shop.groups.nth(0)), shop.t("layout.cluster"));
  assert.equal(await shop.chosenLayout(shop.groups.nth(1)), shop.t("layout.distributed"));

  await stage.click(shop.client());
  // Two groups that are called the same are told apart by their layout.
  for (const layout of ["cluster", "distributed"]) {
    const name = `${title(shop)} · ${shop.t(`layout.${layout}`)}`;
    await until(`the clients send to ${name}`, () => shop.inspector.getByRole("checkbox", { name, exact: true }).isChecked());
  }

  await shop.play();
  const underWay = async (place) => {
    const entry = stage.page.locator("g.box", { hasText: shop.t(place === 0 ? "name.balancer" : "name.gateway") });
    return Number(/(\d+)/.exec(await entry.getAttribute("aria-label"))[1]);
  };
  await until("both are at work", async () => (await underWay(0)) > 0 && (await underWay(1)) > 0);

  await shop.button("action.undo").click();
  await until("undo takes it away whole", async () => (await shop.groups.count()) === 1 && (await shop.machines.count()) === 3);
});
