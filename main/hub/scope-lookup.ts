import { placeClaim, type Alert } from '../../alerts/contract.ts';
import { unitsCollection, type Incident, type Task, type Unit } from '../../alerts/incident-contract.ts';
import { sceneClaims, type LayoutDoc, type SpanningTile, type Wall } from '../../layouts/contract.ts';
import type { Hold, Preset } from '../../layouts/control-contract.ts';
import type { Asset } from '../../streams/feed-contract.ts';
import type { CommandEntity } from '../contract/commands.ts';
import type { ScopeLookup } from '../contract/define-command.ts';
import { claimsOfScope, type Handover } from '../contract/desk.ts';
import type { Ledger } from '../contract/ledger.ts';
import { claimsOf, type ScopeClaim } from '../contract/scope.ts';

/** What the things that commands and collections only name touch, as the ledger knows them now. */
export function createScopeLookup(ledger: Pick<Ledger, 'get'>, camera: (id: string) => ScopeClaim | undefined): ScopeLookup {
  const spanningClaims = (tiles: readonly SpanningTile[]) =>
    tiles.flatMap(({ panel }) => (panel.panel === 'video' ? [camera(panel.cameraId) ?? ('none' as const)] : []));
  const wallOf = (id: string) => ledger.get('walls', id) as Wall | undefined;
  const lookup: ScopeLookup = {
    camera,
    command: (id) => (ledger.get('commands', id) as CommandEntity | undefined)?.scope,
    layout(id) {
      const layout = ledger.get('layouts', id) as LayoutDoc | undefined;
      return layout && sceneClaims(layout.scene, lookup);
    },
    preset(id) {
      const preset = ledger.get('presets', id) as Preset | undefined;
      return preset && [...preset.screens.flatMap(({ scene }) => sceneClaims(scene, lookup)), ...spanningClaims(preset.spanning ?? [])];
    },
    screen(wallId, screenId) {
      const wall = wallOf(wallId);
      const screen = wall?.screens.find(({ id }) => id === screenId);
      return wall && screen && [...sceneClaims(screen.scene, lookup), ...spanningClaims(wall.spanning)];
    },
    wall(id) {
      const wall = wallOf(id);
      return wall && [...wall.screens.flatMap(({ scene }) => sceneClaims(scene, lookup)), ...spanningClaims(wall.spanning)];
    },
    hold(id) {
      const hold = ledger.get('holds', id) as Hold | undefined;
      return hold && lookup.screen(hold.wallId, hold.screenId);
    },
    handover(id) {
      const handover = ledger.get('handovers', id) as Handover | undefined;
      return handover && claimsOfScope(handover.scope);
    },
    asset(id) {
      const asset = ledger.get('assets', id) as Asset | undefined;
      return asset && placeClaim(asset.place);
    },
    alert(id) {
      const alert = ledger.get('alerts', id) as Alert | undefined;
      return alert && placeClaim(alert.place);
    },
    incident(id) {
      const incident = ledger.get('incidents', id) as Incident | undefined;
      return incident && placeClaim(incident.place);
    },
    unit(id) {
      const unit = ledger.get('units', id) as Unit | undefined;
      return unit && (claimsOf(unitsCollection.scopeOf(unit, lookup)) as readonly ScopeClaim[]);
    },
    task(id) {
      const task = ledger.get('tasks', id) as Task | undefined;
      return task && [placeClaim(task.place)];
    },
  };
  return lookup;
}
