// Prints «passed failed» from Playwright's JSON report. Flaky, skipped or no tests are failures: nothing may pass unseen.
import { readFileSync } from "node:fs";

const { stats, errors } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const failed = stats.unexpected + stats.flaky + stats.skipped + errors.length;
console.log(stats.expected, failed || (stats.expected ? 0 : 1));
