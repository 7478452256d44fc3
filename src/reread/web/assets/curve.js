// A curve of what a training measures on the rows held out, while it goes.

import { say } from "./elements.js";
import { SAY } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const OTHERS = new Set(["at", "step", "epoch", "seconds", "loss", "kept", "validation_loss"]);
const [WIDTH, HEIGHT] = [300, 70];

/** Draw the first figure of these evaluations over the steps. */
export function drawCurve(place, caption, evaluations) {
  const name = Object.keys(evaluations[0] ?? {}).find((each) => !OTHERS.has(each));
  place.hidden = name === undefined;
  if (name === undefined) return;
  const points = evaluations.filter((each) => each[name] !== null).map((each) => [each.step, each[name]]);
  place.hidden = points.length === 0;
  if (points.length === 0) return;
  const shown = points.at(-1);
  say(caption, () => SAY.curve(SAY.figure(name.replaceAll("_", " ")), shown[1].toFixed(4), shown[0]));
  place.querySelector("svg")?.remove();
  if (points.length > 1) place.prepend(drawn(points));
}

function drawn(points) {
  const [low, high] = [Math.min(...points.map(([, value]) => value)), Math.max(...points.map(([, value]) => value))];
  const end = points.at(-1)[0];
  const share = (value) => (high > low ? (value - low) / (high - low) : 0.5);
  const at = ([step, value]) => `${((step / end) * WIDTH).toFixed(1)},${(HEIGHT * (1 - share(value))).toFixed(1)}`;
  const svg = element("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" });
  for (const y of [0, HEIGHT]) svg.append(element("line", { x1: 0, x2: WIDTH, y1: y, y2: y }));
  svg.append(element("polyline", { points: points.map(at).join(" ") }));
  return svg;
}

function element(tag, attributes) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}
