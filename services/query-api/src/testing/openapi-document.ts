/** The OpenAPI document as far as tests read it. */
import type { SchemaRecord } from '@hookpulse/api/schema-example';

export interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: SchemaRecord;
}

export interface Operation {
  readonly parameters?: readonly SchemaRecord[];
  readonly requestBody?: SchemaRecord;
  readonly responses: Readonly<Record<string, SchemaRecord>>;
}
