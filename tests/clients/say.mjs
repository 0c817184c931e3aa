// What a shop's backend says of one customer, through one of three SDKs.
//
//     node say.mjs segment|legacy|rudder HOST WRITE_KEY USER
//
// Eight messages. Ends with 1 if the SDK gave up on any. Waits and tries again as the SDK does by itself; only the wait
// for more messages is shortened.

const [sdk, host, key, user] = process.argv.slice(2);
const failed = [];

const made = {
  async segment() {
    const { Analytics } = await import("@segment/analytics-node");
    const client = new Analytics({ writeKey: key, host, flushInterval: 100 });
    client.on("error", (error) => failed.push(error));
    return [client, () => client.closeAndFlush({ timeout: 60_000 })];
  },
  async legacy() {
    const { default: Analytics } = await import("analytics-node");
    return queued(new Analytics(key, { host, flushInterval: 100, errorHandler: (error) => failed.push(error) }));
  },
  async rudder() {
    const { default: Analytics } = await import("@rudderstack/rudder-sdk-node");
    const options = { dataPlaneUrl: host, flushInterval: 100, errorHandler: (error) => failed.push(error) };
    return queued(new Analytics(key, options));
  },
};

// These two call back once a message is delivered or given up.
function queued(client) {
  const waiting = [];
  const say = (verb) => (message) =>
    waiting.push(new Promise((resolve) => client[verb](message, (error) => resolve(error && failed.push(error)))));
  const verbs = ["identify", "track", "page", "screen", "group", "alias"];
  const wrapped = Object.fromEntries(verbs.map((verb) => [verb, say(verb)]));
  return [wrapped, () => Promise.all(waiting)];
}

const [client, done] = await made[sdk]();
client.identify({ userId: user, traits: { email: `${user}@example.com`, city: `private-${user}` } });
for (let order = 0; order < 3; order++) {
  client.track({ userId: user, event: "Order Completed", properties: { order } });
}
client.page({ userId: user, name: "private-page", properties: { url: "https://example.com/private-page" } });
client.screen({ userId: user, name: "private-screen" });
client.group({ userId: user, groupId: `private-group-${user}`, traits: { name: "private-Padaria" } });
client.alias({ userId: user, previousId: `browser-of-${user}` });
await done();
if (failed.length > 0) {
  console.error("given up:", failed);
  process.exit(1);
}
process.exit(0);
