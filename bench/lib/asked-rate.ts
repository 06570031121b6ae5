/** Whether a load generator got as far as it was asked to. Pure. */

/** The rest is what clocks and timers are off by. */
const REACHED_SHARE = 0.97;

export function isRateReached(asked: number, reached: number): boolean {
  return reached >= asked * REACHED_SHARE;
}

/** A warning for the figures; null: the load was as asked for. */
export function rateWarning(asked: number, reached: number): string | null {
  if (isRateReached(asked, reached)) return null;
  return `Only ${Math.round(reached)} of ${asked} a second were reached. These figures are for the lower rate.`;
}
