// A thousand instances under a hand: what a frame costs the main thread while something is dragged and while the
// canvas is moved, zoomed and played.
//
// The cost is what the browser itself records: the processor time of every task of the page's main thread between
// one animation frame and the next: script, style, layout, painting, collecting garbage. A development build is
// measured too, but only a release build is judged.

import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

import { DIST, ROOT, pageTest } from "./harness.mjs";
import { Shop, until } from "./shop.mjs";

/** The 95th percentile may be so many milliseconds. */
const LIMIT_MS = 16;
/** How often a stretch is measured at most. */
const GOES = 4;
const GROUPS = 4;
const MACHINES = 25;
const REPLICAS = 25;

/** Four groups of ten services, each in 25 copies on 25 machines: 1,000 instances on 100 machines. */
function thousand() {
  const design = JSON.parse(readFileSync(join(ROOT, "static/designs/online-boutique.json"), "utf8"));
  const groups = {};
  const machines = {};
  for (let group = 0; group < GROUPS; group += 1) {
    const mine = Array.from({ length: MACHINES }, (_, number) => `node-${group * MACHINES + number + 1}`);
    for (const machine of mine) machines[machine] = { cores: 8 };
    groups[`boutique-${group + 1}`] = {
      title: `Boutique ${group + 1}`,
      layout: "microservice",
      machines: mine,
      at: [260 + (group % 2) * 3200, Math.floor(group / 2) * 2400],
      policies: { replicas: REPLICAS },
    };
  }
  const [client] = Object.keys(design.clients);
  design.clients[client].to = Object.keys(groups);
  return JSON.stringify({ ...design, groups, machines });
}

function isRelease() {
  const program = readdirSync(DIST).find((file) => file.endsWith(".wasm"));
  return statSync(join(DIST, program)).size < 6_000_000;
}

/** Runs `act` and gives the milliseconds of main-thread time of each frame meanwhile. */
async function frames(stage, act) {
  const browser = stage.context.browser();
  const categories = ["devtools.timeline", "disabled-by-default-devtools.timeline", "toplevel"];
  await browser.startTracing(stage.page, { categories });
  await act();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString());
  const threads = new Map();
  for (const event of traceEvents) {
    const key = `${event.pid} ${event.tid}`;
    if (event.name === "FireAnimationFrame") threads.set(key, (threads.get(key) ?? 0) + 1);
  }
  const [main] = [...threads].sort((a, b) => b[1] - a[1])[0] ?? [];
  assert.ok(main, "frames were drawn");
  const mine = traceEvents.filter((event) => `${event.pid} ${event.tid}` === main).sort((a, b) => a.ts - b.ts);
  // One of the two names by which the browser tells of the same task.
  const tasks = mine.filter((event) => event.ph === "X" && event.name === "RunTask");
  assert.ok(tasks.length > 0, "the browser told of its tasks");
  const starts = mine.filter((event) => event.name === "FireAnimationFrame").map((event) => event.ts);
  return starts.slice(0, -1).map((start, place) => {
    const end = starts[place + 1];
    // The task that holds the frame's own callback began before it.
    const of = tasks.filter((task) => task.ts + task.dur > start && task.ts + task.dur <= end + 1e6 && task.ts < end);
    const own = of.filter((task) => starts.findLastIndex((other) => other < task.ts + task.dur) === place);
    return own.reduce((sum, task) => sum + (task.tdur ?? task.dur), 0) / 1e3;
  });
}

/**
 * Measures a stretch and judges it. What else a shared computer does can only make it dearer, so one that seems too dear
 * is measured again: `stretch(go)` gives the costs of its frames.
 */
async function judge(what, stretch) {
  let least = Infinity;
  for (let go = 0; go < GOES && least > LIMIT_MS; go += 1) {
    const sorted = (await stretch(go)).sort((a, b) => a - b);
    const quantile = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
    const [median, p95, most] = [0.5, 0.95, 1].map(quantile);
    console.log(
      `${what}: ${sorted.length} frames, main thread median ${median.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms, most ${most.toFixed(1)} ms`,
    );
    assert.ok(sorted.length > 20, `${what}: the page is alive`);
    least = Math.min(least, p95);
  }
  if (isRelease()) assert.ok(least <= LIMIT_MS, `${what}: p95 ${least.toFixed(1)} ms`);
}

for (const playing of [false, true]) {
  pageTest(`a thousand instances stay fluid, ${playing ? "playing" : "paused"}`, { languages: ["en"] }, async (stage) => {
    const shop = await Shop.open(stage);
    await stage.page.locator("input[type=file]").setInputFiles({
      name: "thousand.json",
      mimeType: "application/json",
      buffer: Buffer.from(thousand()),
    });
    await until("it is open", async () => (await shop.machines.count()) >= 100);
    await stage.page.waitForTimeout(1500);
    if (playing) await shop.play();

    const { mouse } = stage.page;
    const bare = await shop.bareCanvas();
    const sweep = async (from, count) => {
      for (let step = 1; step <= count; step += 1) {
        const turn = (step / count) * Math.PI * 4;
        await mouse.move(from.x + Math.sin(turn) * 160 + step * 0.5, from.y - Math.abs(Math.sin(turn / 2)) * 120);
      }
    };
    const drag = async (from) => {
      await mouse.move(from.x, from.y);
      await mouse.down();
      await sweep(from, 160);
      await mouse.up();
    };

    await judge("the canvas is moved, everything in view", () => frames(stage, () => drag(bare)));
    await judge("a group of 250 is dragged", async () => {
      await stage.page.keyboard.press("Shift+1");
      await stage.page.waitForTimeout(1200);
      const group = await shop.near(shop.group, 8, 8);
      const costs = await frames(stage, () => drag(group));
      const dragged = await shop.near(shop.group, 8, 8);
      assert.ok(Math.hypot(dragged.x - group.x, dragged.y - group.y) > 40, "the group was dragged");
      await stage.page.keyboard.press("Control+Z");
      await stage.page.waitForTimeout(800);
      return costs;
    });
    await judge("a machine is dragged", async () => {
      const machine = await shop.near(shop.machines.nth(12), 40, 20);
      const costs = await frames(stage, () => drag(machine));
      await stage.page.waitForTimeout(800);
      return costs;
    });
    const middle = await shop.near(shop.machines.nth(30), 40, 20);
    await stage.wheel(middle, -560, { modifiers: ["Control"] });
    await stage.page.waitForTimeout(800);
    await judge("the canvas is moved, close by", (go) =>
      frames(stage, async () => {
        // Back over the same parts, the second time.
        const down = go % 2 === 0 ? 14 : -14;
        for (let step = 0; step < 160; step += 1) await mouse.wheel(Math.sin(step / 20) * 40, down);
      }),
    );
  });
}
