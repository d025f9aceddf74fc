// The habits people arrive with, one by one, each by the key or the hand that it is known for.

import assert from "node:assert/strict";

import { pageTest } from "./harness.mjs";
import { Shop, until } from "./shop.mjs";

const CLIPBOARD = { permissions: ["clipboard-read", "clipboard-write"] };

/** Does one habit after another; says by name which of them do not hold. */
async function each(habits) {
  const broken = [];
  for (const [name, habit] of Object.entries(habits)) {
    await habit().catch((error) => broken.push(`${name}: ${error.message.split("\n")[0]}`));
  }
  assert.deepEqual(broken, [], "every habit holds");
}

const isChosen = (part) => part.evaluate((it) => it.classList.contains("selected"));

pageTest("the habits of the keyboard", { languages: ["en"], context: CLIPBOARD }, async (stage) => {
  const shop = await Shop.open(stage);
  const { page } = stage;
  const press = (...keys) => keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve());
  const machines = (count) => until(`${count} machines`, async () => (await shop.machines.count()) === count);
  const place = async (part) => Number((await part.getAttribute("transform")).match(/-?[\d.]+/)[0]);
  await each({
    "Space plays and pauses": async () => {
      await press("Space");
      await shop.button("action.pause").waitFor();
      await press("Space");
      await shop.button("action.play").waitFor();
    },
    "S is a step": async () => {
      const before = await page.locator(".clock").innerText();
      await until("the clock goes on", async () => {
        await press("s");
        return (await page.locator(".clock").innerText()) !== before;
      });
    },
    "Ctrl+A chooses all, Escape nothing": async () => {
      await press("Control+a");
      await page.locator("g.group.selected").waitFor();
      await press("Escape");
      await until("nothing is chosen", async () => (await page.locator(".stage g.selected").count()) === 0);
    },
    "Ctrl+D duplicates, Ctrl+Z takes back, Ctrl+Shift+Z and Ctrl+Y do again": async () => {
      await stage.click(await shop.grip(2));
      await press("Control+d");
      await machines(4);
      for (const [key, count] of [["Control+z", 3], ["Control+Shift+Z", 4], ["Control+z", 3], ["Control+y", 4], ["Control+z", 3]]) {
        await press(key);
        await machines(count);
      }
    },
    "Ctrl+C, Ctrl+V, Ctrl+X": async () => {
      await stage.click(await shop.grip(2));
      await press("Control+c");
      await until("it is on the clipboard", () => page.evaluate(async () => (await navigator.clipboard.readText()).includes("archlab")));
      await press("Control+v");
      await machines(4);
      await press("Control+x");
      await machines(3);
    },
    "Delete and Backspace remove": async () => {
      for (const key of ["Delete", "Backspace"]) {
        await stage.click(await shop.grip(2));
        await press(key);
        await machines(2);
        await press("Control+z");
        await machines(3);
      }
    },
    "arrows move by a step of the grid, with Shift by one": async () => {
      await stage.click(shop.client());
      await until("it is chosen", () => isChosen(shop.client()));
      const before = await place(shop.client());
      await press("ArrowRight");
      await until("ten", async () => (await place(shop.client())) === before + 10);
      await press("Shift+ArrowLeft");
      await until("nine", async () => (await place(shop.client())) === before + 9);
      await press("Control+z", "Control+z");
    },
    "G snaps or does not": async () => {
      const snaps = async () => {
        await shop.button("header.view").click();
        const on = await shop.line(shop.t("action.snap")).getAttribute("aria-checked");
        await press("Escape");
        await shop.menu.waitFor({ state: "detached" });
        return on;
      };
      const before = await snaps();
      await press("g");
      assert.notEqual(await snaps(), before);
      await press("g");
    },
    "F2 renames": async () => {
      await stage.click(await shop.grip(1));
      await press("F2");
      await page.locator(".in-place:focus").waitFor();
      await press("Escape");
      await page.locator(".in-place").waitFor({ state: "detached" });
    },
    "Ctrl and + − 0 zoom, Shift+1 and Shift+2 show": async () => {
      const first = await shop.everythingSeen();
      await press("Control+Equal");
      await until("nearer", async () => (await shop.zoom()) > first);
      await press("Control+Minus", "Control+Minus");
      await until("farther", async () => (await shop.zoom()) < first);
      await press("Control+0");
      await until("its own size", async () => (await shop.zoom()) === 100);
      await stage.click(await shop.grip(1));
      await press("Shift+Digit2");
      await until("what is chosen", async () => (await shop.zoom()) !== 100);
      await press("Shift+Digit1");
      await until("everything", async () => (await shop.zoom()) === first);
    },
    "Tab walks, Enter chooses": async () => {
      await press("Escape");
      await page.locator("g.group").first().focus();
      const focused = page.locator("g.machine:focus");
      await until("Tab comes to a machine", async () => {
        await press("Tab");
        return (await focused.count()) === 1;
      });
      await press("Enter");
      await until("it is chosen", () => isChosen(focused));
    },
    "? shows the keys": async () => {
      await press("?");
      await page.locator("dialog.shortcuts, .shortcuts").first().waitFor();
      await press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
    },
    "keys mean themselves in a field": async () => {
      const search = page.locator(".palette input");
      await search.focus();
      await page.keyboard.type("s g?");
      assert.equal(await search.inputValue(), "s g?");
      assert.equal(await page.getByRole("dialog").count(), 0);
      await search.fill("");
    },
  });
});

