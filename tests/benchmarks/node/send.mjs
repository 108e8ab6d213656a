// Composes and sends mails of 17 KB over nodemailer's pool: node send.mjs PORT CONNECTIONS MAILS; prints the seconds.
import nodemailer from "nodemailer";

const [port, connections, mails] = process.argv.slice(2).map(Number);
const pool = nodemailer.createTransport({
  host: "127.0.0.1", port, pool: true, maxConnections: connections, maxMessages: Infinity,
  secure: false, ignoreTLS: true, name: "bench",
});
const line = "사람의 되먹임으로 말을 잘 듣는 큰 언어 모형을 가르치는 방법";
const compose = (number) => ({
  from: "모임 종 <bell@example.org>", to: `김하나 ${number} <reader${number}@example.org>`, subject: "하루 전 알림",
  text: `${number}님, 안녕하세요.\n${line}\n`.repeat(4),
  html: `<h1>${number}님, 안녕하세요.</h1>${`<p>${line}</p>`.repeat(125)}`,
  headers: { "List-Unsubscribe": `<https://bell.example.org/unsubscribe/${number}>` },
});
const began = performance.now();
let next = 0;
const work = async () => { while (next < mails) await pool.sendMail(compose(next++)); };
await Promise.all(Array.from({ length: connections }, work));
console.log((performance.now() - began) / 1000);
pool.close();
