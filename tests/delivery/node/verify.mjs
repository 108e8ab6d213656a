// Judges signatures: {"keys": {name: text}, "mails": [base64]} comes in, for each mail one list of
// [selector, algorithm, result] goes out.
import { readFileSync } from "node:fs";
import { dkimVerify } from "mailauth/lib/dkim/verify.js";

const { keys, mails } = JSON.parse(readFileSync(0, "utf8"));

async function resolver(name) {
  if (name in keys) return [[keys[name]]];
  throw Object.assign(new Error("not found"), { code: "ENOTFOUND" });
}

const judged = [];
for (const mail of mails) {
  const { results } = await dkimVerify(Buffer.from(mail, "base64"), { resolver });
  judged.push(results.map((one) => [one.selector, one.algo, one.status.result]));
}
process.stdout.write(JSON.stringify(judged));
