// The canvas: looking at it from afar and close by, finding the way, and doing everything without a pointer.

import assert from "node:assert/strict";

import { pageTest } from "./harness.mjs";
import { Shop, until, zoomShown } from "./shop.mjs";

const ONE = { languages: ["en"] };
const MICRO = { query: { layout: "microservice" } };

const detail = (stage) => stage.page.locator("svg.drawing").evaluate((svg) => [...svg.classList].find((it) => it !== "drawing"));
const said = (stage) => stage.page.locator(".announcer").innerText();

async function hears(stage, pattern) {
  await until(`it is said: ${pattern}`, async () => pattern.test(await said(stage)));
}

async function zoomTo(stage, percent) {
  const at = { x: 640, y: 330 };
  await until(`${percent} %`, async () => {
    const now = await zoomShown(stage.page);
    if (Math.abs(now - percent) / percent < 0.06) return true;
    await stage.wheel(at, (-100 * Math.log(percent / now)) / Math.log(1.35), { modifiers: ["Control"] });
    return false;
  });
}

pageTest("the closer one looks the more there is, and words can always be read", ONE, async (stage) => {
  await Shop.open(stage, MICRO);
  const expected = { 25: "far", 50: "brief", 100: "full", 200: "near" };
  for (const [percent, level] of Object.entries(expected)) {
    await zoomTo(stage, Number(percent));
    await until(`${level} at ${percent} %`, async () => (await detail(stage)) === level);
    const small = await stage.page.locator("svg.drawing text").evaluateAll((texts) =>
      texts
        .filter((text) => text.textContent.trim() && !text.closest(".switch"))
        .map((text) => ({ words: text.textContent, size: parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a }))
        .filter(({ size }) => size < 8.8),
    );
    assert.deepEqual(small, [], `at ${percent} % nothing is too small`);
    await stage.screenshot(`canvas-${level}`);
  }
  assert.ok((await stage.page.locator("g.function").count()) > 0, "close by functions have names");
});

pageTest("what is out of view is not drawn", ONE, async (stage) => {
  const shop = await Shop.open(stage);
  assert.equal(await shop.machines.count(), 3);
  await zoomTo(stage, 100);
  for (let turn = 0; turn < 4; turn += 1) await stage.wheel({ x: 640, y: 330 }, 2500);
  await until("the machines are gone", async () => (await shop.machines.count()) === 0);
  await stage.page.getByRole("button", { name: shop.t("canvas.lost") }).click();
  await until("the machines are back", async () => (await shop.machines.count()) === 3);
});

pageTest("the canvas is moved by every usual way", ONE, async (stage) => {
  const shop = await Shop.open(stage);
  const { keyboard } = stage.page;
  const left = async () => (await shop.near(shop.machine(2), 0, 0)).x;
  const bare = await shop.bareCanvas();
  const aside = { x: bare.x + 60, y: bare.y };
  let before = await left();
  const moved = async (by, how) => {
    await until(how, async () => Math.abs((await left()) - before - by) < 2);
    before = await left();
  };
  await stage.drag(bare, aside);
  await moved(60, "a drag of the empty canvas");
  const machine = await shop.grip(2);
  await stage.drag(machine, { x: machine.x - 50, y: machine.y }, { button: "middle" });
  await moved(-50, "a drag with the middle button, wherever it begins");
  await keyboard.down("Space");
  await stage.drag(await shop.grip(2), { x: machine.x - 10, y: machine.y });
  await keyboard.up("Space");
  await moved(40, "a drag with the space bar held");
  await shop.button("action.play").waitFor();
  await keyboard.press("Space");
  await shop.button("action.pause").waitFor();
  await keyboard.press("Space");
  await stage.wheel(bare, 0, { deltaX: 30 });
  await moved(-30, "the wheel, sideways");
  await shop.choseNothing();
  await keyboard.press("ArrowLeft");
  await moved(80, "an arrow, when nothing is chosen");
});

pageTest("Shift+2 shows what is chosen, Control+0 its own size", ONE, async (stage) => {
  const shop = await Shop.open(stage);
  await stage.click(await shop.grip(2));
  await stage.page.keyboard.press("Shift+2");
  await until("the machine is in the middle", async () => {
    const [machine, canvas] = [await shop.machine(2).locator("> rect.card").boundingBox(), await shop.canvas.boundingBox()];
    return Math.abs(machine.x + machine.width / 2 - canvas.x - canvas.width / 2) < 4;
  });
  await stage.page.keyboard.press("Control+0");
  await until("100 %", async () => (await zoomShown(stage.page)) === 100);
});

