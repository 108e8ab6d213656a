// Looks up in the table of caniemail.com what mail programs cannot show: JSON {programs, bodies} comes in, a list of
// [feature, program] for everything that a program shows not at all, or not in every way, goes out.
import { readFileSync } from "node:fs";
import { caniemail } from "caniemail";

const { programs, bodies } = JSON.parse(readFileSync(0, "utf8"));
const found = new Set();
for (const html of bodies) {
  const { errors, warnings } = caniemail({ clients: programs, html }).issues;
  for (const issues of [errors, warnings])
    for (const [program, list] of issues.entries()) for (const { title } of list) found.add(JSON.stringify([title, program]));
}
process.stdout.write(`[${[...found].sort().join(",")}]`);
