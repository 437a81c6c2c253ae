/**
 * A small chart: bars of one measure over time, drawn as SVG, with the table of its figures behind a fold.
 * @module
 */
import {h} from "../dom.js";
import {clock, t} from "../texts.js";
import {table} from "./parts.js";

/** The name of a vocabulary; nobody is asked for it. */
const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 240;
const HEIGHT = 56;
const GAP = 3;
const LEAST = 2;

/** @typedef {{since: string, parts: number[], words: string}} Bar the parts stand on each other; the words say all of it */

/** @param {string} title @param {string} now what it is at present, in words @param {Bar[]} bars */
export function chart(title, now, bars) {
  return h("figure", {class: "chart"},
    h("figcaption", {}, h("strong", {}, title), " ", now), picture(title, bars),
    h("details", {}, h("summary", {}, t("house.chart.table")), table(title, [t("house.chart.since"), t("house.chart.value")], bars.map((bar) => [clock(bar.since), bar.words]))));
}

/** @param {string} title @param {Bar[]} bars */
function picture(title, bars) {
  const most = Math.max(...bars.map((bar) => sum(bar.parts)), 0);
  const width = (WIDTH + GAP) / bars.length;
  const drawn = svg("svg", {viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": title});
  for (const [place, bar] of bars.entries()) {
    let top = HEIGHT;
    for (const [part, value] of bar.parts.entries()) {
      const height = most && value ? Math.max(LEAST, (value / most) * (HEIGHT - LEAST)) : 0;
      top -= height;
      const one = svg("rect", {x: place * width, y: top, width: width - GAP, height, class: `part-${part}`});
      one.append(svg("title", {}, `${clock(bar.since)}: ${bar.words}`));
      drawn.append(one);
    }
  }
  drawn.append(svg("line", {x1: 0, x2: WIDTH, y1: HEIGHT, y2: HEIGHT}));
  return drawn;
}

/** @param {number[]} values */
function sum(values) {
  return values.reduce((before, value) => before + value, 0);
}

/** @param {string} name @param {Record<string, string | number>} attributes @param {string} [text] */
function svg(name, attributes, text) {
  const made = document.createElementNS(SVG, name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, String(value));
  if (text) made.append(text);
  return made;
}