pageTest("the map shows the design and moves the view", ONE, async (stage) => {
  const shop = await Shop.open(stage);
  const map = stage.page.locator(".float.map");
  assert.equal(await map.count(), 0, "there is none while everything is in view");
  await zoomTo(stage, 180);
  await map.waitFor();
  const picture = await map.locator("svg").first().boundingBox();
  const at = (x, y) => ({ x: picture.x + picture.width * x, y: picture.y + picture.height * y });
  const place = async () => (await shop.near(shop.group, 0, 0)).x;
  await stage.click(at(0.3, 0.5));
  await until("the view has settled", place);
  const before = await place();
  await stage.click(at(0.7, 0.5));
  await until("the view is further right", async () => (await place()) < before - 100);
  await stage.drag(at(0.7, 0.5), at(0.3, 0.5));
  await until("and back", async () => Math.abs((await place()) - before) < 12);
  await map.getByRole("button", { name: shop.t("map.fold") }).click();
  assert.equal(await map.locator("svg:not(.icon)").count(), 0);
  await map.getByRole("button", { name: shop.t("map.unfold") }).click();
  await map.locator(".seen").waitFor();

  // While it is held it stays, though everything is in sight; and it lets go with the hand.
  await shop.everythingSeen();
  await map.waitFor({ state: "detached" });
  const home = await place();
  const aside = () => stage.wheel({ x: 640, y: 330 }, 0, { deltaX: 250 });
  await aside();
  await map.waitFor();
  const { mouse } = stage.page;
  await mouse.move(at(0.5, 0.5).x, at(0.5, 0.5).y);
  await mouse.down();
  await until("everything is in sight", async () => Math.abs((await place()) - home) < 12);
  await map.locator(".seen").waitFor();
  await mouse.up();
  await map.waitFor({ state: "detached" });
  await aside();
  await map.waitFor();
  const left = await place();
  await mouse.move(at(0.2, 0.5).x, at(0.2, 0.5).y);
  await mouse.move(at(0.8, 0.5).x, at(0.8, 0.5).y, { steps: 4 });
  assert.ok(Math.abs((await place()) - left) < 1, "a pointer that only passes over it moves nothing");
});

pageTest("zooming in mid-drag leaves what is told true", ONE, async (stage) => {
  const shop = await Shop.open(stage);
  const { mouse, keyboard } = stage.page;
  const start = await shop.grip(3);
  await mouse.move(start.x, start.y);
  await mouse.down();
  await mouse.move(start.x + 30, start.y + 30, { steps: 4 });
  const out = { x: start.x + 30, y: (await shop.canvas.boundingBox()).y + (await shop.canvas.boundingBox()).height - 40 };
  await mouse.move(out.x, out.y, { steps: 8 });
  const telling = stage.page.locator(".telling");
  await until("it would leave", async () => (await telling.innerText()) === shop.t("drop.leaves"));
  await keyboard.press("Control+=");
  await keyboard.press("Control+=");
  await until("what is told stands beside the pointer", async () => {
    const box = await telling.boundingBox();
    return box && Math.abs(box.x - out.x - 14) < 4 && Math.abs(box.y - out.y - 14) < 4;
  });
  await mouse.up();
});

pageTest("a design in disorder is arranged in one step", ONE, async (stage) => {
  const shop = await Shop.open(stage);
  await stage.drag(await shop.handle(), { x: (await shop.handle()).x + 260, y: (await shop.handle()).y + 60 });
  const client = await shop.near(shop.client(), 20, 20);
  await stage.drag(client, { x: client.x + 420, y: client.y + 30 });
  await stage.page.keyboard.press("Escape");
  await shop.rightClick(await shop.bareCanvas(), "action.arrange");
  await until("the client stands before the group", async () => {
    const [box, group] = [await shop.client().boundingBox(), await shop.group.locator("> rect").first().boundingBox()];
    return box.x + box.width < group.x;
  });
  await stage.page.keyboard.press("Control+Z");
  await until("one step back", async () => {
    const [box, group] = [await shop.client().boundingBox(), await shop.group.locator("> rect").first().boundingBox()];
    return box.x + box.width > group.x;
  });
});

