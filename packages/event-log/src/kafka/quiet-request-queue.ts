/**
 * kafkajs 2.2.4 sets a timer for a moment long past after every response, though nothing waits:
 * new Nodes print a `TimeoutNegativeWarning` for it. This sets the timer only when requests do wait,
 * which is all that it is for (kafkajs `RequestQueue.scheduleCheckPendingRequests`).
 */
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';

/** kafkajs's own `CHECK_PENDING_REQUESTS_INTERVAL`. */
const CHECK_INTERVAL_MS = 10;

/** Idempotent. */
export function quietRequestQueue(): void {
  RequestQueue.prototype.scheduleCheckPendingRequests = function schedule(): void {
    if (this.pending.length === 0 || this.throttleCheckTimeoutId) return;
    const throttledMs = this.throttledUntil - Date.now();
    this.throttleCheckTimeoutId = setTimeout(
      () => {
        this.throttleCheckTimeoutId = null;
        this.checkPendingRequests();
      },
      throttledMs > 0 ? throttledMs : CHECK_INTERVAL_MS,
    );
  };
}
