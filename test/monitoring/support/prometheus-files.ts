/** The files of deploy/prometheus, and how tests make them quick: minutes become seconds. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { CHECKOUT } from '../../support/service-process.ts';

export interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface RuleFile {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[];
}

interface ScrapeConfig {
  readonly job_name: string;
  readonly dns_sd_configs: readonly { readonly names: readonly string[]; readonly port: number }[];
}

interface PrometheusConfig {
  readonly global: object;
  readonly scrape_configs: readonly ScrapeConfig[];
}

export const PROMETHEUS_FOLDER = join(CHECKOUT, 'deploy', 'prometheus');

export const RULES = read('rules/hookpulse.yml') as RuleFile;
export const ALERTING_RULES = RULES.groups.flatMap(({ rules }) =>
  rules.filter(({ alert }) => alert),
);

/** Limits that a healthy Hookpulse keeps even where seconds stand for minutes. */
const SHORT_LIMITS: Readonly<Record<string, readonly [string, string]>> = {
  HookpulseAcknowledgesSlowly: ['> 1', '> 0.1'],
  HookpulseRecordsWait: ['> 60', '> 4'],
  HookpulseStoringStuck: ['> 30', '> 3'],
  HookpulseAlerterBehind: ['> 30', '> 5'],
  HookpulseForwardingStuck: ['> 300', '> 5'],
};

/** The rules with short windows and limits, evaluated every second. */
export function quickRules(): object {
  return {
    groups: RULES.groups.map(({ name, rules }) => ({
      name,
      interval: '1s',
      rules: rules.map(quick),
    })),
  };
}

function quick(rule: Rule): Rule {
  const [limit = '', short = ''] = SHORT_LIMITS[rule.alert ?? ''] ?? [];
  if (!rule.expr.includes(limit)) throw new Error(`${rule.alert} has no limit ${limit}`);
  const expr = rule.expr.replaceAll(/\[\d+[mh]\]/g, '[15s]').replace(limit, short);
  return { ...rule, expr, ...(rule.for === undefined ? {} : { for: '1s' }) };
}

/** The scrape configuration with the addresses of services instead of names. @param addresses - `host:port` by service */
export function quickConfig(addresses: Readonly<Record<string, readonly string[]>>): object {
  const config = read('prometheus.yml') as PrometheusConfig;
  return {
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    scrape_configs: config.scrape_configs.map(({ job_name, dns_sd_configs }) => ({
      job_name,
      static_configs: dns_sd_configs.flatMap(({ names: [service = ''] }) => ({
        targets: addresses[service] ?? [],
        labels: { service },
      })),
    })),
  };
}

function read(file: string): unknown {
  return parse(readFileSync(join(PROMETHEUS_FOLDER, file), 'utf8'));
}