pageTest("Tab walks through the design, Control with an arrow to the neighbour", ONE, async (stage) => {
  const shop = await Shop.open(stage);
  const { keyboard } = stage.page;
  const focused = () => stage.page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? "");
  await stage.click(await shop.handle());
  await keyboard.press("Tab");
  assert.match(await focused(), /^cluster$/, "the group's layout");
  const names = [];
  for (let step = 0; step < 4; step += 1) {
    await keyboard.press("Tab");
    await until("the focus moves", async () => (await focused()) !== (names.at(-1) ?? "cluster"));
    names.push(await focused());
  }
  assert.match(names[0], /^Load balancer/);
  assert.match(names[1], /^Machine 1/);
  assert.match(names[3], /^Machine 2/);
  await keyboard.press("Shift+Tab");
  await until("back", async () => (await focused()) === names[2]);
  await keyboard.press("Tab");
  await keyboard.press("Control+ArrowDown");
  await until("the machine below", async () => /^Machine 3/.test(await focused()));
  await keyboard.press("Control+ArrowLeft");
  await until("the balancer", async () => /^Load balancer/.test(await focused()));
  await keyboard.press("Escape");
  assert.equal(await stage.page.locator(".stage g.selected").count(), 0);
  await keyboard.press("Enter");
  await stage.page.locator(".stage g.box.selected").waitFor();
  await keyboard.press("Shift+F10");
  await shop.menu.waitFor();
});

pageTest("Tab comes to what is out of view, and shows it", ONE, async (stage) => {
  const shop = await Shop.open(stage);
  await stage.click(await shop.grip(1));
  await zoomTo(stage, 300);
  const focused = () => stage.page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? "");
  for (let step = 0; step < 4; step += 1) {
    const before = await focused();
    await stage.page.keyboard.press("Tab");
    await until("the focus moves", async () => (await focused()) !== before);
  }
  await until("machine 3 is chosen and in view", async () => {
    const box = await shop.machine(3).locator("> rect.card").boundingBox().catch(() => null);
    const canvas = await shop.canvas.boundingBox();
    return box && box.y >= canvas.y && box.y < canvas.y + canvas.height - 40;
  });
});

for (const ending of ["Enter", "Escape"]) {
  pageTest(`M picks up a machine, arrows carry it, ${ending} ends it`, ONE, async (stage) => {
    const shop = await Shop.open(stage);
    const { keyboard } = stage.page;
    await stage.click(await shop.grip(3));
    await keyboard.press("m");
    await hears(stage, /picked up/);
    await keyboard.press("ArrowDown");
    await hears(stage, /out on the canvas: leaves its group/);
    await stage.page.locator(".telling").waitFor();
    await keyboard.press(ending);
    if (ending === "Escape") {
      await hears(stage, /stays where it was/);
      assert.equal(await shop.group.getAttribute("aria-label"), "Group Shop, layout: cluster");
      return;
    }
    await hears(stage, /Done\. Machine 3 leaves its group/);
    await stage.page.locator("g.machine.selected").waitFor();
    await keyboard.press("m");
    await keyboard.press("ArrowDown");
    await hears(stage, /becomes replica 3/);
    await keyboard.press("Enter");
    await hears(stage, /Done\. Machine 3 becomes replica 3/);
  });
}

pageTest("who does not see the canvas hears what there is and what happens", {}, async (stage) => {
  const shop = await Shop.open(stage);
  const outline = stage.page.getByRole("region", { name: shop.t("outline.name") });
  const lines = await outline.locator("li").allInnerTexts();
  const machine = shop.t("outline.machine", { machine: shop.t("name.machine", { number: 2 }), state: shop.t("outline.powered") });
  assert.ok(lines.some((line) => line.startsWith(machine)), lines.join("\n"));
  // Faster, and sentences pile up until the first is given up.
  await shop.play(2);
  await shop.waitForSecond(1);
  await shop.rightClick(await shop.grip(2), "action.power_off");
  const heard = new Set();
  const news = ["story.power_off", "story.detected"].map((key) => shop.pattern(key));
  await until("fault and detection are said", async () => {
    heard.add(await said(stage));
    return news.every((pattern) => [...heard].some((sentence) => pattern.test(sentence)));
  });
  const off = shop.t("outline.machine", { machine: shop.t("name.machine", { number: 2 }), state: shop.t("outline.unpowered") });
  await until("the outline says so", async () => (await outline.innerText()).includes(off));
});

pageTest("on a phone the title is the design's menu, and there is no map", { ...ONE, viewports: ["phone"], context: { hasTouch: true } }, async (stage) => {
  const shop = await Shop.open(stage);
  const title = stage.page.getByRole("heading", { level: 1 });
  assert.match(await title.innerText(), /Online shop/);
  await stage.page.touchscreen.tap(200, 700);
  assert.equal(await stage.page.locator(".float.map:visible").count(), 0);
  assert.ok((await shop.machines.count()) > 0);
});

