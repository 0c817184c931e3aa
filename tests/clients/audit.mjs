// Runs the audits of GraphQL over HTTP that graphql-http publishes, and prints one line for each that does not hold.
//
//     node audit.mjs URL KEY

import { serverAudits } from "graphql-http";

const [url, key] = process.argv.slice(2);
const fetchFn = (to, { headers, ...how } = {}) =>
  fetch(to, { ...how, headers: { ...headers, authorization: `Bearer ${key}` } });

const audits = serverAudits({ url, fetchFn });
let failed = 0;
for (const audit of audits) {
  const { status, reason } = await audit.fn();
  if (status !== "ok") {
    failed += 1;
    console.log(`${status} ${audit.id} ${audit.name}: ${reason}`);
  }
}
console.log(`${audits.length - failed} of ${audits.length} audits hold`);
