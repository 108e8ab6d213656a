// Reads mails with a parser that is not ours: a JSON list of mails in base64 comes in, a list of what stands in them
// goes out.
import { readFileSync } from "node:fs";
import { simpleParser } from "mailparser";

const who = (field) => (field?.value ?? []).map(({ name, address }) => [name, address]);

async function read(mail) {
  const read = await simpleParser(Buffer.from(mail, "base64"), { skipTextToHtml: true });
  return {
    from: who(read.from),
    to: who(read.to),
    reply_to: who(read.replyTo),
    subject: read.subject,
    message_id: read.messageId,
    references: read.references ?? null,
    in_reply_to: read.inReplyTo ?? null,
    date: read.date.toISOString(),
    auto_submitted: read.headers.get("auto-submitted") ?? null,
    list: read.headers.get("list") ?? null,
    text: read.text,
    html: read.html,
    attached: read.attachments.map(({ contentType, filename, content }) => [contentType, filename ?? null, content.toString()]),
  };
}

const mails = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(await Promise.all(mails.map(read))));