pageTest("open details stand beside the canvas on a laptop", { ...ONE, viewports: ["laptop"] }, async (stage) => {
  const shop = await Shop.open(stage);
  await stage.click(await shop.grip(2));
  await stage.page.locator(".inspector.open").waitFor();
  await until("nothing is covered", async () => {
    const [details, canvas] = [await shop.inspector.boundingBox(), await shop.canvas.boundingBox()];
    return canvas.x + canvas.width <= details.x + 1;
  });
});

pageTest("on a laptop what is pressed stays under the hand while details open", { ...ONE, viewports: ["laptop"] }, async (stage) => {
  const shop = await Shop.open(stage);
  const { mouse } = stage.page;
  /** Presses as slowly as people do: what is pressed is chosen, and the canvas has less room, before it ends. */
  const press = async ({ x, y }) => {
    await mouse.move(x, y);
    await mouse.down();
    await stage.page.locator(".inspector.open").waitFor();
    await stage.page.locator(".stage[data-waiting]").waitFor();
    await stage.page.waitForTimeout(100);
    assert.equal(await stage.page.locator(".float.map").count(), 0, "what is out of sight only for a moment needs no map");
  };
  const fits = () =>
    until("everything is seen again", async () => {
      const [store, details] = [await stage.page.locator("g.box").last().boundingBox(), await shop.inspector.boundingBox()];
      return store.x + store.width < details.x;
    });
  const letGo = async () => {
    await stage.page.keyboard.press("Escape");
    await shop.inspector.waitFor({ state: "hidden" });
  };

  // A piece that is in hand goes where it is pressed.
  const boxes = () => stage.page.locator(".stage g.box").count();
  const before = await boxes();
  await shop.piece("cache").click();
  await press(await shop.handle());
  await mouse.up();
  await until("it is placed", async () => (await boxes()) > before);
  await fits();

  // A drag begins and ends where the hand sees it.
  await letGo();
  const grip = await shop.grip(3);
  const card = shop.machine(3).locator("> rect").first();
  await press(grip);
  const pressed = await card.boundingBox();
  await mouse.move(grip.x, grip.y + 200, { steps: 8 });
  await until("it is under the hand", async () => {
    const now = await card.boundingBox();
    return Math.hypot(now.x - pressed.x, now.y - pressed.y - 200) < 12;
  });
  await mouse.up();
  await until("it stands by itself", async () => {
    const [machine, group] = [await shop.machine(3).boundingBox(), await shop.group.locator("> rect").first().boundingBox()];
    return machine.y > group.y + group.height;
  });
  await fits();

  // Both clicks of two meet the same part, if they are as fast as a double click.
  const field = stage.page.locator("input.in-place");
  await until("it is renamed", async () => {
    await letGo();
    const { x, y } = await shop.grip(1);
    await mouse.dblclick(x, y, { delay: 60 });
    if (!(await field.waitFor({ timeout: 2_000 }).then(() => true, () => false))) return false;
    const name = await field.inputValue();
    await stage.page.keyboard.press("Escape");
    return name === shop.t("name.machine", { number: 1 });
  });
});

pageTest("axe finds nothing on the canvas, from afar, close by and lost", {}, async (stage) => {
  await Shop.open(stage, MICRO);
  for (const percent of [25, 200]) {
    await zoomTo(stage, percent);
    await stage.assertAccessible();
  }
  await zoomTo(stage, 100);
  for (let turn = 0; turn < 4; turn += 1) await stage.wheel({ x: 640, y: 330 }, 2500);
  await stage.page.locator(".float.lost").waitFor();
  await stage.assertAccessible();
});

pageTest("forced colours and text of twice the size hold up", { ...ONE, context: { forcedColors: "active" } }, async (stage) => {
  const shop = await Shop.open(stage);
  await stage.click(await shop.grip(2));
  await stage.assertAccessible({ disable: ["color-contrast"] });
  await stage.screenshot("canvas-forced-colours");
  await stage.page.evaluate(() => document.documentElement.style.setProperty("font-size", "200%"));
  await stage.page.setViewportSize({ width: 720, height: 450 });
  await stage.page.locator(".transport").waitFor();
  const wide = await stage.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wide <= 1, "nothing sticks out");
});
