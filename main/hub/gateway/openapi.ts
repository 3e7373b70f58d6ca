import { z } from 'zod';
import { collections, commands } from '../../contract/catalog.ts';
import { commandAsked } from '../../contract/commands.ts';
import type { AnyCollection } from '../../contract/define-collection.ts';
import type { AnyCommand } from '../../contract/define-command.ts';
import { errorStatus } from '../../contract/errors.ts';
import { parkingGuidance } from '../../../streams/index.ts';
import { openPaths } from './open-routes.ts';

const json = (schema: object) => ({ 'application/json': { schema } });
const failures = (...statuses: number[]) =>
  Object.fromEntries(statuses.map((status) => [status, { $ref: '#/components/responses/Problem' }]));

/** The machine API as an OpenAPI 3.1 document, made from the catalogue that the hub itself works with. */
export function openApiDocument(version: string): object {
  const paths: Record<string, object> = {};
  for (const command of commands as readonly AnyCommand[]) {
    const open = command.permission === 'public';
    paths[`/api/commands/${command.name}`] = {
      post: {
        operationId: command.name,
        summary: command.summary,
        tags: [command.name.split('.')[0]],
        'x-permission': command.permission,
        'x-risk': command.risk,
        ...(command.risk === 'two-person' && { 'x-result': schemaOf(command.result, 'output') }),
        'x-deadline-ms': command.deadlineMs,
        ...(open ? { security: [] } : {}),
        parameters: [{ $ref: '#/components/parameters/IdempotencyKey' }],
        requestBody: { required: true, content: json(schemaOf(command.args, 'input')) },
        responses: {
          200:
            command.risk === 'two-person'
              ? {
                  description:
                    'Asked for; a second person approves it with command.approve, and what it came to stands in the collection commands.',
                  content: json(schemaOf(commandAsked, 'output')),
                }
              : { description: 'Done and committed.', content: json(schemaOf(command.result, 'output')) },
          ...failures(...(open ? [400, 401, 413, 429, 503] : [400, 401, 403, 404, 409, 413, 415, 422, 429, 503])),
        },
      },
    };
  }
  for (const collection of collections as readonly AnyCollection[]) {
    paths[`/api/collections/${collection.name}`] = {
      get: {
        operationId: `collection.${collection.name}`,
        summary: collection.summary,
        tags: ['collections'],
        'x-permission': collection.permission,
        parameters: [{ $ref: '#/components/parameters/After' }, { $ref: '#/components/parameters/Limit' }],
        responses: {
          200: {
            description: 'One page, in key order, as far as the caller may see.',
            content: json({
              type: 'object',
              required: ['epoch', 'seq', 'items', 'next'],
              properties: {
                epoch: { type: 'integer', description: 'Number of this opening of the ledger.' },
                seq: { type: 'integer', description: 'Number of the last commit that this page reflects.' },
                items: { type: 'array', items: schemaOf(collection.entity, 'output') },
                next: { type: ['string', 'null'], description: 'Cursor of the next page; null on the last.' },
              },
            }),
          },
          ...failures(400, 401, 403, 404, 503),
        },
      },
    };
  }
  const reading = (operationId: string, summary: string, content: object, open = false) => ({
    get: {
      operationId,
      summary,
      tags: ['system'],
      ...(open ? { security: [] } : {}),
      responses: { 200: { description: summary, content }, ...(open ? {} : failures(401, 403)) },
    },
  });
  paths['/healthz'] = reading(
    'healthz',
    'The hub answers.',
    json({
      type: 'object',
      required: ['ok', 'epoch', 'seq', 'uptimeS'],
      properties: { ok: { const: true }, epoch: { type: 'integer' }, seq: { type: 'integer' }, uptimeS: { type: 'number' } },
    }),
    true,
  );
  paths[openPaths.parking] = {
    get: {
      operationId: 'open.parking',
      summary:
        'Where there is room to park, for navigation services and signs. Without a login, for pages of every origin; only where the configuration says publish.parking. May be kept for 30 s.',
      tags: ['open'],
      security: [],
      responses: {
        200: {
          description: 'All car parks that are known. Unknown is null, and what is stale is unknown.',
          content: json(schemaOf(parkingGuidance, 'output')),
        },
        ...failures(404, 429, 503),
      },
    },
  };
  paths['/metrics'] = reading('metrics', 'Figures in the Prometheus text format.', { 'text/plain': { schema: { type: 'string' } } });
  paths['/api/openapi.json'] = reading('openapi', 'This document.', json({ type: 'object' }));

  return {
    openapi: '3.1.0',
    info: {
      title: 'Taodu (陶都) command centre',
      version,
      description:
        'Everything the console can do can be scripted: the same commands and collections, schemas and permissions as on the socket. ' +
        'Log in with session.login and send the token as a bearer token.',
    },
    security: [{ bearer: [] }, { cookie: [] }],
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'The token that session.login answers.' },
        cookie: {
          type: 'apiKey',
          in: 'cookie',
          name: 'taodu_<instance>_console',
          description: 'Set by the login page; needs the Origin of the hub.',
        },
      },
      parameters: {
        IdempotencyKey: {
          name: 'Idempotency-Key',
          in: 'header',
          required: false,
          description: 'A repetition with the same key and body gets the first answer and is not done again.',
          schema: { type: 'string', minLength: 1, maxLength: 128 },
        },
        After: { name: 'after', in: 'query', required: false, description: 'The `next` of the page before.', schema: { type: 'string' } },
        Limit: { name: 'limit', in: 'query', required: false, schema: { type: 'integer', minimum: 1, maximum: 1000, default: 100 } },
      },
      schemas: {
        Problem: {
          type: 'object',
          required: ['error'],
          properties: {
            error: {
              type: 'object',
              required: ['code', 'params'],
              properties: {
                code: { type: 'string', enum: Object.keys(errorStatus) },
                params: { type: 'object', additionalProperties: { type: ['string', 'number', 'boolean', 'null'] } },
                detail: { type: 'string', description: 'For the log reader, never shown alone.' },
              },
            },
          },
        },
      },
      responses: {
        Problem: { description: 'Why not: a stable code and its parameters.', content: json({ $ref: '#/components/schemas/Problem' }) },
      },
    },
    'x-error-status': errorStatus,
  };
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): object {
  const made = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    // a branded id is a plain string to the outside: show what goes in, which is what comes out
    override({ zodSchema, jsonSchema }) {
      const { def } = zodSchema._zod;
      if (def.type === 'pipe' && def.out._zod.def.type === 'transform')
        Object.assign(jsonSchema, z.toJSONSchema(def.in, { unrepresentable: 'any' }));
      delete jsonSchema.$schema;
    },
  }) as { $schema?: string };
  delete made.$schema;
  return made;
}
