export function ensureDashboardBuilt(): void;
