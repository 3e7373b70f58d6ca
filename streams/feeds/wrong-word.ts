import { assetKind, eventFact, eventSeverity, type FeedSettings } from '../feed-contract.ts';
import { isQuantity } from '../systems/quantities.ts';
import type { MappingDocument } from './mapping/mapping-document.ts';

type WordFrom = MappingDocument['entity'];

/**
 * The path of the first word in a feed's settings that this house does not have: a quantity, an indicator of its system, a kind of thing, a severity, a zone of time. Null: there
 * is none. Such a word would put every record in quarantine, for whoever set up the feed to find out days later.
 */
export function wrongWord(settings: FeedSettings, knowsIndicator: (indicator: string) => boolean): string | null {
  switch (settings.kind) {
    case 'mapping':
      return ofMapping(settings.mapping, knowsIndicator);
    case 'mqtt':
      return settings.mapping ? ofMapping(settings.mapping, knowsIndicator) : null;
    case 'hj212': {
      const index = settings.factors.findIndex(({ quantity }) => !isQuantity(quantity));
      return index < 0 ? null : `factors.${index}.quantity`;
    }
    default:
      return null;
  }
}

function ofMapping({ time, asset, values, event, indicators }: MappingDocument, knowsIndicator: (name: string) => boolean): string | null {
  const value = values.findIndex(({ quantity }) => !isQuantity(quantity));
  if (value >= 0) return `mapping.values.${value}.quantity`;
  const indicator = indicators.findIndex((one) => !knowsIndicator(one.indicator));
  if (indicator >= 0) return `mapping.indicators.${indicator}.indicator`;
  const { status, class: eventClass } = eventFact.shape;
  const words: readonly (readonly [path: string, from: WordFrom | undefined, schema: Takes])[] = [
    ['asset.kind', asset?.kind, assetKind],
    ['event.severity', event?.severity, eventSeverity],
    ['event.status', event?.status, status],
    ['event.class', event?.class, eventClass],
  ];
  for (const [path, from, schema] of words) {
    const wrong = from && wrongIn(from, schema);
    if (wrong) return `mapping.${path}.${wrong}`;
  }
  const zones = [
    ['time', time],
    ['event.startsAt', event?.startsAt],
    ['event.endsAt', event?.endsAt],
  ] as const;
  const zone = zones.find(([, from]) => from && !isZone(from.zone));
  return zone ? `mapping.${zone[0]}.zone` : null;
}

interface Takes {
  safeParse(word: unknown): { readonly success: boolean };
}

/** What the document itself says; what a record will say is not known yet. */
function wrongIn(from: WordFrom, schema: Takes): string | null {
  if ('is' in from) return schema.safeParse(from.is).success ? null : 'is';
  const wrong = Object.entries(from.words ?? {}).find(([, word]) => !schema.safeParse(word).success);
  if (wrong) return `words.${wrong[0]}`;
  return from.otherwise === undefined || schema.safeParse(from.otherwise).success ? null : 'otherwise';
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
