// `npm start`: builds the app if needed and serves it on this machine only. The last line printed is the address.
import { spawnSync } from "node:child_process";
import { createServer } from "node:http";
import sirv from "sirv";
import { isFresh } from "./freshness.mjs";

const SOURCES = ["src", "public", "index.html", "vite.config.ts", "package-lock.json"];
if (!isFresh("dist/index.html", SOURCES)) {
  const built = spawnSync("npx", ["--no", "vite", "build"], { stdio: "inherit" });
  if (built.status !== 0) process.exit(built.status ?? 1);
}

const files = sirv("dist", { etag: true });
const server = createServer((request, response) => {
  files(request, response, () => {
    response.statusCode = 404;
    response.end("Not found");
  });
});

function listen(port, triesLeft) {
  server.once("error", (error) => {
    if (error.code !== "EADDRINUSE" || triesLeft === 0) throw error;
    listen(port + 1, triesLeft - 1);
  });
  server.listen(port, "127.0.0.1", () => console.log(`http://127.0.0.1:${port}/`));
}
listen(Number(process.env.PORT ?? 4173), 50);
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(0));
