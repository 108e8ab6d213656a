// Reads feeds with parsers that are not ours: a JSON list of texts comes in, one list of events per parser and feed
// goes out, [{uid, start, end, title, place, status}], start and end as instants in UTC
// or days.
import { readFileSync } from "node:fs";
import ICAL from "ical.js";
import nodeIcal from "node-ical";

const instant = (date) => date.toISOString().replace(".000Z", "Z");
const day = (date) => [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((n) => `${n}`.padStart(2, "0")).join("-");

function readWithIcalJs(text) {
  const calendar = new ICAL.Component(ICAL.parse(text));
  ICAL.TimezoneService.reset();
  for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);
  return calendar.getAllSubcomponents("vevent").map((component) => {
    const event = new ICAL.Event(component);
    const write = (time) => (time.isDate ? time.toString() : instant(new Date(time.toUnixTime() * 1000)));
    return {
      uid: event.uid,
      start: write(event.startDate),
      end: write(event.endDate),
      title: event.summary,
      place: event.location ?? "",
      status: component.getFirstPropertyValue("status"),
    };
  });
}

function readWithNodeIcal(text) {
  return Object.values(nodeIcal.sync.parseICS(text))
    .filter((component) => component.type === "VEVENT")
    .map((event) => {
      const write = event.datetype === "date" ? day : instant;
      return {
        uid: event.uid,
        start: write(event.start),
        end: write(event.end ?? event.start),
        title: event.summary,
        place: event.location ?? "",
        status: event.status,
      };
    });
}

const feeds = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify([...feeds.map(readWithIcalJs), ...feeds.map(readWithNodeIcal)]));
