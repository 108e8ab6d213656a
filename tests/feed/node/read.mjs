// Reads feeds with parsers that are not ours: a JSON list of texts comes in, one list of events per parser and feed
// goes out, [{uid, start, title, place}], the start as an instant in UTC or a day.
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
    const start = event.startDate;
    return {
      uid: event.uid,
      start: start.isDate ? start.toString() : instant(new Date(start.toUnixTime() * 1000)),
      title: event.summary,
      place: event.location ?? "",
    };
  });
}

function readWithNodeIcal(text) {
  return Object.values(nodeIcal.sync.parseICS(text))
    .filter((component) => component.type === "VEVENT")
    .map((event) => ({
      uid: event.uid,
      start: event.datetype === "date" ? day(event.start) : instant(event.start),
      title: event.summary,
      place: event.location ?? "",
    }));
}

const feeds = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify([...feeds.map(readWithIcalJs), ...feeds.map(readWithNodeIcal)]));
