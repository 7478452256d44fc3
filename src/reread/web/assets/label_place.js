// Where the labelling page stands: alone, or below a server's other pages, where the model can be used that it trains.

import { byId, say } from "./elements.js";

const [, name] = /\/label\/([^/]+)\/$/.exec(location.pathname) ?? [];

/** Whether there are other pages; each labelling has its own address then. */
export const within = name !== undefined;

byId("place").hidden = !within;
if (within) say(byId("name"), decodeURIComponent(name));
