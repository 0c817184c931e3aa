// Runs the audits of `graphql-http` against a server, one line each; any failure, MUST, SHOULD or MAY, fails the run.
//
//   ZELO_URL=http://127.0.0.1:8080/graphql ZELO_KEY=… node audits.mjs
//
// Needs npm `graphql-http` 1.23 and `graphql` 16. The key goes with every request: nothing here answers a stranger.
import { serverAudits } from "graphql-http";

const { ZELO_URL: url, ZELO_KEY: key } = process.env;
if (!url || !key) {
  console.error("set ZELO_URL to the GraphQL endpoint and ZELO_KEY to a developer's key");
  process.exit(2);
}

const fetchFn = (address, init = {}) =>
  fetch(address, { ...init, headers: { ...init.headers, authorization: `Bearer ${key}` } });

const audits = serverAudits({ url, fetchFn });
let failed = 0;
for (const audit of audits) {
  const result = await audit.fn();
  const ok = result.status === "ok";
  if (!ok) failed += 1;
  console.log(`${ok ? "ok  " : "FAIL"} ${audit.id} ${audit.name}${ok ? "" : `: ${result.reason}`}`);
}
console.log(`${audits.length - failed} of ${audits.length} audits pass`);
process.exit(failed || !audits.length ? 1 : 0);
