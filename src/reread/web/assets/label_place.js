// Where the labelling page stands: alone, or below a server's other pages, where the model can be used that it trains.

import { byId } from "./elements.js";

/** Whether there are other pages; each labelling has its own address then. */
export const within = /\/label\/[^/]+\/$/.test(location.pathname);

byId("home").hidden = !within;
