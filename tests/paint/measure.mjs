// Times painting in a headless Chromium without a graphics processor: see README.md.
//   node tests/paint/measure.mjs <folder with index.html and page.js> [query] [more browser flags]
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";

const [folder, query = "", ...flags] = process.argv.slice(2);
const types = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };

let finish;
const finished = new Promise((resolve) => { finish = resolve; });
const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url, "http://localhost");
  if (request.method === "POST") {
    let body = "";
    for await (const chunk of request) body += chunk;
    response.end();
    finish(JSON.parse(body));
    return;
  }
  const path = join(folder, normalize(pathname === "/" ? "/index.html" : pathname));
  try {
    response.setHeader("content-type", types[extname(path)] ?? "text/plain");
    response.end(await readFile(path));
  } catch {
    response.writeHead(404).end();
  }
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));

const profile = await mkdtemp(join(tmpdir(), "paint-"));
const quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];
const gpu = flags.length > 0 ? flags : ["--disable-gpu"];
const url = `http://127.0.0.1:${server.address().port}/?post&${query}`;
const browser = spawn(
  process.env.CHROMIUM ?? "chromium",
  ["--headless=new", "--no-sandbox", "--window-size=1440,900", `--user-data-dir=${profile}`, ...quiet, ...gpu, url],
  { stdio: "ignore" },
);
const deadline = setTimeout(() => finish({ error: "nothing within five minutes" }), 300_000);
const report = await finished;
clearTimeout(deadline);
browser.kill();
await new Promise((resolve) => browser.once("exit", resolve));
server.close();
await rm(profile, { recursive: true, force: true, maxRetries: 5 });

if (report.picture) {
  await writeFile(join(folder, `${report.painter}.png`), Buffer.from(report.picture.split(",")[1], "base64"));
  delete report.picture;
}
if (report.error) console.error(report.error);
else console.log(report.painter, "at", report.ratio, "device pixels per CSS pixel");
console.table(report.frames);
process.exit(report.error ? 1 : 0);
