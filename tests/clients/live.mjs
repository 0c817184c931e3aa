// Watches what arrives, with the clients of graphql-ws and graphql-sse: prints "began" when the first delivery has come,
// then a line of JSON for each message that arrives, and one for the error that ends it.
//
//     node live.mjs ws|sse HOST:PORT/graphql KEY

import { createClient as overSse } from "graphql-sse";
import { createClient as overWs } from "graphql-ws";
import WebSocket from "ws";

const [transport, url, key] = process.argv.slice(2);
const query = `subscription {
  arrivals { items { at source verb name outcome reason profile matched matchedBy suggested } missed cursor }
}`;
const authorization = `Bearer ${key}`;
const client =
  transport === "ws"
    ? overWs({ url: `ws://${url}`, webSocketImpl: WebSocket, connectionParams: { authorization }, retryAttempts: 0 })
    : overSse({ url: `http://${url}`, headers: { authorization }, retryAttempts: 0 });

const say = (value) => console.log(JSON.stringify(value));
let began = false;
for await (const { data, errors } of client.iterate({ query })) {
  if (errors) {
    say({ error: errors[0].extensions.code });
    break;
  }
  if (began) data.arrivals.items.forEach(say);
  else say("began");
  began = true;
}
process.exit(0);