pageTest("the habits of the mouse", { languages: ["en"] }, async (stage) => {
  const shop = await Shop.open(stage);
  const { page } = stage;
  const { keyboard } = page;
  const machines = (count) => until(`${count} machines`, async () => (await shop.machines.count()) === count);
  const chosen = page.locator(".stage g.machine.selected");
  const back = async () => {
    await keyboard.press("Control+z");
    await machines(3);
  };
  const left = async () => (await shop.near(shop.machine(2), 0, 0)).x;
  await each({
    "a piece is dragged": async () => {
      await stage.drag(shop.piece("machine"), shop.group);
      await machines(4);
      await back();
    },
    "or clicked, and then its place": async () => {
      await shop.piece("machine").click();
      await stage.click(await shop.handle());
      await machines(4);
      await back();
    },
    "Shift and click adds": async () => {
      await stage.click(await shop.grip(1));
      await keyboard.down("Shift");
      await stage.click(await shop.grip(3));
      await keyboard.up("Shift");
      assert.equal(await chosen.count(), 2);
    },
    "Shift and drag draws a box": async () => {
      await keyboard.press("Escape");
      const [first, second] = [await shop.machine(1).boundingBox(), await shop.machine(2).boundingBox()];
      await stage.drag({ x: first.x - 6, y: first.y + 8 }, { x: second.x + 40, y: second.y + 20 }, { modifiers: ["Shift"] });
      assert.equal(await chosen.count(), 2);
    },
    "Escape gives a drag up": async () => {
      await keyboard.press("Escape");
      await stage.drag(shop.piece("machine"), shop.group, { before: () => keyboard.press("Escape") });
      await machines(3);
    },
    "Alt and drag copies": async () => {
      const from = await shop.grip(2);
      await stage.drag(from, { x: from.x + 30, y: from.y + 60 }, { modifiers: ["Alt"] });
      await machines(4);
      await back();
    },
    "a double click renames": async () => {
      const { x, y } = await shop.grip(2);
      await page.mouse.dblclick(x, y);
      await page.locator(".in-place:focus").waitFor();
      await keyboard.press("Escape");
      await page.locator(".in-place").waitFor({ state: "detached" });
    },
    "Ctrl and wheel zoom at the pointer": async () => {
      const before = await shop.everythingSeen();
      await stage.wheel(await shop.grip(2), -120, { modifiers: ["Control"] });
      await until("nearer", async () => (await shop.zoom()) > before);
      await keyboard.press("Shift+Digit1");
      await until("all again", async () => (await shop.zoom()) === before);
    },
    "Space and drag, and the middle button, move the canvas": async () => {
      const at = await shop.grip(2);
      const before = await left();
      await keyboard.down("Space");
      await stage.drag(at, { x: at.x + 40, y: at.y });
      await keyboard.up("Space");
      await until("by the space bar", async () => Math.abs((await left()) - before - 40) < 2);
      await stage.drag(await shop.grip(2), at, { button: "middle" });
      await until("and back", async () => Math.abs((await left()) - before) < 2);
    },
    "a right click has the faults": async () => {
      await shop.rightClick(await shop.grip(2), "action.power_off");
      await until("it is off", () => shop.machine(2).evaluate((it) => it.classList.contains("off")));
    },
  });
});

pageTest("a host page has the keys for itself", { languages: ["en"] }, async (stage) => {
  const shop = await Shop.open(stage, { query: { embed: "", layout: "cluster", keys: "off" } });
  for (const key of ["Space", "?", "Control+k"]) await stage.page.keyboard.press(key);
  assert.equal(await shop.seconds(), 0);
  assert.equal(await stage.page.getByRole("dialog").count(), 0);
});
