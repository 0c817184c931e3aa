"""What a shop's backend does with the SDK it already has: one line changed, the host.

    shop.py HOST WRITE_KEY

Says who Davi is, then that he ordered; ends with 1 if the SDK was told no.
"""

import sys

import segment.analytics as analytics

refused = []
analytics.host, analytics.write_key = sys.argv[1:3]
analytics.on_error = lambda error, batch: refused.append(error)

analytics.identify("user-of-davi", {"email": "Davi@example.com", "name": "Davi Simões", "city": "Braga-PT"})
analytics.track("user-of-davi", "Order Completed", {"total": "129.90", "currency": "EUR"})
analytics.track("user-of-davi", "Order Paid", {"total": "129.90", "currency": "EUR"})
analytics.flush()
analytics.shutdown()
sys.exit(f"refused: {refused}" if refused else 0)
