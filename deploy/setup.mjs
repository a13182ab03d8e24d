/*
 * `node deploy/setup.mjs [--with chromium] <script.ts> [args…]`: what every npm script starts.
 * It reads on any Node that knows modules, so that an old one is named instead of failing on newer syntax.
 */
const OLDEST_NODE = 20;

if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
  process.stderr.write(
    `headwater: this is Node ${process.versions.node}, and Headwater needs ${OLDEST_NODE} or newer: install it from https://nodejs.org\n`,
  );
  process.exitCode = 1;
} else {
  import('./setup/run.mjs').then(({ run }) => run(process.argv.slice(2)));
}
