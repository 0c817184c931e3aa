"""What a shop's backend says of one customer, through one of two SDKs.

    say.py segment|rudder HOST WRITE_KEY USER

Eight messages. Ends with 1 if the SDK gave up on any. Waits and tries again as the SDK does by itself; only the wait for
more messages is shortened.
"""

import sys

sdk, host, key, user = sys.argv[1:5]
given_up = []
options = {"host": host, "on_error": lambda error, batch: given_up.append(error), "upload_interval": 0.1}
if sdk == "segment":
    from segment.analytics.client import Client
else:
    from rudderstack.analytics.client import Client
client = Client(key, **options)

client.identify(user, traits={"email": f"{user}@example.com", "city": f"private-{user}"})
for order in range(3):
    client.track(user, "Order Completed", {"order": order})
client.page(user, "private-docs", "private-page", {"url": "https://example.com/private-page"})
client.screen(user, "private-docs", "private-screen")
client.group(user, f"private-group-{user}", traits={"name": "private-Padaria"})
client.alias(f"browser-of-{user}", user)
client.flush()
client.shutdown()
sys.exit(f"given up: {given_up}" if given_up else 0)
